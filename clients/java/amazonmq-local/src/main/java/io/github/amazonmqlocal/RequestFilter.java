package io.github.amazonmqlocal;

import java.util.LinkedHashMap;
import java.util.Map;

/** Selects calls of the journal: {@code RequestFilter.operation("CreateUser").withStatus(500)}. */
public final class RequestFilter {
  private final Map<String, String> query = new LinkedHashMap<>();

  private RequestFilter() {}

  /** All calls. */
  public static RequestFilter all() {
    return new RequestFilter();
  }

  /** Calls of this operation. */
  public static RequestFilter operation(String name) {
    return all().with("operation", name);
  }

  /** Calls for this user. */
  public static RequestFilter username(String name) {
    return all().withUsername(name);
  }

  private RequestFilter with(String name, Object value) {
    query.put(name, value.toString());
    return this;
  }

  /** Only calls for this user. */
  public RequestFilter withUsername(String name) {
    return with("username", name);
  }

  /** Only calls with this status. */
  public RequestFilter withStatus(int status) {
    return with("status", status);
  }

  /** Only the calls after the one with this number. */
  public RequestFilter since(long number) {
    return with("since", number);
  }

  /** Only that many, the newest. */
  public RequestFilter last(int count) {
    return with("last", count);
  }

  Map<String, String> query() {
    return new LinkedHashMap<>(query);
  }
}
