package dev.tollspan.processors.cost;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads one price book from lines of tab-separated text.
 *
 * <pre>
 * # source=tutorial   version=1   unit=USD per 1000 tokens
 * # any other line that begins with # is a remark
 * model           input     output
 * gpt-4o-mini     0.00015   0.0006
 * </pre>
 *
 * <p>The first line says what the figures mean; the columns may stand in any order. A file is read
 * to its end whatever is wrong with it, so that all problems are told at once, each with its line.
 * One thread, one file, one use.
 */
final class PriceFile {
  private static final List<String> BUNDLED = List.of("builtin", "tutorial");
  private static final List<String> COLUMNS = List.of("model", "input", "output");
  private static final String FIRST_LINE =
      "the first line must say where the prices come from, with tabs between:"
          + " # source=NAME version=TEXT unit=USD per 1000 tokens";
  private static final Pattern UNIT = Pattern.compile("USD per (1|1000|1000000) tokens");

  /** As much as a {@link Price} holds exactly whatever the unit. */
  private static final Pattern DECIMAL = Pattern.compile("\\d{1,6}(\\.\\d{1,12})?");

  private static final Pattern NEGATIVE = Pattern.compile("-\\d+(\\.\\d+)?");

  private final String name;
  private final List<String> problems;
  private final Map<String, Price> rows = new LinkedHashMap<>();
  private final Map<String, Integer> lines = new HashMap<>();
  private String source = ""; // this and the next three: set by the reading thread
  private String version = "";
  private int unitPower;
  private List<String> columns = List.of();

  private PriceFile(String name, List<String> problems) {
    this.name = name;
    this.problems = problems;
  }

  /** The rows of a bundled book or a file, in their order; adds what is wrong to the problems. */
  static Map<String, Price> read(String entry, List<String> problems) {
    PriceFile file = new PriceFile(entry, problems);
    try {
      file.readAll(BUNDLED.contains(entry) ? bundled(entry) : Files.readString(Path.of(entry)));
    } catch (NoSuchFileException | InvalidPathException e) {
      problems.add(
          entry + ": no such file, and the bundled price books are " + String.join(", ", BUNDLED));
    } catch (CharacterCodingException e) {
      problems.add(entry + ": is not UTF-8 text");
    } catch (IOException e) {
      problems.add(entry + ": cannot be read: " + e.getMessage());
    }
    return file.rows;
  }

  private static String bundled(String book) throws IOException {
    try (InputStream in = PriceFile.class.getResourceAsStream(book + ".tsv")) {
      if (in == null) {
        throw new NoSuchFileException(book + ".tsv");
      }
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  private void readAll(String text) {
    int earlierProblems = problems.size();
    List<String> all = text.lines().toList();
    firstLine(all.isEmpty() ? "" : all.getFirst());
    for (int i = 1; i < all.size(); i++) {
      String line = all.get(i);
      if (!line.isBlank() && !line.startsWith("#")) {
        String[] cells = line.split("\t", -1);
        Arrays.setAll(cells, cell -> cells[cell].strip());
        if (columns.isEmpty()) {
          header(i + 1, List.of(cells));
        } else {
          row(i + 1, cells);
        }
      }
    }
    if (rows.isEmpty() && problems.size() == earlierProblems) {
      problem(all.size(), "has no prices");
    }
  }

  private void firstLine(String line) {
    Map<String, String> facts = new HashMap<>();
    if (line.startsWith("#")) {
      for (String fact : line.substring(1).strip().split("\t", -1)) {
        int equals = fact.indexOf('=');
        if (equals > 0) {
          facts.put(fact.substring(0, equals).strip(), fact.substring(equals + 1).strip());
        }
      }
    }
    source = facts.getOrDefault("source", "");
    version = facts.getOrDefault("version", "");
    Matcher unit = UNIT.matcher(facts.getOrDefault("unit", ""));
    boolean unitKnown = unit.matches();
    unitPower = unitKnown ? unit.group(1).length() - 1 : 0;
    if (source.isEmpty() || version.isEmpty() || !unitKnown) {
      problem(1, FIRST_LINE + "; a unit is 1, 1000 or 1000000 tokens");
    }
  }

  private void header(int line, List<String> names) {
    columns = names;
    for (String column : COLUMNS) {
      if (!names.contains(column)) {
        problem(line, "missing column " + column);
      }
    }
    for (int i = 0; i < names.size(); i++) {
      if (!COLUMNS.contains(names.get(i))) {
        problem(line, "unknown column '" + names.get(i) + "'");
      } else if (names.indexOf(names.get(i)) < i) {
        problem(line, "column " + names.get(i) + " stands there twice");
      }
    }
  }

  private void row(int line, String[] cells) {
    if (cells.length != columns.size()) {
      problem(line, "has " + cells.length + " cells, the columns are " + columns.size());
      return;
    }
    int modelAt = columns.indexOf("model");
    String model = modelAt < 0 ? "" : cells[modelAt];
    if (modelAt >= 0 && model.isEmpty()) {
      problem(line, "model: is empty");
    }
    Integer earlier = model.isEmpty() ? null : lines.putIfAbsent(model, line);
    if (earlier != null) {
      problem(line, "model: '" + model + "' stands in line " + earlier + " already");
    }
    BigDecimal input = price(line, "input", cells);
    BigDecimal output = price(line, "output", cells);
    if (input != null && output != null) {
      rows.put(model, new Price(new Price.Origin(source, version, model), input, output));
    }
  }

  private @Nullable BigDecimal price(int line, String column, String[] cells) {
    int at = columns.indexOf(column);
    if (at < 0) {
      return null;
    }
    String text = cells[at];
    if (DECIMAL.matcher(text).matches()) {
      return new BigDecimal(text).scaleByPowerOfTen(-unitPower);
    }
    problem(
        line,
        NEGATIVE.matcher(text).matches()
            ? column + ": " + text + " is negative"
            : column
                + ": '"
                + text
                + "' is not a decimal below 1000000 with at most 12 digits behind the point");
    return null;
  }

  private void problem(int line, String what) {
    problems.add(name + ":" + line + ": " + what);
  }
}
