package dev.tollspan.receiver;

/** What a client speaks that is not understood on its port. */
enum Stranger {
  /** A handshake record of TLS 1.0 to 1.3 (RFC 8446, section 5.1). */
  TLS("TLS, and this port is configured without"),
  PLAIN("plain text, and this is a port for TLS"),
  UNKNOWN("neither gRPC nor HTTP");

  final String said;

  Stranger(String said) {
    this.said = said;
  }
}
