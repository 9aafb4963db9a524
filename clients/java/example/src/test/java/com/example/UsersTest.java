package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.amazonmqlocal.AmazonMqLocal;
import io.github.amazonmqlocal.Fault;
import io.github.amazonmqlocal.Request;
import io.github.amazonmqlocal.RequestFilter;
import io.github.amazonmqlocal.ServerOptions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.mq.MqClient;
import software.amazon.awssdk.services.mq.model.BadRequestException;

class UsersTest {
  @RegisterExtension
  static final AmazonMqLocal local =
      AmazonMqLocal.start(
          new ServerOptions()
              .seed("INSERT INTO broker (id, name) VALUES ('b-orders', 'orders');")
              .arguments("--reboot-time", "1h"));

  private final MqClient mq =
      MqClient.builder()
          .endpointOverride(local.url())
          .region(Region.US_EAST_1)
          .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
          .build();

  @Test
  void aNewUserCanLogInAfterTheReboot() {
    Users.add(mq, "b-orders", "alice", "alice-password-1");
    assertFalse(local.authenticate("b-orders", "alice", "alice-password-1").authenticated());
    local.advance(Duration.ofHours(1));
    assertTrue(local.authenticate("b-orders", "alice", "alice-password-1").authenticated());
  }

  @Test
  void theSdkTriesAgain() {
    local.addFault(Fault.of("CreateUser").error("InternalServerErrorException").times(2));
    Users.add(mq, "b-orders", "bob", "bob-password-12");
    assertEquals(
        List.of(500, 500, 200),
        local.requests(RequestFilter.username("bob")).stream().map(Request::status).collect(Collectors.toList()));
  }

  @Test
  void noRebootWhereTheUserIsRefused() {
    assertThrows(BadRequestException.class, () -> Users.add(mq, "b-orders", "bob", "short"));
    assertEquals(List.of(), local.requests(RequestFilter.operation("RebootBroker")));
  }
}
