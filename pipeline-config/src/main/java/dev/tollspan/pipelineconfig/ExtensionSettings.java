package dev.tollspan.pipelineconfig;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One entry below {@code extensions}. */
sealed interface ExtensionSettings {
  /** {@code health_check}. */
  record HealthCheck(Endpoint endpoint) implements ExtensionSettings {}

  /** {@code journal}; without effect in this version. */
  record Journal(Path directory, String durability, long maxSize) implements ExtensionSettings {}

  /**
   * {@code bearertokenauth}: a token from here or from a file.
   *
   * @param header the header that carries it, behind the scheme
   */
  record BearerTokenAuth(
      @Nullable String token, @Nullable Path filename, String header, String scheme)
      implements ExtensionSettings {
    @Override
    public String toString() {
      return "BearerTokenAuth[filename=" + filename + ", header=" + header + "]";
    }
  }

  /** {@code basicauth}: as whom an exporter calls. */
  record BasicAuth(String username, String password) implements ExtensionSettings {
    @Override
    public String toString() {
      return "BasicAuth[username=" + username + "]";
    }
  }
}
