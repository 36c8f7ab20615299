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
 * @param endpoint what {@link #endpoint(String)} returns
 * @param compression how requests are compressed
 * @param headers sent with each call; the names are kept in lower case, the values are secret
 * @param tls for an endpoint with https, or without a scheme
 * @param timeout for one call, the connecting included
 */
public record OtlpGrpcConfig(
    URI endpoint, Compression compression, Map<String, String> headers, Tls tls, Duration timeout) {
  private static final int PORT = 4317;
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Pattern NAME = Pattern.compile("[0-9a-z_.-]{1,128}");
  private static final Pattern VALUE = Pattern.compile("[ -~]{0,8192}");
  private static final Pattern OURS =
      Pattern.compile("grpc-.*|.*-bin|content-type|te|user-agent|connection|host");

  public OtlpGrpcConfig {
    endpoint = checked(endpoint);
    headers = checked(headers);
    if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("timeout must be 1ms to 1h");
    }
  }

  /** The Collector's defaults: gzip, TLS with the platform's certificates, five seconds. */
  public static OtlpGrpcConfig defaults(URI endpoint) {
    return new OtlpGrpcConfig(endpoint, Compression.GZIP, Map.of(), Tls.platform(), TIMEOUT);
  }

  /**
   * Reads {@code http://host:port}, {@code https://host:port} or {@code host:port}; the port may be
   * left out if it is 4317. The scheme, if there is one, decides whether there is TLS (OTLP
   * exporter specification, "endpoint" and "insecure").
   *
   * @throws IllegalArgumentException if it is none of these; the text is not repeated
   */
  public static URI endpoint(String text) {
    try {
      return checked(new URI(text.contains("://") ? text : "//" + text));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "endpoint must be http://host:port, https://host:port or host:port");
    }
  }

  /** Whether the calls go without TLS. */
  boolean plaintext() {
    return endpoint.getScheme() == null ? tls.insecure() : endpoint.getScheme().equals("http");
  }

  /** Host and port, an IPv6 address in brackets. */
  String authority() {
    return endpoint.getHost() + ":" + endpoint.getPort();
  }

  /** The values of headers are left out. */
  @Override
  public String toString() {
    Map<String, String> masked = new TreeMap<>(headers);
    masked.replaceAll((name, value) -> "***");
    return "OtlpGrpcConfig[endpoint=%s, compression=%s, headers=%s, tls=%s, timeout=%s]"
        .formatted(endpoint, compression, masked, tls, timeout);
  }

  private static URI checked(URI endpoint) {
    String scheme = endpoint.getScheme();
    if (scheme != null && !scheme.equals("http") && !scheme.equals("https")) {
      throw new IllegalArgumentException("endpoint must have the scheme http, https or none");
    }
    if (endpoint.getHost() == null || endpoint.getPort() > 0xffff || endpoint.getPort() == 0) {
      throw new IllegalArgumentException("endpoint must name a host and a port of 1 to 65535");
    }
    String path = endpoint.getPath();
    if (!(path.isEmpty() || path.equals("/"))
        || endpoint.getUserInfo() != null
        || endpoint.getQuery() != null
        || endpoint.getFragment() != null) {
      throw new IllegalArgumentException("endpoint must have neither user, path nor query");
    }
    int port = endpoint.getPort() < 0 ? PORT : endpoint.getPort();
    String start = scheme == null ? "//" : scheme + "://";
    return URI.create(start + endpoint.getHost() + ":" + port);
  }

  private static Map<String, String> checked(Map<String, String> headers) {
    Map<String, String> checked = new TreeMap<>();
    headers.forEach(
        (name, value) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          if (!NAME.matcher(lower).matches() || OURS.matcher(lower).matches()) {
            throw new IllegalArgumentException(
                "headers: a name must be 1 to 128 of a-z 0-9 - _ . and none of gRPC's own");
          }
          if (!VALUE.matcher(value).matches()) {
            throw new IllegalArgumentException(
                "headers: the value of " + lower + " must be at most 8192 printable ASCII");
          }
          if (checked.put(lower, value) != null) {
            throw new IllegalArgumentException("headers: " + lower + " is there twice");
          }
        });
    return Collections.unmodifiableMap(checked);
  }
}
