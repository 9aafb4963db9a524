package io.github.amazonmqlocal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How the server is started. */
public final class ServerOptions {
  final List<String> seeds = new ArrayList<>();
  final List<String> arguments = new ArrayList<>();
  String binary;
  String token = System.getenv("AMAZONMQ_LOCAL_CONTROL_TOKEN");

  /** SQL that the state begins with. */
  public ServerOptions seed(String... sql) {
    seeds.addAll(List.of(sql));
    return this;
  }

  /** A file of SQL that the state begins with. */
  public ServerOptions seedFile(Path file) {
    try {
      return seed(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException("seed file: " + e, e);
    }
  }

  /** Options of the server, such as "--reboot-time", "1h". They do not apply to a server that runs already. */
  public ServerOptions arguments(String... words) {
    arguments.addAll(List.of(words));
    return this;
  }

  /**
   * The program. By default it is that of the system property amazonmq-local.binary, of AMAZONMQ_LOCAL_BIN, or
   * amazonmq-local from the PATH.
   */
  public ServerOptions binary(Path path) {
    binary = path.toString();
    return this;
  }

  /** A token that the control API requires. By default AMAZONMQ_LOCAL_CONTROL_TOKEN. */
  public ServerOptions token(String text) {
    token = text;
    return this;
  }
}
