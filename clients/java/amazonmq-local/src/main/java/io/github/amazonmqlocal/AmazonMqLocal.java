package io.github.amazonmqlocal;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A server for the tests of a class, reset before each of them:
 *
 * <pre>{@code
 * @RegisterExtension static AmazonMqLocal mq = AmazonMqLocal.start("INSERT INTO broker (id, name) VALUES ('b-1', 'orders');");
 * }</pre>
 *
 * It ends with the class that has the field; that of a base class serves all its subclasses and ends with the JVM.
 */
public final class AmazonMqLocal extends AmazonMqLocalServer implements BeforeEachCallback, AfterAllCallback {
  private AmazonMqLocal(ServerOptions options) {
    super(options);
  }

  /** Starts a server whose state begins with this SQL. */
  public static AmazonMqLocal start(String... seeds) {
    return start(new ServerOptions().seed(seeds));
  }

  /** Starts a server. */
  public static AmazonMqLocal start(ServerOptions options) {
    return new AmazonMqLocal(options);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    reset();
  }

  @Override
  public void afterAll(ExtensionContext context) throws IllegalAccessException {
    // Not after a nested class, nor after one of several subclasses.
    for (Field field : context.getRequiredTestClass().getDeclaredFields()) {
      if (Modifier.isStatic(field.getModifiers())
          && field.getType() == AmazonMqLocal.class
          && field.trySetAccessible()
          && field.get(null) == this) {
        close();
      }
    }
  }
}
