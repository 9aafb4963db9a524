package io.github.amazonmqlocal.testcontainers;

import io.github.amazonmqlocal.ControlApi;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/** amazonmq-local in a container. */
public class AmazonMqLocalContainer extends GenericContainer<AmazonMqLocalContainer> {
  /** The port of the server in the container. */
  public static final int PORT = 8267;

  private static final String SEEDS = "/docker-entrypoint-initdb.d/";

  private String token;

  /** The image of the environment variable AMAZONMQ_LOCAL_IMAGE, by default amazonmq-local, as built by docker/Dockerfile. */
  public AmazonMqLocalContainer() {
    this(DockerImageName.parse(System.getenv().getOrDefault("AMAZONMQ_LOCAL_IMAGE", "amazonmq-local")));
  }

  /** The given image. */
  public AmazonMqLocalContainer(DockerImageName image) {
    super(image);
    withExposedPorts(PORT);
    waitingFor(Wait.forHttp("/_local/health").forPort(PORT).forStatusCode(200).withStartupTimeout(Duration.ofMinutes(1)));
  }

  /** Applies this file of SQL, or the *.sql of this folder, when the server starts. */
  public AmazonMqLocalContainer withSeed(MountableFile file) {
    return withCopyFileToContainer(file, seedPlace(file.getFilesystemPath()));
  }

  /** Where the image reads it: a file keeps its name, since the names give the order. */
  static String seedPlace(String path) {
    return path.endsWith(".sql") ? SEEDS + path.substring(path.lastIndexOf('/') + 1) : SEEDS;
  }

  /** How long a reboot takes, such as "1h": until a test advances the clock. */
  public AmazonMqLocalContainer withRebootTime(String time) {
    return withEnv("AMAZONMQ_LOCAL_REBOOT_TIME", time);
  }

  /** The control API requires this token. */
  public AmazonMqLocalContainer withControlToken(String text) {
    token = text;
    return withEnv("AMAZONMQ_LOCAL_CONTROL_TOKEN", text);
  }

  @Override
  protected void configure() {
    String hosts = controlHosts(getHost(), getNetworkAliases(), getEnvMap().get("AMAZONMQ_LOCAL_CONTROL_HOST"));
    if (!hosts.isEmpty()) {
      withEnv("AMAZONMQ_LOCAL_CONTROL_HOST", hosts);
    }
  }

  /** The names by which tests and other containers know the server, which its control API is to accept. */
  static String controlHosts(String host, List<String> aliases, String given) {
    Set<String> hosts = new LinkedHashSet<>();
    if (given != null && !given.isEmpty()) {
      hosts.addAll(List.of(given.split(",")));
    }
    if (!host.equals("localhost") && !host.contains(":") && !host.matches("[0-9.]+")) {
      hosts.add(host);
    }
    hosts.addAll(aliases);
    return String.join(",", hosts);
  }

  /** Where the server is: the endpoint for clients of the AWS SDK. */
  public URI url() {
    return URI.create("http://" + getHost() + ":" + getMappedPort(PORT));
  }

  /** The control API, to reset the server, to step its clock, to see its requests. */
  public ControlApi control() {
    return new ControlApi(url(), token);
  }
}
