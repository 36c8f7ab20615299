package dev.tollspan.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Reads every source file once and says what is too long, left over or unused. */
class TidyTest {
  private static final int COLUMNS_MAX = 100;
  private static final int MAIN_LINES_MAX = 400;
  private static final int METHOD_LINES_MAX = 60;
  private static final int PARAMETERS_MAX = 5;
  private static final Path ROOT = root();

  /** Files that break a limit, with the reason. */
  private static final Map<String, String> EXEMPT =
      Map.of(
          "Indexer.java", "one pass over one message tree; cut in two it would hide its order",
          "TidyTest.java", "names the marks that it looks for");

  private static final Pattern METHOD =
      Pattern.compile("^  (?:  )?(?! )(?!.*\\b(?:class|record|enum|interface|new)\\b)[^=;]*\\(.*");
  private static final Pattern LEFTOVER = Pattern.compile("\\b(TODO|FIXME|XXX|HACK)\\b");

  @Test
  void linesFitAndNothingIsLeftOver() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : sources("src/main/java", "src/test/java")) {
      List<String> lines = Files.readAllLines(file, UTF_8);
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i);
        boolean tooLong = line.length() > COLUMNS_MAX && !line.startsWith("import ");
        if (tooLong || (LEFTOVER.matcher(line).find() && !isExempt(file))) {
          found.add(at(file, i) + line.strip());
        }
      }
    }
    assertEquals(List.of(), found);
  }

  @Test
  void filesAndMethodsFitAMind() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : sources("src/main/java")) {
      List<String> lines = Files.readAllLines(file, UTF_8);
      if (lines.size() > MAIN_LINES_MAX && !isExempt(file)) {
        found.add(at(file, 0) + lines.size() + " lines");
      }
      for (int i = 0; i < lines.size(); i++) {
        if (METHOD.matcher(lines.get(i)).matches()) {
          int end = endOfMethod(lines, i);
          if (end - i > METHOD_LINES_MAX) {
            found.add(at(file, i) + "method of " + (end - i + 1) + " lines");
          }
          if (parameters(lines, i) > PARAMETERS_MAX) {
            found.add(at(file, i) + parameters(lines, i) + " parameters");
          }
        }
      }
    }
    assertEquals(List.of(), found);
  }

  @Test
  void mainSourcesAreAsciiAndSpeakOfTheProjectAlone() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : sources("src/main/java")) {
      List<String> lines = Files.readAllLines(file, UTF_8);
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i);
        if (!line.chars().allMatch(c -> c >= ' ' && c < 127) || line.contains("@author")) {
          found.add(at(file, i) + line.strip());
        }
      }
    }
    assertEquals(List.of(), found);
  }

  @Test
  void everyFieldThatChangesSaysWhoOwnsIt() throws IOException {
    Pattern mutable =
        Pattern.compile(
            "^  (?! )(?:private )?(?!final|static|return|package|import|throw)"
                + "(?:volatile )?[\\w.<>\\[\\]?@, ]+ \\w+(?: = [^;]+)?;.*");
    Pattern owner = Pattern.compile("(?i)(thread|guarded|owned|owns|one run|belongs? to)");
    List<String> found = new ArrayList<>();
    for (Path file : sources("src/main/java")) {
      String text = Files.readString(file, UTF_8);
      for (String line : text.lines().toList()) {
        if (mutable.matcher(line).matches()
            && !line.contains(" final ")
            && !line.contains("abstract")
            && !line.matches(".* [A-Z_]+ = .*")
            && !owner.matcher(text).find()) {
          found.add(ROOT.relativize(file) + ": " + line.strip());
        }
      }
    }
    assertEquals(List.of(), found);
  }

  @Test
  void everyMainTypeIsUsedSomewhere() throws IOException {
    Map<Path, String> texts = new TreeMap<>();
    for (Path file : sources("src/main/java", "src/test/java")) {
      texts.put(file, Files.readString(file, UTF_8));
    }
    List<String> unused = new ArrayList<>();
    for (Path file : sources("src/main/java")) {
      String type = file.getFileName().toString().replace(".java", "");
      Pattern use = Pattern.compile("\\b" + Pattern.quote(type) + "\\b");
      boolean used =
          texts.entrySet().stream()
              .anyMatch(e -> !e.getKey().equals(file) && use.matcher(e.getValue()).find());
      if (!used
          && !type.equals("package-info")
          && !texts.get(file).contains("@Benchmark")
          && !texts.get(file).contains("void main(")) {
        unused.add(ROOT.relativize(file).toString());
      }
    }
    assertEquals(List.of(), unused);
  }

  @Test
  void documentsKeepTheirLimits() throws IOException {
    int contributing = Files.readAllLines(ROOT.resolve("CONTRIBUTING.md"), UTF_8).size();
    assertTrue(contributing <= 100, "CONTRIBUTING.md has " + contributing + " lines");
  }

  private static boolean isExempt(Path file) {
    return EXEMPT.containsKey(file.getFileName().toString());
  }

  private static int endOfMethod(List<String> lines, int from) {
    String indent = lines.get(from).replaceAll("\\S.*", "");
    for (int i = from; i < lines.size(); i++) {
      if (lines.get(i).equals(indent + "}") || lines.get(i).startsWith(indent + "  ;")) {
        return i;
      }
      if (i > from
          && lines.get(i).startsWith(indent)
          && !lines.get(i).startsWith(indent + " ")
          && !lines.get(i).startsWith(indent + ")")
          && !lines.get(i).startsWith(indent + "}")) {
        return from; // a declaration without a body
      }
    }
    return from;
  }

  private static int parameters(List<String> lines, int from) {
    StringBuilder head = new StringBuilder();
    for (int i = from; i < lines.size() && i < from + 12; i++) {
      head.append(lines.get(i));
      if (lines.get(i).endsWith("{") || lines.get(i).endsWith(";")) {
        break;
      }
    }
    Matcher list = Pattern.compile("\\(([^()]*)\\)[^()]*\\{$").matcher(head);
    if (!list.find() || list.group(1).isBlank()) {
      return 0;
    }
    return list.group(1).replaceAll("<[^<>]*(<[^<>]*>)?[^<>]*>", "").split(",").length;
  }

  private static String at(Path file, int line) {
    return ROOT.relativize(file) + ":" + (line + 1) + ": ";
  }

  private static List<Path> sources(String... folders) throws IOException {
    try (Stream<Path> files = Files.walk(ROOT, 12)) {
      List<Path> sources =
          files
              .filter(f -> f.toString().endsWith(".java") && !f.toString().contains("/target/"))
              .filter(f -> Stream.of(folders).anyMatch(s -> f.toString().contains("/" + s + "/")))
              .sorted()
              .toList();
      assertTrue(sources.size() > 50, "only " + sources.size() + " sources seen below " + ROOT);
      return sources;
    }
  }

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("spans/pom.xml"))) {
      folder = folder.getParent();
    }
    return folder;
  }
}
