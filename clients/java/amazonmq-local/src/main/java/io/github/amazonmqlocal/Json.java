package io.github.amazonmqlocal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON as maps, lists, strings, numbers (Long or Double), booleans and null. */
final class Json {
  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  static Object read(String text) {
    Json json = new Json(text);
    Object value = json.value();
    json.space();
    if (json.at != text.length()) {
      throw json.wrong();
    }
    return value;
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> object(String text) {
    Object value = read(text);
    if (!(value instanceof Map)) {
      throw new IllegalArgumentException("no JSON object: " + text);
    }
    return (Map<String, Object>) value;
  }

  static String write(Object value) {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  private static void write(Object value, StringBuilder out) {
    if (value instanceof Map) {
      String before = "{";
      for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
        out.append(before);
        quote(String.valueOf(entry.getKey()), out);
        out.append(':');
        write(entry.getValue(), out);
        before = ",";
      }
      out.append(before.equals("{") ? "{}" : "}");
    } else if (value instanceof Iterable) {
      String before = "[";
      for (Object element : (Iterable<?>) value) {
        out.append(before);
        write(element, out);
        before = ",";
      }
      out.append(before.equals("[") ? "[]" : "]");
    } else if (value == null || value instanceof Number || value instanceof Boolean) {
      out.append(value);
    } else {
      quote(value.toString(), out);
    }
  }

  private static void quote(String value, StringBuilder out) {
    out.append('"');
    for (char c : value.toCharArray()) {
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  private IllegalArgumentException wrong() {
    return new IllegalArgumentException("no JSON at " + at + ": " + text);
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() {
    space();
    if (at == text.length()) {
      throw wrong();
    }
    return text.charAt(at);
  }

  private void take(char expected) {
    if (peek() != expected) {
      throw wrong();
    }
    at++;
  }

  private Object value() {
    switch (peek()) {
      case '{':
        return members();
      case '[':
        return elements();
      case '"':
        return string();
      case 't':
        return word("true", Boolean.TRUE);
      case 'f':
        return word("false", Boolean.FALSE);
      case 'n':
        return word("null", null);
      default:
        return number();
    }
  }

  private Object word(String word, Object value) {
    if (!text.startsWith(word, at)) {
      throw wrong();
    }
    at += word.length();
    return value;
  }

  private Object number() {
    int begin = at;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    String digits = text.substring(begin, at);
    try {
      if (digits.matches("-?\\d+")) {
        return Long.valueOf(digits);
      }
      return Double.valueOf(digits);
    } catch (NumberFormatException e) {
      at = begin;
      throw wrong();
    }
  }

  private Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    take('{');
    while (peek() != '}') {
      if (!members.isEmpty()) {
        take(',');
      }
      peek();
      String name = string();
      take(':');
      members.put(name, value());
    }
    at++;
    return members;
  }

  private List<Object> elements() {
    List<Object> elements = new ArrayList<>();
    take('[');
    while (peek() != ']') {
      if (!elements.isEmpty()) {
        take(',');
      }
      elements.add(value());
    }
    at++;
    return elements;
  }

  private String string() {
    StringBuilder out = new StringBuilder();
    take('"');
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return out.toString();
      }
      out.append(c == '\\' ? escape() : c);
    }
    throw wrong();
  }

  private char escape() {
    if (at == text.length()) {
      throw wrong();
    }
    char c = text.charAt(at++);
    int simple = "\"\\/bfnrt".indexOf(c);
    if (simple >= 0) {
      return "\"\\/\b\f\n\r\t".charAt(simple);
    }
    if (c != 'u' || at + 4 > text.length()) {
      throw wrong();
    }
    at += 4;
    return (char) Integer.parseInt(text.substring(at - 4, at), 16);
  }
}
