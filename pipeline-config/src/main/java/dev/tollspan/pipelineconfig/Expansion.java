package dev.tollspan.pipelineconfig;

import dev.tollspan.pipelineconfig.YamlValue.Scalar;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts environment variables into text as the OpenTelemetry Collector does: {@code ${env:NAME}},
 * {@code ${NAME}}, {@code ${env:NAME:-default}}, and {@code $$} for a dollar sign. What a variable
 * holds is not expanded again.
 */
final class Expansion {
  private static final Pattern DOLLAR = Pattern.compile("\\$(\\$|\\{([^}]*)(\\}?))");
  private static final Pattern NAME =
      Pattern.compile("(?:env:)?([a-zA-Z_][a-zA-Z0-9_]*)(?::-(.*))?", Pattern.DOTALL);

  private final Function<String, @Nullable String> environment;
  private final Findings findings;

  Expansion(Function<String, @Nullable String> environment, Findings findings) {
    this.environment = environment;
    this.findings = findings;
  }

  /** Whether the text of this value comes from the environment, at least in part. */
  static boolean isExpanded(Scalar scalar) {
    return scalar.text().replace("$$", "").contains("${");
  }

  /** Writes text so that {@link #expand} gives it back. */
  static String escape(String text) {
    return text.replace("$", "$$");
  }

  /**
   * The text with its variables; null, and a problem, if a reference is wrong. An unset variable
   * without a default is empty, and a warning.
   */
  @Nullable String expand(Scalar scalar, String key) {
    Matcher dollar = DOLLAR.matcher(scalar.text());
    StringBuilder text = new StringBuilder();
    while (dollar.find()) {
      String inner = dollar.group(2);
      @Nullable String value;
      if (inner == null) {
        value = "$";
      } else if (dollar.group(3).isEmpty()) {
        findings.unreadable(
            scalar.position(), key, "\"${\" without \"}\"; a dollar sign is \"$$\"");
        return null;
      } else {
        value = resolve(inner, scalar.position(), key);
      }
      if (value == null) {
        return null;
      }
      dollar.appendReplacement(text, Matcher.quoteReplacement(value));
    }
    return dollar.appendTail(text).toString();
  }

  private @Nullable String resolve(String inner, Position at, String key) {
    Matcher name = NAME.matcher(inner);
    if (!name.matches() || inner.contains("${")) {
      String forms = "expected ${env:NAME} or ${env:NAME:-default}";
      findings.unreadable(at, key, forms + "; other sources and nesting are not in this version");
      return null;
    }
    String value = environment.apply(name.group(1));
    if (value != null) {
      return value;
    }
    String fallback = name.group(2);
    if (fallback != null) {
      return fallback;
    }
    findings.warn(at, key, "the variable " + name.group(1) + " is not set: taken as empty");
    return "";
  }
}
