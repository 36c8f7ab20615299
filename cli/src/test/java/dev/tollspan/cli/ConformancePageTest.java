package dev.tollspan.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.cli.ConformanceRows.Result;
import dev.tollspan.cli.ConformanceRows.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writes the page on conformance from the table, the tags of the tests and the reports of this
 * build, and checks that the page is what they say. A test without a report, as in a part of the
 * build, is taken for what the page says of it.
 */
class ConformancePageTest {
  private static final String PAGE = "docs/reference/otlp-conformance.md";
  private static final String COMMAND = "mvn verify -Dtollspan.remake=true";
  private static final List<String> LEVELS = List.of("MUST", "SHOULD", "OWN");

  @TempDir Path temp;

  @Test
  void isWhatTheTestsSay() throws IOException {
    Path page = Tidy.ROOT.resolve(PAGE);
    Map<String, TreeSet<ConformanceRows.Test>> tests = ConformanceRows.tests();
    Map<String, Result> results = new HashMap<>();
    Set<String> unreported = new TreeSet<>();
    for (Map.Entry<String, TreeSet<ConformanceRows.Test>> each : tests.entrySet()) {
      Result worst = Result.NONE;
      for (ConformanceRows.Test test : each.getValue()) {
        Result result = result(test);
        if (result == Result.NOT_RUN) {
          unreported.add(test.name());
          result = Result.PASS; // it is not this build that says otherwise
        }
        worst = result.compareTo(worst) > 0 ? result : worst;
      }
      results.put(each.getKey(), worst);
    }
    String wanted = page(tests, results);
    if (Boolean.getBoolean("tollspan.remake")) {
      assertEquals(Set.of(), unreported, "the page is remade by the whole build only");
      Files.writeString(page, wanted);
    }
    assertEquals(wanted, Files.readString(page, UTF_8), "remake the page: " + COMMAND);
  }

  /** The reports of this room are written after this test; it fails the build itself. */
  private static Result result(ConformanceRows.Test test) throws IOException {
    return test.source().startsWith("cli") ? Result.PASS : ConformanceRows.result(Tidy.ROOT, test);
  }

  @Test
  void everyTagIsARow() throws IOException {
    Set<String> ids = ConformanceRows.all().stream().map(Row::id).collect(Collectors.toSet());
    Set<String> unknown = new TreeSet<>(ConformanceRows.tests().keySet());
    unknown.removeAll(ids);
    assertEquals(Set.of(), unknown);
    assertEquals(109, ids.size());
  }

  @Test
  void tagsBelongToTheMethodOrClassBehindThem() {
    String text =
        "@Tag(\"A1\")\nclass OneTest {\n"
            + "  @Test\n  @Tag(\"B2\")\n  @Tag(\"C3\")\n  void first() {}\n"
            + "  @Test\n  void second() {}\n}\n";
    Map<String, TreeSet<ConformanceRows.Test>> tests =
        ConformanceRows.tests(new Tidy.Source("a/OneTest.java", text));
    assertEquals(Set.of("A1", "B2", "C3"), tests.keySet());
    assertEquals("OneTest", tests.get("A1").first().name());
    assertEquals("OneTest.first", tests.get("C3").first().name());
  }

  @Test
  void tellsHowATestWentByItsReport() throws IOException {
    Path source = Path.of("a/b/src/test/java/x/OneTest.java");
    Path file = temp.resolve(source);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "");
    Path report = temp.resolve("a/b/target/surefire-reports/TEST-x.OneTest.xml");
    Files.createDirectories(report.getParent());
    assertEquals(Result.NOT_RUN, went(source, "good"));
    Files.writeString(
        report,
        "<testsuite><testcase name='good(int)[1]'/><testcase name='good(int)[2]'/>"
            + "<testcase name='goodbye'><skipped/></testcase>"
            + "<testcase name='bad[1]'/><testcase name='bad[2]'><failure/></testcase>"
            + "<testcase name='worse'><error/></testcase></testsuite>");
    assertEquals(Result.PASS, went(source, "good"));
    assertEquals(Result.SKIPPED, went(source, "goodbye"));
    assertEquals(Result.FAIL, went(source, "bad"));
    assertEquals(Result.FAIL, went(source, "worse"));
    assertEquals(Result.FAIL, went(source, ""));
    assertEquals(Result.NOT_RUN, went(source, "other"));
    Files.setLastModifiedTime(
        file, FileTime.fromMillis(Files.getLastModifiedTime(report).toMillis() + 1000));
    assertEquals(Result.NOT_RUN, went(source, "good"));
  }

  private Result went(Path source, String method) throws IOException {
    return ConformanceRows.result(temp, new ConformanceRows.Test(source, "OneTest", method));
  }

  private static String page(
      Map<String, TreeSet<ConformanceRows.Test>> tests, Map<String, Result> results)
      throws IOException {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # OTLP conformance

        What OTLP 1.11 asks of whoever receives and sends traces, row by row, and the tests that say
        that Tollspan does it. MUST and SHOULD are the protocol's words; OWN is a rule of our own,
        which is stricter. A row without a test says "none". The build makes this page from the tags
        of its tests and the reports of their runs, and fails if it is not what they say:

        """);
    page.append("    ").append(COMMAND).append("\n\n").append(summary(results));
    page.append("\n| Row | Level | What is asked | Result | Tests |\n|---|---|---|---|---|\n");
    for (Row row : ConformanceRows.all()) {
      String names =
          tests.getOrDefault(row.id(), new TreeSet<>()).stream()
              .map(test -> "`" + test.name() + "`")
              .collect(Collectors.joining(", "));
      String result = results.getOrDefault(row.id(), Result.NONE).word();
      page.append(
          "| %s | %s | %s | %s | %s |%n"
              .formatted(row.id(), row.level(), row.requirement(), result, names));
    }
    return page.toString();
  }

  private static String summary(Map<String, Result> results) throws IOException {
    StringBuilder table = new StringBuilder("| Level | Rows | Pass | Fail | Skipped | None |\n");
    table.append("|---|---|---|---|---|---|\n");
    Map<Result, Integer> all = new EnumMap<>(Result.class);
    for (String level : LEVELS) {
      Map<Result, Integer> of = new EnumMap<>(Result.class);
      for (Row row : ConformanceRows.all()) {
        if (row.level().equals(level)) {
          of.merge(results.getOrDefault(row.id(), Result.NONE), 1, Integer::sum);
        }
      }
      of.forEach((result, count) -> all.merge(result, count, Integer::sum));
      table.append(line(level, of));
    }
    return table.append(line("all", all)).toString();
  }

  private static String line(String name, Map<Result, Integer> counts) {
    int rows = counts.values().stream().mapToInt(Integer::intValue).sum();
    assertTrue(rows > 0, name);
    return "| %s | %d | %d | %d | %d | %d |%n"
        .formatted(
            name,
            rows,
            counts.getOrDefault(Result.PASS, 0),
            counts.getOrDefault(Result.FAIL, 0),
            counts.getOrDefault(Result.SKIPPED, 0),
            counts.getOrDefault(Result.NONE, 0));
  }
}
