package io.github.amazonmqlocal;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The process of a server. It does not outlive this JVM. */
final class ServerProcess {
  // Only a failure takes so long.
  private static final long LIMIT_S = 30;
  private static final int LOG_LINES = 200;

  private final List<String> log = new ArrayList<>();
  private final CompletableFuture<String> firstLine = new CompletableFuture<>();
  private final Thread hook = new Thread(this::end, "amazonmq-local end");
  private volatile Process process;
  private URI url;

  private ServerProcess() {}

  static ServerProcess launch(ServerOptions options) {
    String system = System.getProperty("os.name");
    if (!system.equals("Linux")) {
      throw new IllegalStateException(
          "amazonmq-local runs on Linux, not on " + system + ": start it in Docker and set AMAZONMQ_LOCAL_URL");
    }
    String binary = find(options);
    List<String> command = new ArrayList<>();
    if (Launcher.FOUND) {
      command.addAll(Launcher.WORDS);
    }
    command.addAll(List.of(binary, "--log-level", "warn"));
    command.addAll(options.arguments);
    command.addAll(List.of("--port", "0"));
    ProcessBuilder builder = new ProcessBuilder(command);
    // These are for clients.
    builder.environment().keySet().removeAll(List.of("AMAZONMQ_LOCAL_BIN", "AMAZONMQ_LOCAL_URL"));
    if (options.token != null && !options.token.isEmpty()) {
      builder.environment().put("AMAZONMQ_LOCAL_CONTROL_TOKEN", options.token);
    }
    ServerProcess server = new ServerProcess();
    // The signal that ends the server is sent when the thread ends that started it: this one lives as long.
    Thread thread = new Thread(() -> server.run(builder), "amazonmq-local");
    thread.setDaemon(true);
    thread.start();
    server.await(binary);
    return server;
  }

  URI url() {
    return url;
  }

  private void run(ProcessBuilder builder) {
    try {
      process = builder.start();
    } catch (IOException e) {
      firstLine.completeExceptionally(e);
      return;
    }
    Thread errors = new Thread(this::readErrors, "amazonmq-local log");
    errors.setDaemon(true);
    errors.start();
    try (BufferedReader out = reader(process.getInputStream())) {
      String line = out.readLine();
      if (line == null) {
        errors.join();
      }
      firstLine.complete(line == null ? "" : line);
      while (line != null) {
        line = out.readLine();
      }
      process.waitFor();
    } catch (IOException | InterruptedException e) {
      firstLine.completeExceptionally(e);
    }
  }

  private static BufferedReader reader(java.io.InputStream stream) {
    return new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
  }

  private void readErrors() {
    try (BufferedReader lines = reader(process.getErrorStream())) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        synchronized (log) {
          log.add(line);
          if (log.size() > LOG_LINES) {
            log.remove(0);
          }
        }
      }
    } catch (IOException e) {
      // The process has ended.
    }
  }

  String log() {
    synchronized (log) {
      return String.join("\n", log);
    }
  }

  private void await(String binary) {
    Throwable cause = null;
    try {
      // Its first line begins with its URL, printed as soon as it listens.
      String word = firstLine.get(LIMIT_S, TimeUnit.SECONDS).split(" ", 2)[0];
      if (word.startsWith("http")) {
        url = URI.create(word);
        Runtime.getRuntime().addShutdownHook(hook);
        return;
      }
    } catch (ExecutionException e) {
      cause = e.getCause();
    } catch (TimeoutException e) {
      cause = e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      cause = e;
    }
    end();
    throw new IllegalStateException(
        binary + " did not start: " + (cause == null ? log() : cause.toString()), cause);
  }

  void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM ends, and the hook runs.
    }
    end();
  }

  private void end() {
    Process running = process;
    if (running == null) {
      return;
    }
    running.destroy();
    try {
      if (running.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    running.destroyForcibly();
  }

  private static String find(ServerOptions options) {
    String binary = options.binary;
    String from = "ServerOptions.binary";
    if (binary == null) {
      binary = System.getProperty("amazonmq-local.binary");
      from = "the system property amazonmq-local.binary";
    }
    if (binary == null || binary.isEmpty()) {
      binary = System.getenv("AMAZONMQ_LOCAL_BIN");
      from = "AMAZONMQ_LOCAL_BIN";
    }
    if (binary != null && !binary.isEmpty()) {
      if (!Files.isExecutable(Path.of(binary)) || Files.isDirectory(Path.of(binary))) {
        throw new IllegalStateException(from + " names " + binary + ", which is no program");
      }
      return binary;
    }
    return onPath("amazonmq-local", System.getenv("PATH"));
  }

  static String onPath(String name, String path) {
    for (String folder : path == null ? new String[0] : path.split(File.pathSeparator)) {
      Path program = Path.of(folder.isEmpty() ? "." : folder, name);
      if (Files.isExecutable(program) && !Files.isDirectory(program)) {
        return program.toString();
      }
    }
    throw new IllegalStateException(
        "no amazonmq-local on the PATH: install it, set AMAZONMQ_LOCAL_BIN or the system property"
            + " amazonmq-local.binary, or name a server that runs already in AMAZONMQ_LOCAL_URL");
  }

  /** setpriv of util-linux asks the kernel to end the server with this JVM, even one that is killed. */
  private static final class Launcher {
    static final List<String> WORDS = List.of("setpriv", "--pdeathsig", "KILL");
    static final boolean FOUND = works();

    private static boolean works() {
      List<String> command = new ArrayList<>(WORDS);
      command.add("true");
      try {
        Process process =
            new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(LIMIT_S, TimeUnit.SECONDS) && process.exitValue() == 0;
      } catch (IOException e) {
        return false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }
}
