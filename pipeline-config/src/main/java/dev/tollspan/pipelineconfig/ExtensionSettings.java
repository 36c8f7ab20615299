package dev.tollspan.pipelineconfig;

import dev.tollspan.receiver.Login;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One entry below {@code extensions}. */
sealed interface ExtensionSettings {
  /** Who may send to a port that names this extension; null if it says nothing of that. */
  default @Nullable Login login() {
    return null;
  }

  /** {@code health_check}. */
  record HealthCheck(Endpoint endpoint) implements ExtensionSettings {}

  /** {@code bearertokenauth}. */
  record BearerTokenAuth(Login login) implements ExtensionSettings {}

  /** {@code basicauth}. */
  record BasicAuth(Login login) implements ExtensionSettings {}

  /** {@code journal}; without effect in this version. */
  record Journal(Path directory, String durability, long maxSize) implements ExtensionSettings {}
}
