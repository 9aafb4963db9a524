package io.github.amazonmqlocal;

import java.net.URI;
import java.util.List;

/** A server that runs as a process of this machine until it is closed. It needs neither Docker nor JUnit. */
public class AmazonMqLocalServer extends ControlApi implements AutoCloseable {
  private final ServerProcess process;
  private final List<String> seeds;

  /** Starts a server on a free port, or uses the one that AMAZONMQ_LOCAL_URL names, and empties that. */
  protected AmazonMqLocalServer(ServerOptions options) {
    this(runningUrl() == null ? ServerProcess.launch(options) : null, options);
  }

  private AmazonMqLocalServer(ServerProcess process, ServerOptions options) {
    super(process == null ? URI.create(runningUrl()) : process.url(), options.token);
    this.process = process;
    this.seeds = List.copyOf(options.seeds);
    try {
      reset();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Starts a server whose state begins with this SQL. */
  public static AmazonMqLocalServer start(String... seeds) {
    return start(new ServerOptions().seed(seeds));
  }

  /** Starts a server. */
  public static AmazonMqLocalServer start(ServerOptions options) {
    return new AmazonMqLocalServer(options);
  }

  private static String runningUrl() {
    String url = System.getProperty("amazonmq-local.url", System.getenv("AMAZONMQ_LOCAL_URL"));
    return url == null || url.isEmpty() ? null : url;
  }

  /** As in ControlApi; without seeds, those of the start are applied again. */
  @Override
  public final void reset(String... sql) {
    super.reset(sql.length > 0 ? sql : seeds.toArray(new String[0]));
  }

  /** The last lines that the server has logged; empty for one that ran already. */
  public String log() {
    return process == null ? "" : process.log();
  }

  /** Ends the server, unless it ran already. */
  @Override
  public void close() {
    if (process != null) {
      process.close();
    }
  }
}
