package io.github.amazonmqlocal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @Test
  void itReadsEveryKindOfValue() {
    assertEquals(
        Map.of("a", Arrays.asList(1L, -2.5, true, false, null), "b", Map.of(), "c", List.of(), "d", "\"\\/\b\f\n\r\tä€"),
        Json.read(" {\"a\" : [1, -2.5, true,false,null],\"b\":{},\"c\":[ ],\"d\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4€\"} "));
    assertEquals(1e10, Json.read("1e10"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "{", "[1", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{a:1}", "\"a", "\"\\", "\"\\u12", "\"\\x\"", "tru", "1 2", "-"})
  void itRefusesWhatIsNoJson(String text) {
    assertThrows(IllegalArgumentException.class, () -> Json.read(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":[1,2.5,true,null,\"x\\\"\\\\\\u000a\"],\"b\":{},\"c\":[]}", "[]", "\"ä😀\""})
  void whatItWritesIsWhatItReads(String text) {
    assertEquals(text, Json.write(Json.read(text)));
  }
}
