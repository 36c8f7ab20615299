package dev.tollspan.pipelineconfig;

import dev.tollspan.exporters.delivery.DeliveryConfig;
import dev.tollspan.exporters.otlp.Auth;
import dev.tollspan.exporters.otlp.Compression;
import dev.tollspan.exporters.otlp.OtlpConfig;
import dev.tollspan.exporters.otlp.OtlpConfig.Calls;
import dev.tollspan.exporters.otlp.Protocol;
import dev.tollspan.exporters.otlp.Tls;
import dev.tollspan.pipelineconfig.ExporterSettings.Retry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code otlp_grpc} and {@code otlp_http}. Of the Collector's keys, those that would change
 * to whom spans go are refused while they are not here; of the others a warning says that they have
 * no effect.
 */
final class ForwardReader {
  private static final Pattern CREDENTIAL =
      Pattern.compile("(?i)auth|token|secret|key|password|cookie");
  private static final Pattern LOOPBACK =
      Pattern.compile("(?i)localhost|127(\\.[0-9]{1,3}){3}|\\[::1]");
  private static final String ENDPOINT = "endpoint";
  private static final String TRACES_ENDPOINT = "traces_endpoint";
  private static final String TRACES_TWICE = "/v1/traces/v1/traces";
  private static final Map<Protocol, List<String>> WITHOUT_EFFECT =
      Map.of(
          Protocol.GRPC,
          List.of(
              "authority",
              "balancer_name",
              "keepalive",
              "middlewares",
              "read_buffer_size",
              "user_agent",
              "wait_for_ready",
              "write_buffer_size"),
          Protocol.HTTP,
          List.of(
              "compression_params",
              "cookies",
              "disable_keep_alives",
              "force_attempt_http2",
              "http2_ping_timeout",
              "http2_read_idle_timeout",
              "idle_conn_timeout",
              "logs_endpoint",
              "max_conns_per_host",
              "max_idle_conns",
              "max_idle_conns_per_host",
              "metrics_endpoint",
              "middlewares",
              "profiles_endpoint",
              "read_buffer_size",
              "write_buffer_size"));
  private static final List<String> QUEUE_WITHOUT_EFFECT =
      List.of(
          "batch",
          "block_on_overflow",
          "enabled",
          "queue_size",
          "sizer",
          "storage",
          "wait_for_result");
  private static final List<String> TLS_WITHOUT_EFFECT =
      List.of(
          "cipher_suites",
          "curve_preferences",
          "include_system_ca_certs_pool",
          "max_version",
          "tpm");
  private static final List<String> TLS_REFUSED = List.of("ca_pem", "cert_pem", "key_pem");

  private final OtlpVariables variables;
  private final Map<String, ExtensionSettings> extensions;

  ForwardReader(OtlpVariables variables, Map<String, ExtensionSettings> extensions) {
    this.variables = variables;
    this.extensions = extensions;
  }

  ExporterSettings read(Section section, Protocol protocol) {
    URI endpoint = protocol == Protocol.GRPC ? grpcEndpoint(section) : httpEndpoint(section);
    OtlpConfig standard = OtlpConfig.defaults(protocol, endpoint);
    Compression compression = compression(section);
    Map<String, String> headers = headers(section);
    String authenticator = AuthReader.authenticator(section, extensions);
    Auth auth = section.checked(Auth.none(), () -> auth(authenticator));
    Tls tls = tls(section, protocol);
    Duration timeout =
        section.has("timeout")
            ? section.value("timeout", standard.calls().timeout(), Units::duration)
            : variables.read(
                section, "timeout", "TIMEOUT", standard.calls().timeout(), OtlpVariables::millis);
    long consumers = consumers(section.section("sending_queue"));
    Section retryOnFailure = section.section("retry_on_failure");
    boolean exhausted =
        protocol == Protocol.GRPC && retryOnFailure.flag("retry_resource_exhausted", false);
    Retry retry = retry(retryOnFailure);
    if (protocol == Protocol.HTTP) {
      section.choice("encoding", List.of("proto"), List.of("json"));
      refuse(section, List.of("proxy_url"), "spans would go past the proxy");
    }
    warn(section, WITHOUT_EFFECT.getOrDefault(protocol, List.of()));
    OtlpConfig config =
        section.checked(
            standard,
            () -> {
              Calls calls = new Calls(timeout, (int) consumers, exhausted);
              return new OtlpConfig(protocol, endpoint, compression, headers, auth, tls, calls);
            });
    if (authenticator != null
        && config.plaintext()
        && !LOOPBACK.matcher(endpoint.getHost()).matches()) {
      section.warn("auth", "the credentials go over the network without TLS");
    }
    return new ExporterSettings.Otlp(config, authenticator, retry);
  }

  /** What is sent for it; nothing while it has a problem. */
  private Auth auth(@Nullable String authenticator) {
    ExtensionSettings extension = authenticator == null ? null : extensions.get(authenticator);
    Auth auth = extension == null ? null : extension.auth();
    return auth == null ? Auth.none() : auth;
  }

  private URI grpcEndpoint(Section section) {
    URI nowhere = OtlpConfig.grpcEndpoint("127.0.0.1");
    if (section.has(ENDPOINT)) {
      return section.text(ENDPOINT, nowhere, OtlpConfig::grpcEndpoint);
    }
    tellIfMissing(section, "http://host:port");
    return variables.read(section, ENDPOINT, "ENDPOINT", nowhere, OtlpConfig::grpcEndpoint);
  }

  /** Says it where the path of traces stands in a base already, as the Collector appends it. */
  private URI httpEndpoint(Section section) {
    URI endpoint = readHttpEndpoint(section);
    if (!section.has(TRACES_ENDPOINT) && endpoint.getPath().endsWith(TRACES_TWICE)) {
      section.warn(
          ENDPOINT,
          "/v1/traces is appended to it, and is there twice then: leave it out, or use"
              + " traces_endpoint, which is taken as it is");
    }
    return endpoint;
  }

