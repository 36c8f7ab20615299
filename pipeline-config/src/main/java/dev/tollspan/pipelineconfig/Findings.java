package dev.tollspan.pipelineconfig;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
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
  private final Set<String> unreadable = new HashSet<>();
  private final Set<Problem> warnings = new LinkedHashSet<>();

  Findings(String file) {
    this.file = file;
  }

  void problem(Position at, String key, String message) {
    problems.add(finding(at, key, message, null, List.of()));
  }

  /** What stands under this key could not be read at all. */
  void unreadable(Position at, String key, String message) {
    problem(at, key, message);
    unreadable.add(key);
  }

  /** Whether more said of this key would be about the fallback that stands in for its value. */
  boolean isUnreadable(String key) {
    return unreadable.contains(key);
  }

  /** The word at this place is none of those allowed; the nearest is suggested. */
  void wrongWord(Position at, String key, String message, String word, Collection<String> allowed) {
    problems.add(finding(at, key, message, Nearest.to(word, allowed), allowed));
  }

  /** A word that is known but not offered yet. */
  void notInThisVersion(Position at, String key, Collection<String> allowed) {
    problems.add(finding(at, key, "this is not in this version", null, allowed));
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
