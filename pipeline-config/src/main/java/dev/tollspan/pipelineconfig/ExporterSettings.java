package dev.tollspan.pipelineconfig;

import dev.tollspan.exporters.delivery.DeliveryConfig;
import dev.tollspan.exporters.ndjson.NdjsonConfig;
import dev.tollspan.exporters.otlp.OtlpConfig;
import dev.tollspan.exporters.parquet.ParquetConfig;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One entry below {@code exporters}. */
sealed interface ExporterSettings {
  /** Where it writes files; null if it writes none. */
  default @Nullable Path directory() {
    return null;
  }

  /** When finished files are deleted; zero if never. */
  default Duration retention() {
    return Duration.ZERO;
  }

  /** {@code ndjson}. */
  record Ndjson(NdjsonConfig config, Duration retention) implements ExporterSettings {
    @Override
    public Path directory() {
      return config.directory();
    }
  }

  /** {@code parquet}. */
  record Parquet(ParquetConfig config, Duration retention) implements ExporterSettings {
    @Override
    public Path directory() {
      return config.directory();
    }
  }

  /**
   * {@code otlp_grpc} and {@code otlp_http}; the values of its headers are secret, and its {@code
   * toString} masks them.
   *
   * @param authenticator the id of an extension; null if there is none
   */
  record Otlp(OtlpConfig config, @Nullable String authenticator, Retry retryOnFailure)
      implements ExporterSettings {}

  /** A {@code maxElapsedTime} of zero never gives up. */
  record Retry(
      boolean enabled,
      Duration initialInterval,
      Duration maxInterval,
      double multiplier,
      double randomizationFactor,
      Duration maxElapsedTime) {

    /** The same for a delivery; without retries, the shortest time after which it gives up. */
    DeliveryConfig delivery(long openBytesMax, int exportBytesMax) {
      return new DeliveryConfig(
          openBytesMax,
          exportBytesMax,
          initialInterval,
          maxInterval,
          multiplier,
          randomizationFactor,
          enabled ? maxElapsedTime : Duration.ofNanos(1));
    }
  }

  /** {@code prometheus}; without effect in this version. */
  record Prometheus(Endpoint endpoint) implements ExporterSettings {}
}
