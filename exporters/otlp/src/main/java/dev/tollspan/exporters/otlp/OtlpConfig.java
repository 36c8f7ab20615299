package dev.tollspan.exporters.otlp;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Where to send spans and how.
 *
 * @param endpoint what {@link #grpcEndpoint}, {@link #httpEndpoint} or {@link #tracesEndpoint}
 *     returns, as the protocol wants it
 * @param compression how requests are compressed
 * @param headers sent with each call; the names are kept in lower case, the values are secret
 * @param auth one more header, which beats one of the same name
 * @param tls for an endpoint with https, or without a scheme
 */
public record OtlpConfig(
    Protocol protocol,
    URI endpoint,
    Compression compression,
    Map<String, String> headers,
    Auth auth,
    Tls tls,
    Calls calls) {
  private static final int GRPC_PORT = 4317;
  private static final String TRACES_PATH = "/v1/traces";
  private static final Pattern NAME = Pattern.compile("[0-9a-z_.-]{1,128}");
  private static final Pattern VALUE = Pattern.compile("[ -~]{0,8192}");

  /**
   * How calls are made.
   *
   * @param timeout for one, the connecting included
   * @param inFlightMax how many may be under way at once; over HTTP each has a connection
   * @param retriesExhausted whether gRPC's RESOURCE_EXHAUSTED is retried even where the destination
   *     does not say when
   */
  public record Calls(Duration timeout, int inFlightMax, boolean retriesExhausted) {
    /** As the Collector's {@code num_consumers}. */
    public static final int IN_FLIGHT_MAX = 10;

    public Calls {
      if (timeout.compareTo(Duration.ofMillis(1)) < 0
          || timeout.compareTo(Duration.ofHours(1)) > 0) {
        throw new IllegalArgumentException("timeout must be 1ms to 1h");
      }
      if (inFlightMax < 1 || inFlightMax > 100) {
        throw new IllegalArgumentException("sending_queue.num_consumers must be 1 to 100");
      }
    }
  }

  public OtlpConfig {
    endpoint = protocol == Protocol.GRPC ? checkedGrpc(endpoint) : checkedHttp(endpoint);
    headers = checked(protocol, headers);
    if (protocol.owns(auth.headerName())) {
      throw new IllegalArgumentException("auth: its header is one of the protocol's own");
    }
  }

  /**
   * The Collector's defaults: gzip, TLS with the platform's certificates, ten calls at once, and
   * five seconds for a call over gRPC, 30 over HTTP.
   */
  public static OtlpConfig defaults(Protocol protocol, URI endpoint) {
    Duration timeout = Duration.ofSeconds(protocol == Protocol.GRPC ? 5 : 30);
    return new OtlpConfig(
        protocol,
        endpoint,
        Compression.GZIP,
        Map.of(),
        Auth.none(),
        Tls.platform(),
        new Calls(timeout, Calls.IN_FLIGHT_MAX, false));
  }

  /**
   * Reads {@code http://host:port}, {@code https://host:port} or {@code host:port}; the port may be
   * left out if it is 4317. The scheme, if there is one, decides whether there is TLS (OTLP
   * exporter specification, "endpoint" and "insecure").
   *
   * @throws IllegalArgumentException if it is none of these; the text is not repeated
   */
  public static URI grpcEndpoint(String text) {
    try {
      return checkedGrpc(new URI(text.contains("://") ? text : "//" + text));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "endpoint must be http://host:port, https://host:port or host:port");
    }
  }

  /**
   * Reads a base address, such as {@code http://host:4318}, and appends {@code v1/traces} to it
   * (OTLP exporter specification, "Endpoint URLs for OTLP/HTTP").
   *
   * @throws IllegalArgumentException if it is none; the text is not repeated
   */
  public static URI httpEndpoint(String text) {
    URI base = tracesEndpoint(text);
    if (base.getRawQuery() != null) {
      throw new IllegalArgumentException("endpoint must have no query; see traces_endpoint");
    }
    return URI.create(base.toString().replaceFirst("/+$", "") + TRACES_PATH);
  }

  /**
   * Reads an address that is used as it is, but for the path {@code /} where it has none.
   *
   * @throws IllegalArgumentException if it is none; the text is not repeated
   */
  public static URI tracesEndpoint(String text) {
    try {
      return checkedHttp(new URI(text));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("endpoint must be http://host:port or https://host:port");
    }
  }

  /** Whether the calls go without TLS. */
  public boolean plaintext() {
    return endpoint.getScheme() == null ? tls.insecure() : endpoint.getScheme().equals("http");
  }

  /**
   * Where the calls go, to be shown: host and port, and over HTTP the whole address without its
   * query, which may hold a secret.
   */
  public String destination() {
    return protocol == Protocol.GRPC
        ? endpoint.getAuthority()
        : endpoint.getScheme() + "://" + endpoint.getRawAuthority() + endpoint.getRawPath();
  }

  /** Port of the endpoint, the scheme's own if it names none. */
  int port() {
    return endpoint.getPort() > 0 ? endpoint.getPort() : plaintext() ? 80 : 443;
  }

  /** The values of headers are left out. */
  @Override
  public String toString() {
    Map<String, String> masked = new TreeMap<>(headers);
    masked.replaceAll((name, value) -> "***");
    return "OtlpConfig[%s, endpoint=%s, compression=%s, headers=%s, auth=%s, tls=%s, calls=%s]"
        .formatted(protocol, endpoint, compression, masked, auth, tls, calls);
  }

  static String headerName(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (!NAME.matcher(lower).matches()) {
      throw new IllegalArgumentException("auth: a header's name must be of a-z 0-9 - _ .");
    }
    return lower;
  }

  static void checkHeaderValue(String name, String value) {
    if (!VALUE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "headers: the value of " + name + " must be at most 8192 printable ASCII");
    }
  }

  private static URI checkedGrpc(URI endpoint) {
    String scheme = endpoint.getScheme();
    if (scheme != null && !scheme.equals("http") && !scheme.equals("https")) {
      throw new IllegalArgumentException("endpoint must have the scheme http, https or none");
    }
    checkHost(endpoint);
    String path = endpoint.getPath();
    if (!(path.isEmpty() || path.equals("/"))
        || endpoint.getUserInfo() != null
        || endpoint.getQuery() != null
        || endpoint.getFragment() != null) {
      throw new IllegalArgumentException("endpoint must have neither user, path nor query");
    }
    int port = endpoint.getPort() < 0 ? GRPC_PORT : endpoint.getPort();
    String start = scheme == null ? "//" : scheme + "://";
    return URI.create(start + endpoint.getHost() + ":" + port);
  }

  private static URI checkedHttp(URI endpoint) {
    String scheme = endpoint.getScheme();
    if (scheme == null || !(scheme.equals("http") || scheme.equals("https"))) {
      throw new IllegalArgumentException("endpoint must have the scheme http or https");
    }
    checkHost(endpoint);
    if (endpoint.getUserInfo() != null || endpoint.getFragment() != null) {
      throw new IllegalArgumentException("endpoint must have neither user nor fragment");
    }
    // Nothing but ASCII goes into the first line of a request.
    String ascii = endpoint.toASCIIString();
    return URI.create(
        endpoint.getRawPath().isEmpty() ? ascii.replaceFirst("(\\?|$)", "/$1") : ascii);
  }

  private static void checkHost(URI endpoint) {
    if (endpoint.getHost() == null || endpoint.getPort() > 0xffff || endpoint.getPort() == 0) {
      throw new IllegalArgumentException("endpoint must name a host and a port of 1 to 65535");
    }
  }

  private static Map<String, String> checked(Protocol protocol, Map<String, String> headers) {
    Map<String, String> checked = new TreeMap<>();
    headers.forEach(
        (name, value) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          if (!NAME.matcher(lower).matches() || protocol.owns(lower)) {
            throw new IllegalArgumentException(
                "headers: a name must be 1 to 128 of a-z 0-9 - _ . and none of the protocol's own");
          }
          checkHeaderValue(lower, value);
          if (checked.put(lower, value) != null) {
            throw new IllegalArgumentException("headers: " + lower + " is there twice");
          }
        });
    return Collections.unmodifiableMap(checked);
  }
}
