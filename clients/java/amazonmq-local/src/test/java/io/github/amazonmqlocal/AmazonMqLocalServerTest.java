package io.github.amazonmqlocal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AmazonMqLocalServerTest {
  private static final String BROKER = "INSERT INTO broker (id, name) VALUES ('b-1', 'orders');";

  private static void assertRefused(String part, org.junit.jupiter.api.function.Executable use) {
    String message = assertThrows(IllegalStateException.class, use).getMessage();
    assertTrue(message.contains(part), message);
  }

  @Test
  void itEndsWhenItIsClosed() throws Exception {
    URI url;
    try (AmazonMqLocalServer server = AmazonMqLocalServer.start(BROKER)) {
      url = server.url();
      assertEquals(200, Http.send(server, "GET", "/v1/brokers/b-1", ""));
      assertEquals("", server.log());
    }
    assertFalse(Http.answers(url));
  }

  @Test
  void aSeedFile(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("world.sql"), BROKER);
    try (AmazonMqLocalServer server = AmazonMqLocalServer.start(new ServerOptions().seedFile(file))) {
      assertEquals(200, Http.send(server, "GET", "/v1/brokers/b-1", ""));
    }
    assertThrows(UncheckedIOException.class, () -> new ServerOptions().seedFile(folder.resolve("none.sql")));
  }

  @Test
  void aToken() {
    try (AmazonMqLocalServer server = AmazonMqLocalServer.start(new ServerOptions().token("a-secret-token"))) {
      assertTrue(server.requests().isEmpty());
      assertRefused("401", () -> new ControlApi(server.url()).requests());
    }
  }

  @Test
  void aServerThatRunsAlready() throws Exception {
    try (AmazonMqLocalServer first = AmazonMqLocalServer.start(BROKER)) {
      System.setProperty("amazonmq-local.url", first.url() + "/");
      try (AmazonMqLocalServer second = AmazonMqLocalServer.start()) {
        assertEquals(first.url(), second.url());
        assertEquals(404, Http.send(first, "GET", "/v1/brokers/b-1", ""));
      } finally {
        System.clearProperty("amazonmq-local.url");
      }
      assertTrue(Http.answers(first.url()));
    }
  }

  @Test
  void whatGoesWrongIsSaid(@TempDir Path folder) {
    assertRefused("/none, which is no program", () -> AmazonMqLocalServer.start(new ServerOptions().binary(Path.of("/none"))));
    assertRefused("durability", () -> AmazonMqLocalServer.start(new ServerOptions().arguments("--durability", "none")));
    assertRefused("DROP TABLE", () -> AmazonMqLocalServer.start("DROP TABLE user;"));
    assertRefused("AMAZONMQ_LOCAL_BIN", () -> ServerProcess.onPath("amazonmq-local", folder.toString()));
    try (AmazonMqLocalServer server = AmazonMqLocalServer.start()) {
      assertRefused("needed with an error", () -> server.addFault(Fault.ofAll().error("UnheardOfException")));
    }
  }

  /** What the next test runs in a JVM of its own. */
  public static final class Child {
    private Child() {}

    public static void main(String[] words) throws InterruptedException {
      System.out.println(AmazonMqLocalServer.start().url());
      if (words.length > 0) {
        Thread.sleep(Duration.ofHours(1).toMillis());
      }
    }
  }

  private static Process child(String... words) throws Exception {
    java.util.List<String> command = new java.util.ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Damazonmq-local.binary=" + System.getProperty("amazonmq-local.binary", ""));
    command.addAll(java.util.List.of("-cp", System.getProperty("java.class.path"), Child.class.getName()));
    command.addAll(java.util.List.of(words));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static URI line(Process process) throws Exception {
    return URI.create(
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine());
  }

  @Test
  void itEndsWithTheJvm() throws Exception {
    Process process = child();
    URI url = line(process);
    assertEquals(0, process.waitFor());
    assertFalse(Http.answers(url));
  }

  @Test
  void itEndsWithAKilledJvm() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "no setpriv here");
    Process process = child("wait");
    URI url = line(process);
    assertTrue(Http.answers(url));
    process.destroyForcibly().waitFor();
    Instant end = Instant.now().plus(Duration.ofMinutes(1));
    while (Http.answers(url)) {
      assertTrue(Instant.now().isBefore(end), "the server has outlived the JVM");
      Thread.onSpinWait();
    }
  }
}
