package dev.tollspan.receiver;

/** What a client speaks that does not begin as HTTP/2 does, as its first byte shows. */
enum Stranger {
  /** Methods are written in capital letters. */
  HTTP_1("HTTP/1.1, as OTLP over HTTP does; that has a port of its own and is not in this version"),
  /** A handshake record of TLS 1.0 to 1.3 (RFC 8446, section 5.1). */
  TLS("TLS, and the receiver speaks none in this version"),
  UNKNOWN("something else");

  private static final byte TLS_HANDSHAKE = 22;

  final String said;

  Stranger(String said) {
    this.said = said;
  }

  static Stranger of(byte first) {
    if (first == TLS_HANDSHAKE) {
      return TLS;
    }
    return first >= 'A' && first <= 'Z' ? HTTP_1 : UNKNOWN;
  }
}
