package io.github.amazonmqlocal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The control API below /_local/ of a server that runs at some URL. A call that is refused throws an IllegalStateException. */
public class ControlApi {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  // Without a proxy: the server is on this machine or beside it.
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(LIMIT)
          .proxy(new NoProxy())
          .build();
  private final URI url;
  private final String token;

  /** The server at this URL, without a token. */
  public ControlApi(URI url) {
    this(url, null);
  }

  /** The server at this URL, with the token of its --control-token or null. */
  public ControlApi(URI url, String token) {
    this.url = URI.create(url.toString().replaceAll("/+$", ""));
    this.token = token == null || token.isEmpty() ? null : token;
  }

  /** Where the server is: the endpoint for clients of the AWS SDK. */
  public URI url() {
    return url;
  }

  /** The version of the server. */
  public String version() {
    return String.valueOf(json("GET", "health", null).get("version"));
  }

  /** Empties the state, then applies these seeds; the clock is right again, and faults and the journal are empty. */
  public void reset(String... seeds) {
    call("POST", "reset?empty=true", null);
    for (String seed : seeds) {
      seed(seed);
    }
    clearRequests();
  }

  /** Applies SQL, completely or not at all. */
  public void seed(String sql) {
    call("POST", "seed", sql.getBytes(StandardCharsets.UTF_8));
  }

  /** The whole state as a SQLite file. */
  public byte[] snapshot() {
    return call("GET", "snapshot", null);
  }

  /** Replaces the state with that of a snapshot. */
  public void restore(byte[] snapshot) {
    call("PUT", "snapshot", snapshot);
  }

  /** The server's time. */
  public Instant now() {
    return time(json("GET", "clock", null));
  }

  /** Steps the clock, by milliseconds. What is due until then has happened when this returns. */
  public Instant advance(Duration step) {
    return time(json("POST", "clock", Map.of("advanceMs", step.toMillis())));
  }

  /** Sets the clock. What is due until then has happened when this returns. */
  public Instant setTime(Instant now) {
    return time(json("POST", "clock", Map.of("now", Instant.ofEpochMilli(now.toEpochMilli()).toString())));
  }

  private static Instant time(Map<String, Object> clock) {
    return Instant.ofEpochMilli((Long) clock.get("nowMs"));
  }

  /** Breaks calls from now on; returns the id of the rule. */
  public long addFault(Fault fault) {
    return (Long) json("POST", "faults", fault.members()).get("id");
  }

  /** The rules as the server shows them, the oldest first. */
  public List<Map<String, Object>> faults() {
    return list("faults", new LinkedHashMap<>(), "id");
  }

  /** Removes one rule. */
  public void removeFault(long id) {
    call("DELETE", "faults?id=" + id, null);
  }

  /** Removes all rules. */
  public void clearFaults() {
    call("DELETE", "faults", null);
  }

  /** The calls that the service received, the oldest first. */
  public List<Request> requests() {
    return requests(RequestFilter.all());
  }

  /** Those of the calls that the filter selects, the oldest first. */
  public List<Request> requests(RequestFilter filter) {
    List<Request> requests = new ArrayList<>();
    for (Map<String, Object> members : list("requests", filter.query(), "number")) {
      requests.add(new Request(members));
    }
    return requests;
  }

  /** Empties the journal of requests. */
  public void clearRequests() {
    call("DELETE", "requests", null);
  }

  /** Whether the running broker would let this user in: applied values count, pending ones do not. */
  public Login authenticate(String brokerId, String username, String password) {
    return new Login(
        json("POST", "authenticate", Map.of("brokerId", brokerId, "username", username, "password", password)));
  }

  private List<Map<String, Object>> list(String name, Map<String, String> query, String key) {
    List<Map<String, Object>> all = new ArrayList<>();
    while (true) {
      Map<String, Object> answer = json("GET", name + encode(query), null);
      List<?> part = (List<?>) answer.get(name);
      for (Object element : part) {
        all.add(members(element));
      }
      if (part.isEmpty() || !Boolean.TRUE.equals(answer.get("truncated"))) {
        return all;
      }
      query.put("since", String.valueOf(all.get(all.size() - 1).get(key)));
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> members(Object value) {
    return (Map<String, Object>) value;
  }

  private static String encode(Map<String, String> query) {
    StringBuilder out = new StringBuilder();
    query.forEach(
        (name, value) ->
            out.append(out.length() == 0 ? '?' : '&')
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
    return out.toString();
  }

  private Map<String, Object> json(String method, String path, Map<String, Object> body) {
    byte[] bytes = body == null ? null : Json.write(body).getBytes(StandardCharsets.UTF_8);
    return Json.object(new String(call(method, path, bytes), StandardCharsets.UTF_8));
  }

  private byte[] call(String method, String path, byte[] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + "/_local/" + path))
            .timeout(LIMIT)
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    HttpResponse<byte[]> response;
    try {
      response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new InterruptedIOException(method + " /_local/" + path));
    } catch (IOException e) {
      throw new UncheckedIOException(method + " " + url + "/_local/" + path + ": " + e, e);
    }
    if (response.statusCode() >= 300) {
      throw new IllegalStateException(
          method + " /_local/" + path + ": " + response.statusCode() + ": " + message(response.body()));
    }
    return response.body();
  }

  private static String message(byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8);
    try {
      Object message = Json.object(text).get("message");
      return message == null ? text : message.toString();
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  private static final class NoProxy extends ProxySelector {
    @Override
    public List<java.net.Proxy> select(URI uri) {
      return List.of(java.net.Proxy.NO_PROXY);
    }

    @Override
    public void connectFailed(URI uri, java.net.SocketAddress address, IOException error) {}
  }
}