  private URI readHttpEndpoint(Section section) {
    URI nowhere = OtlpConfig.httpEndpoint("http://127.0.0.1:4318");
    boolean base = section.has(ENDPOINT);
    if (section.has(TRACES_ENDPOINT)) {
      return section.text(TRACES_ENDPOINT, nowhere, OtlpConfig::tracesEndpoint);
    }
    if (base) {
      return section.text(ENDPOINT, nowhere, OtlpConfig::httpEndpoint);
    }
    String traces = OtlpVariables.TRACES + "ENDPOINT";
    if (variables.has(traces)) {
      return variables.readThis(section, ENDPOINT, traces, nowhere, OtlpConfig::tracesEndpoint);
    }
    tellIfMissing(section, "http://host:4318");
    return variables.read(section, ENDPOINT, "ENDPOINT", nowhere, OtlpConfig::httpEndpoint);
  }

  private void tellIfMissing(Section section, String form) {
    if (!variables.has("ENDPOINT") && !variables.has(OtlpVariables.TRACES + "ENDPOINT")) {
      section.problem(ENDPOINT, "missing: where the spans are sent, as " + form);
    }
  }

  private Compression compression(Section section) {
    return section.has("compression")
        ? switch (section.choice("compression", List.of("gzip", "zstd", "none"), List.of())) {
          case "zstd" -> Compression.ZSTD;
          case "none" -> Compression.NONE;
          default -> Compression.GZIP;
        }
        : variables.read(
            section,
            "compression",
            "COMPRESSION",
            Compression.GZIP,
            text ->
                switch (text) {
                  case "gzip" -> Compression.GZIP;
                  case "zstd" -> Compression.ZSTD;
                  case "none" -> Compression.NONE;
                  default -> throw new IllegalArgumentException("expected gzip, zstd or none");
                });
  }

  private Map<String, String> headers(Section section) {
    if (!section.has("headers")) {
      return variables.read(section, "headers", "HEADERS", Map.of(), OtlpVariables::headers);
    }
    Section below = section.section("headers");
    Map<String, String> headers = below.texts();
    for (String name : headers.keySet()) {
      if (CREDENTIAL.matcher(name).find()) {
        AuthReader.warnOfLiteral(below, name);
      }
    }
    return headers;
  }

  private Tls tls(Section section, Protocol protocol) {
    Section tls = section.section("tls");
    boolean insecure =
        (tls.has("insecure") || protocol == Protocol.HTTP)
            ? tls.flag("insecure", false)
            : variables.read(tls, "insecure", "INSECURE", false, OtlpVariables::flag);
    boolean skipVerify = tls.flag("insecure_skip_verify", false);
    if (skipVerify) {
      tls.warn("insecure_skip_verify", "whoever answers is trusted: spans may go to anybody");
    }
    Path ca = file(tls, "ca_file", "CERTIFICATE");
    Path cert = file(tls, "cert_file", "CLIENT_CERTIFICATE");
    Path key = file(tls, "key_file", "CLIENT_KEY");
    String name = tls.text("server_name_override", "", text -> text);
    Tls.Version version =
        tls.choice("min_version", List.of("1.2", "1.3"), List.of()).equals("1.3")
            ? Tls.Version.TLS_1_3
            : Tls.Version.TLS_1_2;
    Duration reload = tls.value("reload_interval", Duration.ZERO, Units::duration);
    warn(tls, TLS_WITHOUT_EFFECT);
    refuse(tls, TLS_REFUSED, "use the key that names a file");
    tls.finish();
    return section.checked(
        Tls.platform(),
        () ->
            new Tls(
                insecure,
                skipVerify,
                ca,
                cert,
                key,
                name.isEmpty() ? null : name,
                version,
                reload));
  }

  private @Nullable Path file(Section tls, String key, String variable) {
    if (tls.has(key)) {
      return ComponentReader.optionalPath(tls, key);
    }
    Path none = Path.of("");
    Path path = variables.read(tls, key, variable, none, ComponentReader::parsePath);
    return path.equals(none) ? null : path;
  }

  private static long consumers(Section queue) {
    long consumers = queue.number("num_consumers", Calls.IN_FLIGHT_MAX, 1, 100);
    for (String key : QUEUE_WITHOUT_EFFECT) {
      queue.withoutEffect(key, "what waits is bounded by bytes of memory");
    }
    queue.finish();
    return consumers;
  }

  private static Retry retry(Section section) {
    DeliveryConfig standard = DeliveryConfig.defaults();
    Retry retry =
        new Retry(
            section.flag("enabled", true),
            section.value("initial_interval", standard.initialInterval(), Units::duration),
            section.value("max_interval", standard.maxInterval(), Units::duration),
            section.value("multiplier", standard.multiplier(), Units::decimal),
            section.value("randomization_factor", standard.randomizationFactor(), Units::decimal),
            section.value("max_elapsed_time", standard.maxElapsed(), Units::duration));
    section.finish();
    // The longest wait is measured by the first, so there is nothing to say of it without that one.
    if (!section.isUnreadable("initial_interval")) {
      section.checked(
          standard, () -> retry.delivery(standard.openBytesMax(), standard.exportBytesMax()));
    }
    return retry;
  }

  private static void warn(Section section, List<String> keys) {
    for (String key : keys) {
      section.withoutEffect(key, "not in this version");
    }
  }

  private static void refuse(Section section, List<String> keys, String why) {
    for (String key : keys) {
      if (section.keys().contains(key) && section.has(key)) {
        section.problem(key, "is not in this version: " + why);
      }
    }
  }
}
