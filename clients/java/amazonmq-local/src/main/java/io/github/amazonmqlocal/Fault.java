package io.github.amazonmqlocal;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** A rule that breaks calls: {@code Fault.of("CreateUser").error("InternalServerErrorException").times(2)}. */
public final class Fault {
  private final Map<String, Object> members = new LinkedHashMap<>();

  private Fault() {}

  /** Calls of this operation. */
  public static Fault of(String operation) {
    return new Fault().with("operation", operation);
  }

  /** Calls of every operation. */
  public static Fault ofAll() {
    return new Fault();
  }

  private Fault with(String name, Object value) {
    members.put(name, value);
    return this;
  }

  /** Only calls for this broker. */
  public Fault brokerId(String id) {
    return with("brokerId", id);
  }

  /** Only calls for this user. */
  public Fault username(String name) {
    return with("username", name);
  }

  /** They get this error. */
  public Fault error(String name) {
    return with("error", name);
  }

  /** The status of the error; needed if the server does not know it. */
  public Fault status(int status) {
    return with("status", status);
  }

  /** The message of the error. */
  public Fault message(String text) {
    return with("message", text);
  }

  /** They wait that long. */
  public Fault delay(Duration delay) {
    return with("delayMs", delay.toMillis());
  }

  /** They are carried out, or fail, and the connection closes without an answer. */
  public Fault drop() {
    return with("drop", true);
  }

  /** So often, then no more. */
  public Fault times(int times) {
    return with("times", times);
  }

  /** A part of the calls, from 0 to 1: the same part in every run with the same seed. */
  public Fault probability(double probability, long seed) {
    return with("probability", probability).with("seed", seed);
  }

  Map<String, Object> members() {
    return members;
  }
}
