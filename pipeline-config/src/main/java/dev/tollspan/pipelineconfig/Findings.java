package dev.tollspan.pipelineconfig;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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
  private final Set<Problem> idle = new LinkedHashSet<>(); // with the reason as their message

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

  /** A key that is read, and changes nothing; of several there is one warning. */
  void withoutEffect(Position at, String key, String why) {
    idle.add(finding(at, key, why, null, List.of()));
  }

  /** In the order of the file. */
  List<Problem> warnings() {
    List<Problem> all = new ArrayList<>(warnings);
    if (!idle.isEmpty()) {
      all.add(idleKeys(idle.stream().sorted(BY_POSITION).toList()));
    }
    return all.stream().sorted(BY_POSITION).toList();
  }

  /** What stands behind each reason are the keys that it holds for. */
  private Problem idleKeys(List<Problem> keys) {
    Problem first = keys.getFirst();
    Position at = new Position(first.line(), first.column());
    if (keys.size() == 1) {
      return finding(at, first.key(), "has no effect: " + first.message(), null, List.of());
    }
    Map<String, List<String>> byReason = new LinkedHashMap<>();
    for (Problem key : keys) {
      byReason
          .computeIfAbsent(key.message(), _ -> new ArrayList<>())
          .add(key.key() + " (line " + key.line() + ")");
    }
    List<String> list = new ArrayList<>();
    byReason.forEach((why, of) -> list.add(why + ": " + String.join(", ", of)));
    String all = keys.size() + " keys have no effect; " + String.join("; ", list);
    return finding(at, "", all, null, List.of());
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
