package dev.tollspan.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** What the protocol asks of us, which tests say that we do it, and how they went. */
final class ConformanceRows {
  private static final String TABLE = "otlp-conformance.tsv";
  private static final Pattern TAG =
      Pattern.compile(
          "@Tag\\(\"(?<row>[A-G]\\d+)\"\\)|\\bclass (?<type>\\w+)|\\bvoid (?<method>\\w+)\\(");

  /**
   * A requirement.
   *
   * @param level MUST and SHOULD are the protocol's words, OWN is a rule of ours
   */
  record Row(String id, String level, String requirement) {}

  /** How the tests of a row went, the best first. */
  enum Result {
    NONE,
    PASS,
    SKIPPED,
    NOT_RUN,
    FAIL;

    String word() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }
  }

  /**
   * A test with the tag of a row.
   *
   * @param source its file, from the root
   * @param method empty: all tests of the class
   */
  record Test(Path source, String type, String method) implements Comparable<Test> {
    String name() {
      return method.isEmpty() ? type : type + "." + method;
    }

    @Override
    public int compareTo(Test other) {
      return name().compareTo(other.name());
    }
  }

  private ConformanceRows() {}

  /** The table, in its order. */
  static List<Row> all() throws IOException {
    try (InputStream table =
        Objects.requireNonNull(ConformanceRows.class.getResourceAsStream(TABLE))) {
      List<Row> rows = new ArrayList<>();
      for (String line : new String(table.readAllBytes(), UTF_8).lines().toList()) {
        String[] cells = line.split("\t", -1);
        rows.add(new Row(cells[0], cells[1], cells[2]));
      }
      return rows;
    }
  }

  /** The tests of all rooms by the rows that they are tagged with. */
  static Map<String, TreeSet<Test>> tests() throws IOException {
    Map<String, TreeSet<Test>> tests = new TreeMap<>();
    for (Tidy.Source source : Tidy.sources("src/test/java")) {
      tests(source).forEach((row, more) -> tests.merge(row, more, ConformanceRows::both));
    }
    return tests;
  }

  static Map<String, TreeSet<Test>> tests(Tidy.Source source) {
    Map<String, TreeSet<Test>> tests = new LinkedHashMap<>();
    List<String> rows = new ArrayList<>();
    String type = source.type();
    for (Matcher found = TAG.matcher(source.text()); found.find(); ) {
      if (found.group("row") != null) {
        rows.add(found.group("row"));
        continue;
      }
      String method = found.group("method");
      for (String row : rows) {
        Test test = new Test(Path.of(source.name()), type, method == null ? "" : method);
        tests.computeIfAbsent(row, k -> new TreeSet<>()).add(test);
      }
      rows.clear();
    }
    return tests;
  }

  private static TreeSet<Test> both(TreeSet<Test> one, TreeSet<Test> other) {
    one.addAll(other);
    return one;
  }

  /** How a test went by the report of this build; what is older than its source tells nothing. */
  static Result result(Path root, Test test) throws IOException {
    String source = test.source().toString();
    int room = source.indexOf("/src/test/java/");
    String name =
        source.substring(room + "/src/test/java/".length()).replace('/', '.').replace(".java", "");
    Path report =
        root.resolve(source.substring(0, room), "target", "surefire-reports")
            .resolve("TEST-" + name + ".xml");
    if (!Files.exists(report)
        || Files.getLastModifiedTime(report)
                .compareTo(Files.getLastModifiedTime(root.resolve(test.source())))
            < 0) {
      return Result.NOT_RUN;
    }
    Result worst = Result.NONE;
    NodeList cases = cases(report);
    for (int i = 0; i < cases.getLength(); i++) {
      Element each = (Element) cases.item(i);
      boolean isOf =
          test.method().isEmpty() || each.getAttribute("name").matches(test.method() + "\\b.*");
      Result result = isOf ? result(each) : Result.NONE;
      worst = result.compareTo(worst) > 0 ? result : worst;
    }
    return worst == Result.NONE ? Result.NOT_RUN : worst;
  }

  private static Result result(Element test) {
    if (test.getElementsByTagName("failure").getLength() > 0
        || test.getElementsByTagName("error").getLength() > 0) {
      return Result.FAIL;
    }
    return test.getElementsByTagName("skipped").getLength() > 0 ? Result.SKIPPED : Result.PASS;
  }

  private static NodeList cases(Path report) throws IOException {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(report.toFile())
          .getElementsByTagName("testcase");
    } catch (SAXException | ParserConfigurationException broken) {
      throw new IOException(report + " cannot be read", broken);
    }
  }
}
