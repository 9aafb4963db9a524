package io.github.amazonmqlocal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AmazonMqLocalTest {
  private static final String WORLD =
      "INSERT INTO broker (id, name) VALUES ('b-1', 'orders');\n"
          + "INSERT INTO user (broker_id, username, password, groups)"
          + " VALUES ('b-1', 'alice', 'correct-horse-1', '[\"admins\"]');";
  private static final String BOB = "{\"password\":\"correct-horse-2\"}";

  @RegisterExtension
  static final AmazonMqLocal mq =
      AmazonMqLocal.start(new ServerOptions().seed(WORLD).arguments("--reboot-time", "1h"));

  private static int createBob() throws Exception {
    return Http.send(mq, "POST", "/v1/brokers/b-1/users/bob", BOB);
  }

  @Test
  void aNewUserCanLogInAfterTheReboot() throws Exception {
    assertEquals(200, createBob());
    assertEquals(200, Http.send(mq, "POST", "/v1/brokers/b-1/reboot", ""));
    assertFalse(mq.authenticate("b-1", "bob", "correct-horse-2").authenticated());
    Instant before = mq.now();

    Instant after = mq.advance(Duration.ofHours(1));

    assertFalse(after.isBefore(before.plus(Duration.ofHours(1))));
    assertTrue(mq.authenticate("b-1", "bob", "correct-horse-2").authenticated());
    Login alice = mq.authenticate("b-1", "alice", "correct-horse-1");
    assertEquals(List.of("admins"), alice.groups());
    assertFalse(alice.consoleAccess());
    assertTrue(mq.setTime(Instant.parse("2031-12-24T18:00:00.123456Z")).toString().startsWith("2031-12-24T18:00:00"));
  }

  @RepeatedTest(2)
  void eachTestBeginsWithTheSeeds() throws Exception {
    assertEquals(List.of(), mq.requests());
    assertEquals(List.of(), mq.faults());
    assertTrue(mq.now().isBefore(Instant.now().plus(Duration.ofHours(1))));
    assertEquals(404, Http.send(mq, "GET", "/v1/brokers/b-2", ""));
    assertEquals(200, Http.send(mq, "GET", "/v1/brokers/b-1", ""));
    mq.seed("INSERT INTO broker (id, name) VALUES ('b-2', 'events');");
    assertEquals(200, Http.send(mq, "GET", "/v1/brokers/b-2", ""));
    mq.addFault(Fault.ofAll().error("ForbiddenException"));
    mq.advance(Duration.ofDays(1));
  }

  @Test
  void otherSeeds() throws Exception {
    mq.reset("INSERT INTO broker (id, name) VALUES ('b-3', 'other');");
    assertEquals(404, Http.send(mq, "GET", "/v1/brokers/b-1", ""));
    assertEquals(200, Http.send(mq, "GET", "/v1/brokers/b-3", ""));
  }

  @Test
  void faultsAndRequests() throws Exception {
    long id = mq.addFault(Fault.of("CreateUser").brokerId("b-1").username("bob").error("InternalServerErrorException").times(2));
    long other = mq.addFault(Fault.of("RebootBroker").delay(Duration.ofMillis(5)).probability(0.5, 7));
    assertEquals(List.of(id, other), List.of(mq.faults().get(0).get("id"), mq.faults().get(1).get("id")));
    assertEquals(List.of(500, 500, 200), List.of(createBob(), createBob(), createBob()));

    List<Request> sent = mq.requests(RequestFilter.username("bob").withStatus(200));
    assertEquals(1, sent.size());
    assertEquals("CreateUser", sent.get(0).operation());
    assertEquals("POST", sent.get(0).method());
    assertEquals("/v1/brokers/b-1/users/bob", sent.get(0).path());
    assertEquals("bob", sent.get(0).username());
    assertEquals(Map.of("password", "***"), sent.get(0).body());
    assertNull(sent.get(0).error());
    assertEquals("InternalServerErrorException", mq.requests().get(0).error());
    assertEquals(2, mq.requests(RequestFilter.operation("CreateUser").last(2)).size());
    assertEquals(List.of(), mq.requests(RequestFilter.all().since(sent.get(0).number())));
    mq.removeFault(other);
    mq.clearFaults();
    assertEquals(List.of(), mq.faults());
    mq.addFault(Fault.ofAll().error("TeapotException").status(418).message("short and stout").times(1));
    assertEquals(418, createBob());
  }

  @Test
  void snapshots() throws Exception {
    byte[] before = mq.snapshot();
    mq.seed("DELETE FROM broker;");
    assertEquals(404, Http.send(mq, "GET", "/v1/brokers/b-1", ""));
    mq.restore(before);
    assertEquals(200, Http.send(mq, "GET", "/v1/brokers/b-1", ""));
  }

  // The server serves them too: it ends with the class that has the field.
  @Nested
  class First {
    @Test
    void itAnswers() {
      assertFalse(mq.version().isEmpty());
    }
  }

  @Nested
  class Second {
    @Test
    void itAnswers() {
      assertFalse(mq.version().isEmpty());
    }
  }
}
