package dev.tollspan.pipelineconfig;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with a configuration, or worth a warning, and where.
 *
 * <p>Never repeats a value of the file, because a value may be a secret in the wrong place.
 *
 * @param line from 1
 * @param column from 1
 * @param key the path of the key, such as {@code exporters.ndjson.path}; empty for the file as such
 * @param suggestion what was probably meant
 * @param allowed what may stand there; empty if that cannot be listed
 */
public record Problem(
    String file,
    int line,
    int column,
    String key,
    String message,
    @Nullable String suggestion,
    List<String> allowed) {

  public Problem {
    allowed = List.copyOf(allowed);
  }

  /** {@code file:line:column: key: message; did you mean "x"? allowed: a, b}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(file).append(':').append(line).append(':').append(column).append(": ");
    if (!key.isEmpty()) {
      text.append(key).append(": ");
    }
    text.append(message);
    if (suggestion != null) {
      text.append("; did you mean \"").append(suggestion).append("\"?");
    } else if (!allowed.isEmpty()) {
      text.append(';');
    }
    if (!allowed.isEmpty()) {
      text.append(" allowed: ").append(String.join(", ", allowed));
    }
    return text.toString();
  }
}
