package dev.tollspan.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.cli.Tidy.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Holds every source to what {@link Tidy} looks for, and each look to a sample of the worst. */
class TidyTest {
  private static final int SOURCES_MIN = 50; // so that the test cannot pass by seeing nothing

  private static final int MAIN_LINES_MAX = 400;

  /** Files that break a limit, with the reason. */
  private static final Map<String, String> EXEMPT =
      Map.of(
          "Indexer", "one pass over one message tree; cut in two it would hide its order",
          "Tidy", "names the marks that it looks for",
          "TidyTest", "names the marks that it looks for");

  @Test
  void linesFit() throws IOException {
    check(Tidy::longLines, "src/main/java", "src/test/java");
    refuses(Tidy::longLines, "// " + "x".repeat(98), "// " + "x".repeat(97));
  }

  @Test
  void nothingIsLeftOver() throws IOException {
    check(Tidy::leftovers, "src/main/java", "src/test/java");
    refuses(Tidy::leftovers, "// TODO: later", "// to do it later");
  }

  @Test
  void filesAndMethodsFitAMind() throws IOException {
    check(Tidy.longerThan(MAIN_LINES_MAX), "src/main/java");
    check(Tidy::largeMethods, "src/main/java");
    refuses(Tidy.longerThan(MAIN_LINES_MAX), "x\n".repeat(401), "x\n".repeat(400));
    refuses(Tidy::largeMethods, method("int a", 60), method("int a", 59));
    String five = "int a, Map<String, Long> b, int c, int d, int e";
    refuses(Tidy::largeMethods, method(five + ", int f", 1), method(five, 1));
  }

  @Test
  void mainSourcesAreAsciiAndSpeakOfTheProjectAlone() throws IOException {
    check(Tidy::foreignText, "src/main/java");
    refuses(Tidy::foreignText, "// caf\u00e9", "// cafe");
    refuses(Tidy::foreignText, " * @author somebody", " * by somebody");
  }

  @Test
  void everyFieldThatChangesSaysWhoOwnsIt() throws IOException {
    check(Tidy::fieldsWithoutOwner, "src/main/java");
    String field = "  private int count;";
    refuses(
        Tidy::fieldsWithoutOwner,
        "/** Counts. */\nclass Bad {\n" + field + "\n  Thread thread() { return owned; }\n}",
        "/** Counts. One thread. */\nclass Good {\n" + field + "\n}");
    refuses(Tidy::fieldsWithoutOwner, "  volatile Map<A, B> m = x();", "  final int count;");
    refuses(Tidy::fieldsWithoutOwner, field + " // a \"Thread\"", field + " // guarded by lock");
  }

  @Test
  void everyMainTypeIsUsedSomewhere() throws IOException {
    List<String> unused = new ArrayList<>(Tidy.unusedTypes(Tidy.sources("src/main/java")));
    unused.removeIf(each -> each.endsWith("/IdlePolicy.java")); // reports will ask for it
    assertEquals(List.of(), unused);
    Source used = new Source("a/Used.java", "class Used {}");
    Source talkedAbout = new Source("a/Talk.java", "class Talk {}");
    String text = "import a.Talk;\n/** As {@link Talk}. */\nclass Main { // Talk\n";
    Source main = new Source("a/Main.java", text + "Used u; String s = \"Talk\"; void main() {} }");
    assertEquals(List.of("a/Talk.java"), Tidy.unusedTypes(List.of(used, talkedAbout, main)));
  }

  @Test
  void contributorsReadNoMoreThanAHundredLines() throws IOException {
    String text = Files.readString(Tidy.ROOT.resolve("CONTRIBUTING.md"), UTF_8);
    assertEquals(List.of(), Tidy.longerThan(100).apply(new Source("CONTRIBUTING.md", text)));
  }

  private static void check(Function<Source, List<String>> look, String... folders)
      throws IOException {
    List<String> found = new ArrayList<>();
    List<Source> sources = Tidy.sources(folders);
    for (Source source : sources) {
      if (!EXEMPT.containsKey(source.type())) {
        found.addAll(look.apply(source));
      }
    }
    assertEquals(List.of(), found);
    assertTrue(sources.size() >= SOURCES_MIN, "only " + sources.size() + " sources seen");
  }

  /** The look finds one thing in the bad text and nothing in the good one. */
  private static void refuses(Function<Source, List<String>> look, String bad, String good) {
    assertEquals(1, look.apply(new Source("a/Bad.java", bad)).size(), bad);
    assertEquals(List.of(), look.apply(new Source("a/Good.java", good)), good);
  }

  private static String method(String parameters, int lines) {
    return "  void m(" + parameters + ") {\n" + "    x();\n".repeat(lines) + "  }\n";
  }
}
