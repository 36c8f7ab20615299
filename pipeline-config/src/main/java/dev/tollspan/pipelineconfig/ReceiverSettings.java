package dev.tollspan.pipelineconfig;

import dev.tollspan.receiver.OtlpReceiverConfig;
import org.jspecify.annotations.Nullable;

/** One entry below {@code receivers}. */
sealed interface ReceiverSettings {
  /** {@code otlp}; a protocol that is null is off. */
  record Otlp(@Nullable Grpc grpc, @Nullable Http http) implements ReceiverSettings {}

  /** OTLP over gRPC; the login stands in the extension that the entrance names. */
  record Grpc(OtlpReceiverConfig.Grpc config, Entrance entrance) {
    Endpoint endpoint() {
      return Endpoint.of(config.listen());
    }
  }

  /** OTLP over HTTP; likewise. */
  record Http(OtlpReceiverConfig.Http config, Entrance entrance) {
    Endpoint endpoint() {
      return Endpoint.of(config.listen());
    }
  }

  /**
   * What a port asks for beside TLS.
   *
   * @param authenticator the id of an extension; empty: everybody may send
   */
  record Entrance(String authenticator, int maxConnections, int maxConnectionsPerAddress) {}
}
