package com.example;

import software.amazon.awssdk.services.mq.MqClient;

/** The code under test. */
public final class Users {
  private Users() {}

  /** Creates a user, and reboots the broker, before which it cannot log in. */
  public static void add(MqClient mq, String brokerId, String username, String password) {
    mq.createUser(user -> user.brokerId(brokerId).username(username).password(password));
    mq.rebootBroker(broker -> broker.brokerId(brokerId));
  }
}
