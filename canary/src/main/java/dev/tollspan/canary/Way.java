package dev.tollspan.canary;

import java.util.EnumSet;
import java.util.Set;

/** Where a mark stands around a request, or why a request with a mark in it cannot be taken. */
enum Way {
  IN_A_HEADER("header"),
  IN_A_HEADER_NAME("header: name"),
  IN_A_LARGE_HEADER("header that is too large"),
  IN_BAGGAGE("header: baggage"),
  IN_AUTHORIZATION("header: authorization"),
  IN_A_CONTENT_TYPE("header: content-type"),
  IN_A_CONTENT_ENCODING("header: content-encoding"),
  IN_A_HEAD("head that is no HTTP"),
  IN_A_QUERY("query"),
  IN_A_METHOD("method of no service"),
  IN_A_SERVICE("service that is not there"),
  FOR_LOGS("request for logs"),
  FOR_METRICS("request for metrics"),
  LOGS_AS_SPANS("logs sent as spans"),
  OF_ANOTHER_TYPE("body of another type"),
  NO_OTLP("body that is no OTLP"),
  CUT_OFF("body that is cut off"),
  WITH_A_GROUP("body with a group in its resource"),
  ODD_SPAN("span that is no protobuf"),
  TOO_LARGE("body that is too large"),
  TOO_LARGE_UNPACKED("body that is too large once unpacked"),
  NOT_PACKED("body that is not packed as it says"),
  DAMAGED("packed body that is cut off"),
  UNHEARD_OF("body packed in an unknown way"),
  WITHOUT_LOGIN("login that is missing"),
  WITH_ANOTHER_TOKEN("login with another token"),
  WITH_ANOTHER_SCHEME("login with another scheme");

  /** What gRPC's own client sees to. */
  private static final Set<Way> HTTP_ALONE =
      EnumSet.of(IN_A_CONTENT_TYPE, IN_A_CONTENT_ENCODING, IN_A_HEAD, IN_A_QUERY, OF_ANOTHER_TYPE);

  /** What JSON has no such thing of. */
  private static final Set<Way> PROTOBUF_ALONE = EnumSet.of(WITH_A_GROUP, ODD_SPAN);

  /** In these the request itself is an ordinary one. */
  private static final Set<Way> ORDINARY =
      EnumSet.of(
          IN_A_HEADER,
          IN_A_HEADER_NAME,
          IN_A_LARGE_HEADER,
          IN_BAGGAGE,
          IN_AUTHORIZATION,
          IN_A_CONTENT_TYPE,
          IN_A_CONTENT_ENCODING,
          IN_A_HEAD,
          IN_A_QUERY,
          IN_A_METHOD,
          IN_A_SERVICE,
          WITH_ANOTHER_TOKEN,
          WITH_ANOTHER_SCHEME);

  private static final Set<Way> FOR_LOGIN =
      EnumSet.of(WITHOUT_LOGIN, WITH_ANOTHER_TOKEN, WITH_ANOTHER_SCHEME);

  private final String label;

  Way(String label) {
    this.label = label;
  }

  /** For reading. */
  String label() {
    return label;
  }

  boolean goesBy(Transport transport) {
    return transport == Transport.GRPC
        ? !HTTP_ALONE.contains(this)
        : !transport.isJson() || !PROTOBUF_ALONE.contains(this);
  }

  /** How many spans the request holds, as one who takes it counts. */
  int spans(Transport transport) {
    return switch (this) {
      case ODD_SPAN -> 2;
      case LOGS_AS_SPANS -> transport.isJson() ? 0 : 1; // by numbers they are spans, not by names
      default -> ORDINARY.contains(this) ? 1 : 0;
    };
  }

  /** Whether it is for a receiver that asks for a login. */
  boolean isForLogin() {
    return FOR_LOGIN.contains(this);
  }
}
