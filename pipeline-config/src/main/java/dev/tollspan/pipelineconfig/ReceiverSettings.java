package dev.tollspan.pipelineconfig;

import org.jspecify.annotations.Nullable;

/** One entry below {@code receivers}. */
sealed interface ReceiverSettings {
  /** {@code otlp}; a protocol that is null is off. */
  record Otlp(@Nullable Grpc grpc, @Nullable Http http) implements ReceiverSettings {}

  /** OTLP over gRPC. */
  record Grpc(Endpoint endpoint, int maxRecvMsgSizeMib, int maxConnections) {}

  /** OTLP over HTTP; without effect in this version. */
  record Http(Endpoint endpoint, long maxRequestBodySize) {}
}
