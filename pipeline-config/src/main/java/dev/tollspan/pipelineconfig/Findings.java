package dev.tollspan.pipelineconfig;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects what is wrong with one file, so that all of it is told at once, and each finding once.
 * For one thread.
 */
final class Findings {
  private static final Comparator<Problem> BY_POSITION =
      Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column);

  private final String file;
  private final Set<Problem> problems = new LinkedHashSet<>();
  private final Set<Problem> warnings = new LinkedHashSet<>();

  Findings(String file) {
    this.file = file;
  }

  void problem(Position at, String key, String message) {
    problems.add(finding(at, key, message, null, List.of()));
  }

  /** The word at this place is none of those allowed; the nearest is suggested. */
  void wrongWord(Position at, String key, String message, String word, Collection<String> allowed) {
    problems.add(finding(at, key, message, Nearest.to(word, allowed), allowed));
  }

  /** A word that is known but not offered yet; the nearest that is may be suggested. */
  void notInThisVersion(
      Position at,
      String key,
      String message,
      @Nullable String nearest,
      Collection<String> allowed) {
    problems.add(finding(at, key, message, nearest, allowed));
  }

  void warn(Position at, String key, String message) {
    warnings.add(finding(at, key, message, null, List.of()));
  }

  /** In the order of the file. */
  List<Problem> problems() {
    return problems.stream().sorted(BY_POSITION).toList();
  }

  /** In the order of the file. */
  List<Problem> warnings() {
    return warnings.stream().sorted(BY_POSITION).toList();
  }

  private Problem finding(
      Position at,
      String key,
      String message,
      @Nullable String suggestion,
      Collection<String> allowed) {
    return new Problem(
        file, at.line(), at.column(), key, message, suggestion, List.copyOf(allowed));
  }
}
