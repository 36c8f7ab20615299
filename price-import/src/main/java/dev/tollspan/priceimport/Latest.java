package dev.tollspan.priceimport;

import java.util.Collection;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** To which dated model a catalogue leads a name that ends in {@code -latest}. */
final class Latest {
  private static final String WORD = "latest";
  private static final Pattern DATE =
      Pattern.compile("(?:20)?(2\\d)-?(0[1-9]|1[0-2])(?:-?(0[1-9]|[12]\\d|3[01]))?");

  private Latest() {}

  static boolean isAlias(String name) {
    return name.endsWith("-" + WORD);
  }

  /**
   * The catalogue that leads the alias to the newer model; none if either leads it to no dated
   * model of its family, or both to the same.
   *
   * @param genai the names that mean the same as the alias
   * @param liteLlm the names that cost the same as the alias
   */
  static Optional<String> winner(
      String alias, Collection<String> genai, Collection<String> liteLlm) {
    String one = newest(alias, genai);
    String other = newest(alias, liteLlm);
    if (one.isEmpty() || other.isEmpty() || one.equals(other)) {
      return Optional.empty();
    }
    return Optional.of(one.compareTo(other) > 0 ? GenaiCatalogue.NAME : LiteLlmCatalogue.NAME);
  }

  /** The last of their dates as year, month, day; empty if none has one. */
  private static String newest(String alias, Collection<String> names) {
    String family = alias.substring(0, alias.length() - WORD.length());
    String newest = "";
    for (String name : names) {
      Matcher date = DATE.matcher(name.startsWith(family) ? name.substring(family.length()) : "");
      if (date.matches()) {
        String day = date.group(3) == null ? "00" : date.group(3);
        String key = date.group(1) + date.group(2) + day;
        newest = newest.compareTo(key) < 0 ? key : newest;
      }
    }
    return newest;
  }
}
