package dev.tollspan.receiver;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the receiver listens and how much it lets in. Each protocol can have a port of its own and
 * is understood on the other's, too. What a port asks for, TLS and a login, holds for all that
 * comes to it; what a protocol allows holds on both.
 *
 * @param grpc null: no port of its own; it is taken on the other with the usual limits
 * @param http likewise
 * @param inFlightBytesMax what all requests under way may hold together; three quarters of it are
 *     the most that the requests of one connection may hold
 * @param connectionsMax how many may be open at once on all ports; others are closed before they
 *     say anything
 * @param addressConnectionsMax how many of these may come from one address
 */
public record OtlpReceiverConfig(
    @Nullable Grpc grpc,
    @Nullable Http http,
    long inFlightBytesMax,
    int connectionsMax,
    int addressConnectionsMax) {
  /**
   * How many connections are enough for nearly everyone. Their windows take 128 MiB of direct
   * memory together, beside the requests under way.
   */
  public static final int CONNECTIONS_MAX = 1_024;

  /** How many of them one address needs. */
  public static final int ADDRESS_CONNECTIONS_MAX = 128;

  private static final int MEBIBYTE = 1 << 20;
  private static final int REQUEST_BYTES_MAX = 64 * MEBIBYTE;
  private static final int BYTES_MIN = 1 << 10;
  private static final int PARTS = 64;
  private static final int PART_BYTES_MIN = 128 << 10;
  private static final int PART_BYTES_MAX = 2 << 20;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException with the key of the configuration and what it may be
   */
  public OtlpReceiverConfig {
    if (grpc == null && http == null) {
      throw new IllegalArgumentException("protocols: at least one is needed");
    }
    if (inFlightBytesMax < BYTES_MIN || inFlightBytesMax > ByteBudget.BYTES_MAX) {
      throw new IllegalArgumentException("max_in_flight_size_mib: must be above 0, at most 1 TiB");
    }
    if (connectionsMax < 1) {
      throw new IllegalArgumentException("max_connections: must be at least 1");
    }
    if (addressConnectionsMax < 1) {
      throw new IllegalArgumentException("max_connections_per_address: must be at least 1");
    }
  }

  /**
   * Where one protocol is at home.
   *
   * @param host name or address to listen on; whoever can reach it can send spans
   * @param port 1 to 65535, or 0 for one that the system chooses
   * @param tls null: spoken in the clear
   * @param login null: everybody may send
   */
  public record Listen(String host, int port, @Nullable ServerTls tls, @Nullable Login login) {
    public Listen {
      if (host.isBlank() || port < 0 || port > 65_535) {
        throw new IllegalArgumentException("endpoint: must be host:port, the port 0 to 65535");
      }
    }

    /** In the clear and for everybody. */
    public Listen(String host, int port) {
      this(host, port, null, null);
    }
  }

  /**
   * OTLP over gRPC.
   *
   * @param requestBytesMax the largest request, on the wire and once decompressed
   * @param callsMax how many calls one connection may have under way
   */
  public record Grpc(Listen listen, int requestBytesMax, int callsMax, KeepAlive keepAlive) {
    /** Enough for every SDK; each can make us start a thread. */
    public static final int CALLS_MAX = 100;

    public Grpc {
      if (requestBytesMax < BYTES_MIN || requestBytesMax > 1024 * MEBIBYTE) {
        throw new IllegalArgumentException("max_recv_msg_size_mib: must be above 0, at most 1024");
      }
      if (callsMax < 1) {
        throw new IllegalArgumentException("max_concurrent_streams: must be at least 1");
      }
    }

    /** The same at another place, with requests of at most so many bytes. */
    public Grpc with(Listen elsewhere, int bytesMax) {
      return new Grpc(elsewhere, Math.min(requestBytesMax, bytesMax), callsMax, keepAlive);
    }

    /** The usual limits. */
    public static Grpc at(Listen listen) {
      return new Grpc(listen, REQUEST_BYTES_MAX, CALLS_MAX, KeepAlive.USUAL);
    }
  }

  /**
   * How long connections of gRPC live, and how often they may be pinged.
   *
   * @param idleMax without any call
   * @param ageMax in all; it then has {@code ageGrace} to end its calls
   * @param pingAfter of silence we ask whether the client is there, and wait {@code pingTimeout}
   * @param clientPingMin the least time between two pings of a client
   * @param pingsWithoutCalls whether it may ping while it has no call
   */
  public record KeepAlive(
      Duration idleMax,
      Duration ageMax,
      Duration ageGrace,
      Duration pingAfter,
      Duration pingTimeout,
      Duration clientPingMin,
      boolean pingsWithoutCalls) {
    /** What security asks for: nobody stays for ever, and nobody keeps us busy. */
    public static final KeepAlive USUAL =
        new KeepAlive(
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            Duration.ofMinutes(1),
            Duration.ofHours(2),
            Duration.ofSeconds(20),
            Duration.ofSeconds(10),
            true);

    /** Checks that no time is 0 or less. */
    public KeepAlive {
      check("max_connection_idle", idleMax);
      check("max_connection_age", ageMax);
      check("max_connection_age_grace", ageGrace);
      check("time", pingAfter);
      check("timeout", pingTimeout);
      check("min_time", clientPingMin);
    }
  }

  /**
   * OTLP over HTTP/1.1.
   *
   * @param requestBytesMax as of gRPC
   * @param path of traces; it begins with a slash
   * @param takesGzip whether bodies may be compressed so
   * @param takesZstd likewise
   * @param responseHeaders fields of every answer
   * @param readTimeout for all of a body
   * @param readHeaderTimeout for all of a head
   * @param idleTimeout between two requests
   */
  public record Http(
      Listen listen,
      int requestBytesMax,
      String path,
      boolean takesGzip,
      boolean takesZstd,
      Cors cors,
      Map<String, String> responseHeaders,
      Duration readTimeout,
      Duration readHeaderTimeout,
      Duration idleTimeout) {
    public static final String PATH = "/v1/traces";

    public Http {
      if (requestBytesMax < BYTES_MIN || requestBytesMax > 1024 * MEBIBYTE) {
        throw new IllegalArgumentException("max_request_body_size: must be from 1KiB to 1GiB");
      }
      if (!path.matches("/[!-~&&[^?#]]*")) {
        throw new IllegalArgumentException(
            "traces_url_path: must be a path such as /v1/traces, without ? and #");
      }
      responseHeaders = Map.copyOf(responseHeaders);
      responseHeaders.forEach(Http::checkHeader);
      check("read_timeout", readTimeout);
      check("read_header_timeout", readHeaderTimeout);
      check("idle_timeout", idleTimeout);
      if (listen.login() != null && cors.isForAll()) {
        throw new IllegalArgumentException(
            "cors: must name its origins where a login is asked for, not *");
      }
    }

    /** The same at another place, with requests of at most so many bytes. */
    public Http with(Listen elsewhere, int bytesMax) {
      return new Http(
          elsewhere,
          Math.min(requestBytesMax, bytesMax),
          path,
          takesGzip,
          takesZstd,
          cors,
          responseHeaders,
          readTimeout,
          readHeaderTimeout,
          idleTimeout);
    }

    /** The usual limits. */
    public static Http at(Listen listen) {
      return new Http(
          listen,
          REQUEST_BYTES_MAX,
          PATH,
          true,
          true,
          Cors.OFF,
          Map.of(),
          Duration.ofMinutes(1),
          Duration.ofSeconds(10),
          Duration.ofMinutes(5));
    }

    private static void checkHeader(String name, String value) {
      if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+")
          || !value.matches("[ -~]*")
          || name.matches("(?i)content-length|content-type|transfer-encoding|connection")) {
        throw new IllegalArgumentException(
            "response_headers: must be fields of text, and none that say how an answer ends");
      }
    }
  }

  private static void check(String key, Duration time) {
    if (time.isNegative() || time.isZero() || time.toDays() > 365) {
      throw new IllegalArgumentException(key + ": must be above 0, at most 365d");
    }
  }

  /** Both protocols on loopback, on the ports and with the limits that OTLP recommends. */
  public static OtlpReceiverConfig defaults() {
    return new OtlpReceiverConfig(
        Grpc.at(new Listen("127.0.0.1", 4317)),
        Http.at(new Listen("127.0.0.1", 4318)),
        Runtime.getRuntime().maxMemory() / 4,
        CONNECTIONS_MAX,
        ADDRESS_CONNECTIONS_MAX);
  }

  /**
   * What one connection may hold of this budget, so that there is something left for the others; no
   * request that is larger can be taken.
   */
  public static long connectionBytesMax(long inFlightBytesMax) {
    return inFlightBytesMax - inFlightBytesMax / 4;
  }

  /**
   * Above so many bytes of rows a request is handed over in parts: small enough that what is made
   * of a part, up to ten times as much, fits beside a request that fills most of the budget.
   */
  long partBytesMax() {
    return Math.clamp(inFlightBytesMax / PARTS, PART_BYTES_MIN, PART_BYTES_MAX);
  }

  long connectionBytesMax() {
    return connectionBytesMax(inFlightBytesMax);
  }

  /** What is allowed over gRPC; without a port of its own no larger requests than over HTTP. */
  Grpc grpcTaken() {
    if (grpc != null) {
      return grpc;
    }
    Http other = Objects.requireNonNull(http);
    return Grpc.at(other.listen()).with(other.listen(), other.requestBytesMax());
  }

  /** The same over HTTP. */
  Http httpTaken() {
    if (http != null) {
      return http;
    }
    Grpc other = Objects.requireNonNull(grpc);
    return Http.at(other.listen()).with(other.listen(), other.requestBytesMax());
  }

  /** The largest request that can ever be taken over gRPC: above it the answer is "too large". */
  int grpcRequestLimit() {
    return limit(grpcTaken().requestBytesMax());
  }

  /** The same over HTTP. */
  int httpRequestLimit() {
    return limit(httpTaken().requestBytesMax());
  }

  private int limit(int requestBytesMax) {
    return (int) Math.min(requestBytesMax, connectionBytesMax());
  }
}
