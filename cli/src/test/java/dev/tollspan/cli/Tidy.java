package dev.tollspan.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a source file can have wrong that neither the compiler nor the formatter says. */
final class Tidy {
  static final Path ROOT = root();

  private static final int COLUMNS_MAX = 100;
  private static final int METHOD_LINES_MAX = 60;
  private static final int PARAMETERS_MAX = 5;

  private static final Pattern METHOD =
      Pattern.compile("^  (?:  )?(?! )(?!.*\\b(?:class|record|enum|interface|new)\\b)[^=;]*\\(.*");
  private static final Pattern LEFTOVER = Pattern.compile("\\b(TODO|FIXME|XXX|HACK)\\b");
  private static final Pattern NOT_CODE =
      Pattern.compile(
          "(?<comment>/\\*[\\s\\S]*?\\*/|//[^\\n]*)"
              + "|\"\"\"[\\s\\S]*?\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\])+'");
  private static final Pattern MUTABLE =
      Pattern.compile(
          "^  (?! )(?:@\\w+ )*(?:private |public |protected )?"
              + "(?!final|static|return|package|import|throw|abstract|private|public)"
              + "(?:volatile )?[\\w.<>\\[\\]?@, ]+ \\w+(?: = [^;]+)?;.*");
  private static final Pattern CONSTANT = Pattern.compile(" final | [A-Z_]{2,} = ");
  private static final Pattern OWNER =
      Pattern.compile(
          "(?i)\\b(one thread|one run|owned by|owns|guarded by|belongs? to"
              + "|(?:by|on) the (?:\\w+ )?threads?)\\b");

  /** A source: its name for messages, and its text. */
  record Source(String name, String text) {
    List<String> lines() {
      return text.lines().toList();
    }

    /** The simple name of the type in it. */
    String type() {
      return name.replaceFirst(".*/", "").replace(".java", "");
    }

    /** The text without comments and literals. */
    String code() {
      return NOT_CODE.matcher(text).replaceAll("");
    }

    /** The words of the code but for its imports. */
    Set<String> words() {
      return new HashSet<>(List.of(code().replaceAll("(?m)^import .*$", "").split("\\W+")));
    }

    /** The comments alone, as one line. */
    String comments() {
      StringBuilder comments = new StringBuilder();
      for (Matcher found = NOT_CODE.matcher(text); found.find(); ) {
        if (found.group("comment") != null) {
          comments.append(found.group("comment").replaceAll("[\\s*/]+", " "));
        }
      }
      return comments.toString();
    }
  }

  private Tidy() {}

  /** All sources of these folders of all rooms. */
  static List<Source> sources(String... folders) throws IOException {
    List<Source> sources = new ArrayList<>();
    try (Stream<Path> files = Files.walk(ROOT, 12)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
        String name = ROOT.relativize(file).toString();
        if (!name.contains("/target/")
            && Stream.of(folders).anyMatch(s -> name.contains("/" + s + "/"))) {
          sources.add(new Source(name, Files.readString(file, UTF_8)));
        }
      }
    }
    return sources;
  }

  static List<String> longLines(Source source) {
    return lines(source, l -> l.length() > COLUMNS_MAX && !l.startsWith("import "));
  }

  static List<String> leftovers(Source source) {
    return lines(source, l -> LEFTOVER.matcher(l).find());
  }

  static List<String> foreignText(Source source) {
    return lines(
        source, l -> !l.chars().allMatch(c -> c >= ' ' && c < 127) || l.contains("@author"));
  }

  /** Whether a file has more lines than this. */
  static Function<Source, List<String>> longerThan(int max) {
    return source -> {
      int lines = source.lines().size();
      return lines > max ? List.of(source.name + ": " + lines + " lines") : List.of();
    };
  }

  /** Methods that are too long or take too much. */
  static List<String> largeMethods(Source source) {
    List<String> found = new ArrayList<>();
    List<String> lines = source.lines();
    for (int i = 0; i < lines.size(); i++) {
      if (METHOD.matcher(lines.get(i)).matches()) {
        int length = endOfMethod(lines, i) - i + 1;
        if (length > METHOD_LINES_MAX + 1) {
          found.add(source.name + ":" + (i + 1) + ": method of " + length + " lines");
        }
        if (parameters(lines, i) > PARAMETERS_MAX) {
          found.add(source.name + ":" + (i + 1) + ": " + parameters(lines, i) + " parameters");
        }
      }
    }
    return found;
  }

  /** Fields that change, in a file no comment of which says whose they are. */
  static List<String> fieldsWithoutOwner(Source source) {
    if (OWNER.matcher(source.comments()).find()) {
      return List.of();
    }
    return lines(source, l -> MUTABLE.matcher(l).matches() && !CONSTANT.matcher(l).find());
  }

  /** Types that no other source names in its code; comments and imports do not count. */
  static List<String> unusedTypes(List<Source> sources) {
    Map<String, Integer> users = new HashMap<>(); // of each word; a type has itself for one
    for (Source source : sources) {
      source.words().forEach(word -> users.merge(word, 1, Integer::sum));
    }
    List<String> unused = new ArrayList<>();
    for (Source source : sources) {
      boolean started = source.text.contains("@Benchmark") || source.text.contains("void main(");
      if (!started
          && !source.type().equals("package-info")
          && users.getOrDefault(source.type(), 0) < 2) {
        unused.add(source.name);
      }
    }
    return unused;
  }

  private static List<String> lines(Source source, Predicate<String> wrong) {
    List<String> found = new ArrayList<>();
    List<String> lines = source.lines();
    for (int i = 0; i < lines.size(); i++) {
      if (wrong.test(lines.get(i))) {
        found.add(source.name + ":" + (i + 1) + ": " + lines.get(i).strip());
      }
    }
    return found;
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

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("spans/pom.xml"))) {
      folder = folder.getParent();
    }
    return folder;
  }
}
