package dev.tollspan.pipelineconfig;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The variables of the OTLP exporter specification, which stand in for keys that the file leaves
 * out. The form for traces beats the general one; an empty one counts as not set.
 */
final class OtlpVariables {
  private static final String GENERAL = "OTEL_EXPORTER_OTLP_";
  static final String TRACES = "TRACES_";

  private final Function<String, @Nullable String> environment;

  OtlpVariables(Function<String, @Nullable String> environment) {
    this.environment = environment;
  }

  /** Whether this one is set, in just this form. */
  boolean has(String name) {
    String text = environment.apply(GENERAL + name);
    return text != null && !text.isBlank();
  }

  /** What it says of this key, in either form; the fallback if it says nothing, or wrong things. */
  <T> T read(Section section, String key, String name, T fallback, Function<String, T> reader) {
    String full = has(TRACES + name) ? TRACES + name : name;
    return has(full) ? readThis(section, key, full, fallback, reader) : fallback;
  }

  /** The same of one that is set in just this form. */
  <T> T readThis(Section section, String key, String name, T fallback, Function<String, T> reader) {
    try {
      return reader.apply(String.valueOf(environment.apply(GENERAL + name)).strip());
    } catch (IllegalArgumentException wrong) {
      section.problem(key, "the variable " + GENERAL + name + ": " + wrong.getMessage());
      return fallback;
    }
  }

  /** Pairs as in a baggage header, {@code a=b,c=d}, values percent-encoded. */
  static Map<String, String> headers(String text) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String pair : text.split(",", -1)) {
      int equals = pair.indexOf('=');
      if (equals < 0 && pair.isBlank()) {
        continue;
      }
      if (equals < 1) {
        throw new IllegalArgumentException("expected name=value, with commas between");
      }
      headers.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
    }
    return headers;
  }

  /** Milliseconds. */
  static Duration millis(String text) {
    if (!text.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException("expected a whole number of milliseconds");
    }
    return Duration.ofMillis(Long.parseLong(text));
  }

  /** True in any case of letters; all else is false. */
  static boolean flag(String text) {
    return text.toLowerCase(Locale.ROOT).equals("true");
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.strip().replace("+", "%2B"), UTF_8);
  }
}
