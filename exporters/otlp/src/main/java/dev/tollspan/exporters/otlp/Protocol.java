package dev.tollspan.exporters.otlp;

/** How OTLP is carried. */
public enum Protocol {
  GRPC("grpc-.*|.*-bin|content-type|te|user-agent|connection|host"),
  /** Protobuf in the body of a POST, over HTTP/1.1. */
  HTTP(
      "content-.*|transfer-encoding|te|trailer|expect|upgrade|user-agent|connection|keep-alive"
          + "|proxy-connection|host|accept-encoding");

  private final String ownHeaders;

  Protocol(String ownHeaders) {
    this.ownHeaders = ownHeaders;
  }

  /** Whether no configuration may give this header, because the protocol does. */
  boolean owns(String headerName) {
    return headerName.matches(ownHeaders);
  }
}
