package dev.tollspan.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Writes the page on dialects from the tables, and checks that the page is what they say. */
class DialectsPageTest {
  private static final Path PAGE = Path.of("..", "docs", "reference", "dialects.md");
  private static final String COMMAND =
      "mvn -pl usage -am test -Dtest=DialectsPageTest -Dsurefire.failIfNoSpecifiedTests=false"
          + " -Dtollspan.remake=true";

  /** What stands from here on was not made from the tables. */
  private static final String MARKER = "<!-- recordings: not generated from here on -->";

  private static final Map<String, String> MARKS =
      Map.of(
          "incomplete",
          "lower bound",
          "estimated",
          "estimated",
          "unreported",
          "upper bound",
          "summed",
          "own total");

  @Test
  void isWhatTheTablesSay() throws IOException {
    String wanted = page();
    String found = Files.exists(PAGE) ? Files.readString(PAGE) : "";
    int marker = found.indexOf(MARKER);
    if (Boolean.getBoolean("tollspan.remake")) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, wanted + (marker < 0 ? MARKER + "\n" : found.substring(marker)));
      return;
    }
    assertTrue(marker >= 0, "no marker in " + PAGE + "; remake it: " + COMMAND);
    assertEquals(wanted, found.substring(0, marker), "remake the page: " + COMMAND);
  }

  private static String page() {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # Dialects

        Every library writes its own attributes. This page lists the emitters that Tollspan knows,
        how it tells them apart, what their counts mean, and which attribute tells what. It is made
        from the tables in `usage/src/main/resources/dev/tollspan/usage`:

        """);
    page.append("    ").append(COMMAND).append("\n\n## Emitters\n\n");
    page.append("The first row that fits a span names its emitter; an instrumentation scope beats");
    page.append(" everything else.\n\n");
    page.append("| Emitter | Told by | Cached tokens are | Reasoning is | Note |\n");
    page.append("|---|---|---|---|---|\n");
    told().forEach((dialect, by) -> page.append(row(dialect, by)));
    page.append("\n\"part of input\" and \"inside output\" also hold wherever nothing is said and");
    page.append(
        " the counts themselves prove nothing else.\n\nWhere reasoning is beside output, and");
    page.append(
        " nothing tells how much of it there was (a count, or a total that the emitter did not");
    page.append(
        " make itself), the counts are a lower bound, unless Google's model does not think.\n");
    page.append("\n## Attributes\n\nThe most trusted of a meaning first. `KEY#/a/b` is the member");
    page.append(" `b` of the member `a` of what is packed into KEY as JSON or Python repr.\n\n");
    page.append("| Meaning | Attribute | Written by |\n|---|---|---|\n");
    for (String[] row : Rows.read("keys.tsv")) {
      page.append(
          "| %s | `%s`%s | %s%s |%n"
              .formatted(
                  row[0],
                  row[2],
                  row[1].equals("resource_attribute") ? " of the resource" : "",
                  row[5].replace(",", ", "),
                  row[7].isEmpty() ? "" : "; read from no other"));
    }
    page.append("\n## Spans\n\nWhat a span is, by its attributes, the strongest first.\n\n");
    page.append("| Attribute | Call | Around calls | Part of a call |\n|---|---|---|---|\n");
    signals().forEach((key, classes) -> page.append(row(key, classes)));
    page.append("\nBy its name, for emitters whose names say it:\n\n");
    page.append("| Emitter | Name | Span |\n|---|---|---|\n");
    for (String[] row : Rows.read("names.tsv")) {
      page.append("| %s | `%s` | %s |%n".formatted(row[0], row[1], row[2]));
    }
    return page.append('\n').toString();
  }

  private static Map<String, Set<String>> told() {
    Map<String, Set<String>> told = new LinkedHashMap<>();
    for (String[] row : Rows.read("dialects.tsv")) {
      told.computeIfAbsent(row[0], k -> new LinkedHashSet<>()).add(row[1] + " `" + row[2] + "`");
    }
    return told;
  }

  private static String row(String dialect, Set<String> by) {
    Set<String> cache = new LinkedHashSet<>();
    Set<String> reasoning = new LinkedHashSet<>();
    Set<String> notes = new LinkedHashSet<>();
    for (String[] row : Rows.read("bases.tsv")) {
      if (row[0].equals(dialect)) {
        String when = when(row[1], row[2]);
        add(cache, row[3], when, Map.of("inclusive", "part of input", "exclusive", "beside input"));
        add(reasoning, row[4], when, Map.of("inside", "inside output", "beside", "beside output"));
        add(notes, row[5], when, MARKS);
      }
    }
    return "| %s | %s | %s | %s | %s |%n"
        .formatted(
            dialect,
            String.join(", ", by),
            String.join("; ", cache),
            String.join("; ", reasoning),
            String.join("; ", notes));
  }

  private static String when(String family, String condition) {
    List<String> when = new ArrayList<>();
    if (!family.equals("*")) {
      when.add(family);
    }
    if (!condition.equals("*")) {
      when.add(condition.replace(",", ", "));
    }
    return when.isEmpty() ? "" : " (" + String.join(", ", when) + ")";
  }

  private static void add(Set<String> to, String said, String when, Map<String, String> words) {
    if (words.containsKey(said)) {
      to.add(words.get(said) + when);
    }
  }

  private static Map<String, Map<String, List<String>>> signals() {
    Map<String, Map<String, List<String>>> signals = new LinkedHashMap<>();
    for (String[] row : Rows.read("signals.tsv")) {
      String value = "`" + row[2] + "`" + (row[1].equals("*") ? "" : " (" + row[1] + ")");
      signals
          .computeIfAbsent(row[0], k -> new LinkedHashMap<>())
          .computeIfAbsent(row[3].toLowerCase(Locale.ROOT), k -> new ArrayList<>())
          .add(value);
    }
    return signals;
  }

  private static String row(String key, Map<String, List<String>> classes) {
    String cells =
        List.of("call", "wrapper", "stage").stream()
            .map(name -> String.join(", ", classes.getOrDefault(name, List.of())))
            .collect(Collectors.joining(" | "));
    return "| `%s` | %s |%n".formatted(key, cells);
  }
}
