package dev.tollspan.pipelineconfig;

import java.nio.file.Path;

/** One entry below {@code extensions}. */
sealed interface ExtensionSettings {
  /** {@code health_check}. */
  record HealthCheck(Endpoint endpoint) implements ExtensionSettings {}

  /** {@code journal}; without effect in this version. */
  record Journal(Path directory, String durability, long maxSize) implements ExtensionSettings {}
}
