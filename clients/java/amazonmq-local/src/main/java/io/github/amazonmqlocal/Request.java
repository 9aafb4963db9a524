package io.github.amazonmqlocal;

import java.time.Instant;
import java.util.Map;

/** A call that the service received. */
public final class Request {
  private final Map<String, Object> members;

  Request(Map<String, Object> members) {
    this.members = members;
  }

  private String text(String name) {
    return (String) members.get(name);
  }

  /** Its number, which is larger than those of earlier calls. */
  public long number() {
    return (Long) members.get("number");
  }

  /** When it came. */
  public Instant time() {
    return Instant.parse(text("time"));
  }

  /** Its operation, or null if there is none. */
  public String operation() {
    return text("operation");
  }

  /** The method of HTTP. */
  public String method() {
    return text("method");
  }

  /** The path, without the query. */
  public String path() {
    return text("path");
  }

  /** The user of the path, or null. */
  public String username() {
    return text("username");
  }

  /** The body, in which passwords are "***", or null. */
  public Map<?, ?> body() {
    return (Map<?, ?>) members.get("body");
  }

  /** The status of the answer. */
  public int status() {
    return ((Long) members.get("status")).intValue();
  }

  /** The error of the answer, or null. */
  public String error() {
    return text("error");
  }

  /** All members as the server shows them. */
  public Map<String, Object> members() {
    return members;
  }

  @Override
  public String toString() {
    return members.toString();
  }
}
