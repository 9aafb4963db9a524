package io.github.amazonmqlocal.testcontainers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.testcontainers.utility.DockerImageName;

/** What the class configures. No container is started. */
class AmazonMqLocalContainerTest {
  @Test
  @SuppressWarnings("resource")
  void itExposesThePortAndSetsTheEnvironment() {
    AmazonMqLocalContainer container =
        new AmazonMqLocalContainer(DockerImageName.parse("registry.example.com/amazonmq-local:0.1.0"))
            .withRebootTime("1h")
            .withControlToken("a-secret-token");
    assertEquals(List.of(8267), container.getExposedPorts());
    assertEquals(
        Map.of("AMAZONMQ_LOCAL_REBOOT_TIME", "1h", "AMAZONMQ_LOCAL_CONTROL_TOKEN", "a-secret-token"),
        container.getEnvMap());
  }

  @Test
  void seedsAreCopiedToWhereTheImageReadsThem() {
    assertEquals("/docker-entrypoint-initdb.d/10-world.sql", AmazonMqLocalContainer.seedPlace("/tests/seeds/10-world.sql"));
    assertEquals("/docker-entrypoint-initdb.d/", AmazonMqLocalContainer.seedPlace("/tests/seeds"));
  }

  @Test
  void theControlApiAcceptsTheNamesOfTheServer() {
    assertEquals("", AmazonMqLocalContainer.controlHosts("localhost", List.of(), null));
    assertEquals("", AmazonMqLocalContainer.controlHosts("172.17.0.1", List.of(), ""));
    assertEquals("docker,mq", AmazonMqLocalContainer.controlHosts("docker", List.of("mq"), null));
    assertEquals("mq.test,docker", AmazonMqLocalContainer.controlHosts("docker", List.of(), "mq.test"));
  }
}
