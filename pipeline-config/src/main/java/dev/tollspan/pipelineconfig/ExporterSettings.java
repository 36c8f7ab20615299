package dev.tollspan.pipelineconfig;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One entry below {@code exporters}. */
public sealed interface ExporterSettings {
  /** {@code ndjson}. */
  record Ndjson(Path path, String dialect) implements ExporterSettings {}

  /** {@code parquet}. */
  record Parquet(Path path, Rotate rotate) implements ExporterSettings {}

  /** When a file is finished: at whichever comes first. */
  record Rotate(Duration maxAge, long maxSize, long maxRows) {}

  /** {@code otlp_grpc}; the scheme of the endpoint says whether TLS is spoken. */
  record OtlpGrpc(
      URI endpoint,
      String compression,
      Map<String, Secret> headers,
      Tls tls,
      Duration timeout,
      Retry retryOnFailure)
      implements ExporterSettings {
    public OtlpGrpc {
      headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }
  }

  /** PEM files; null takes the system's certificates, or no certificate of our own. */
  record Tls(
      boolean insecure, @Nullable Path caFile, @Nullable Path certFile, @Nullable Path keyFile) {}

  /** A {@code maxElapsedTime} of zero never gives up. */
  record Retry(
      boolean enabled, Duration initialInterval, Duration maxInterval, Duration maxElapsedTime) {}

  /** {@code prometheus}; without effect in this version. */
  record Prometheus(Endpoint endpoint) implements ExporterSettings {}
}
