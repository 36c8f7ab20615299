package dev.tollspan.sampleinferenceservice;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the variables of OpenTelemetry (specification: configuration/sdk-environment-variables) and
 * DEPLOY_ENV. An empty variable counts as unset. Errors name a variable, never its value.
 */
final class OtelEnvironment {
  private static final String ALL_SIGNALS = "OTEL_EXPORTER_OTLP_";
  private static final String TRACES = "OTEL_EXPORTER_OTLP_TRACES_";

  private final Map<String, String> variables;

  OtelEnvironment(Map<String, String> variables) {
    this.variables = variables;
  }

  boolean disabled() {
    return "true".equalsIgnoreCase(value("OTEL_SDK_DISABLED"));
  }

  Map<String, String> resource() throws UsageException {
    Map<String, String> resource = new HashMap<>();
    String environment = value("DEPLOY_ENV");
    if (environment != null) {
      resource.put("deployment.environment", environment);
    }
    resource.putAll(pairs("OTEL_RESOURCE_ATTRIBUTES"));
    String name = value("OTEL_SERVICE_NAME");
    if (name != null) {
      resource.put("service.name", name);
    }
    return resource;
  }

  /** The collector, or null where neither the option nor a variable names one. */
  Settings.@Nullable OtlpTarget otlp(@Nullable String option) throws UsageException {
    String variable = otlpName("ENDPOINT");
    String endpoint = option == null ? value(variable) : option;
    if (endpoint == null) {
      return null;
    }
    Settings.Protocol protocol = protocol();
    boolean ofTracesAlone = option == null && variable.startsWith(TRACES);
    boolean gzip = gzip();
    Map<String, String> headers = pairs(otlpName("HEADERS"));
    Duration timeout = timeout();
    try {
      URI base = URI.create(endpoint);
      boolean isBase = protocol == Settings.Protocol.HTTP_PROTOBUF && !ofTracesAlone;
      URI whole = isBase ? Settings.OtlpTarget.tracesBelow(base) : base;
      return new Settings.OtlpTarget(whole, protocol, headers, timeout, gzip);
    } catch (IllegalArgumentException ignored) {
      throw new UsageException(
          (option == null ? variable : "--otlp-endpoint") + " must look like http://host:port");
    }
  }

  /** The variable of traces alone beats that of all signals. */
  private String otlpName(String name) {
    return value(TRACES + name) == null ? ALL_SIGNALS + name : TRACES + name;
  }

  private Settings.Protocol protocol() throws UsageException {
    String name = otlpName("PROTOCOL");
    return switch (value(name)) {
      case null -> Settings.Protocol.GRPC;
      case "grpc" -> Settings.Protocol.GRPC;
      case "http/protobuf" -> Settings.Protocol.HTTP_PROTOBUF;
      case String _ -> throw new UsageException(name + " must be grpc or http/protobuf");
    };
  }

  private boolean gzip() throws UsageException {
    String name = otlpName("COMPRESSION");
    return switch (value(name)) {
      case null -> false;
      case "none" -> false;
      case "gzip" -> true;
      case String _ -> throw new UsageException(name + " must be gzip or none");
    };
  }

  private Duration timeout() throws UsageException {
    String name = otlpName("TIMEOUT");
    String text = value(name);
    if (text == null) {
      return Duration.ofSeconds(5);
    }
    try {
      int milliseconds = Integer.parseInt(text.strip());
      if (milliseconds > 0) {
        return Duration.ofMillis(milliseconds);
      }
    } catch (NumberFormatException ignored) {
      // Said below, as for a number that is too small.
    }
    throw new UsageException(name + " must be a number of milliseconds above 0");
  }

  /** Reads key1=value1,key2=value2, percent-encoded as in W3C Baggage. */
  private Map<String, String> pairs(String name) throws UsageException {
    Map<String, String> pairs = new HashMap<>();
    String text = value(name);
    if (text == null) {
      return pairs;
    }
    for (String pair : text.split(",", -1)) {
      if (pair.isBlank()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String key = equals < 0 ? "" : pair.substring(0, equals).strip();
      if (key.isEmpty()) {
        throw new UsageException(name + " must look like key1=value1,key2=value2");
      }
      pairs.put(key, decoded(name, pair.substring(equals + 1).strip()));
    }
    return pairs;
  }

  private static String decoded(String name, String value) throws UsageException {
    try {
      // URLDecoder reads forms, where a plus is a space; here it is a plus.
      return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException ignored) {
      throw new UsageException(name + " holds a value with a broken %-sequence");
    }
  }

  private @Nullable String value(String name) {
    String value = variables.get(name);
    return value == null || value.isBlank() ? null : value;
  }
}
