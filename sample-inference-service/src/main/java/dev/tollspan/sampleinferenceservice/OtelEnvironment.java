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
  private static final String PREFIX = "OTEL_EXPORTER_OTLP_";

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

  /** The collector, or null where neither the option nor the variable names one. */
  Settings.@Nullable OtlpTarget otlp(@Nullable String option) throws UsageException {
    String endpoint = option == null ? value(PREFIX + "ENDPOINT") : option;
    if (endpoint == null) {
      return null;
    }
    Map<String, String> headers = pairs(PREFIX + "HEADERS");
    try {
      return new Settings.OtlpTarget(URI.create(endpoint), protocol(), headers, timeout());
    } catch (IllegalArgumentException ignored) {
      throw new UsageException(
          (option == null ? PREFIX + "ENDPOINT" : "--otlp-endpoint")
              + " must look like http://host:port");
    }
  }

  private Settings.Protocol protocol() throws UsageException {
    return switch (value(PREFIX + "PROTOCOL")) {
      case null -> Settings.Protocol.GRPC;
      case "grpc" -> Settings.Protocol.GRPC;
      case "http/protobuf" -> Settings.Protocol.HTTP_PROTOBUF;
      case String _ -> throw new UsageException(PREFIX + "PROTOCOL must be grpc or http/protobuf");
    };
  }

  private Duration timeout() throws UsageException {
    String text = value(PREFIX + "TIMEOUT");
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
    throw new UsageException(PREFIX + "TIMEOUT must be a number of milliseconds above 0");
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
