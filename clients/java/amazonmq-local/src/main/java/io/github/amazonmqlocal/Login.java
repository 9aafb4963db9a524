package io.github.amazonmqlocal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whether a user can log in, and as what. */
public final class Login {
  private final boolean authenticated;
  private final boolean consoleAccess;
  private final List<String> groups = new ArrayList<>();

  Login(Map<String, Object> answer) {
    authenticated = Boolean.TRUE.equals(answer.get("authenticated"));
    consoleAccess = Boolean.TRUE.equals(answer.get("consoleAccess"));
    if (answer.get("groups") instanceof List) {
      ((List<?>) answer.get("groups")).forEach(group -> groups.add(group.toString()));
    }
  }

  /** Whether the running broker lets the user in. */
  public boolean authenticated() {
    return authenticated;
  }

  /** Whether the user may open the web console. */
  public boolean consoleAccess() {
    return consoleAccess;
  }

  /** The groups of the user. */
  public List<String> groups() {
    return List.copyOf(groups);
  }
}
