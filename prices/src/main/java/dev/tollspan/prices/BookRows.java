package dev.tollspan.prices;

import dev.tollspan.prices.BookFile.Cell;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The rows of one book, in either form.
 *
 * <p>The full form has a row for each price; the columns may stand in any order, those in brackets
 * may be left out:
 *
 * <pre>
 * [provider]           * or left out: any
 * model                a name, or a pattern: * stands for any characters but a colon
 * token_class          see TokenClass; all_tokens for multipliers, alias for aliases
 * [service_tier]       any, or a tier; left out: standard for tokens, any for the rest
 * [region_class]       any, or a class; left out: any
 * [context_band]       any; base or band1 for the first; another name for one with a threshold
 * [context_threshold]  in input tokens, cached ones too
 * [context_operator]   gt or gte
 * [context_mode]       whole_request, marginal, per_class
 * [daily_window]       16:30-00:30Z, several with commas between; without Z there must be a zone
 * [weekdays]           Mon-Fri, or Sat,Sun: the days on which the hours begin
 * [zone]               Asia/Shanghai
 * [effective_from]     inclusive; an instant, or a date for 00:00:00Z of that day
 * [effective_to]       exclusive
 * price                a decimal; dynamic if it changes from call to call; an alias's target
 * unit                 USD per 1M tokens, USD per page, ...; multiplier; model for aliases
 * [source] [checked_at] [status] [notes] [currency]
 * </pre>
 *
 * <p>An alias's row says that {@code model} is another name of the model that stands in {@code
 * price}, alone or after {@code provider/}; its unit is {@code model}.
 *
 * <p>The short form has a row for each model, {@code model input output}, and its unit stands in a
 * remark before: {@code # source=NAME version=TEXT unit=USD per 1000 tokens}.
 *
 * <p>Belongs to the loading thread.
 */
final class BookRows {
  /** Another name for a model. */
  record Alias(String provider, String name, String target, Book book, int line, int column) {}

  private static final List<String> SHORT = List.of("model", "input", "output");
  private static final List<String> REQUIRED = List.of("model", "token_class", "price", "unit");
  private static final List<String> OPTIONAL =
      List.of(
          "provider",
          "service_tier",
          "region_class",
          "context_band",
          "context_threshold",
          "context_operator",
          "context_mode",
          "daily_window",
          "weekdays",
          "zone",
          "effective_from",
          "effective_to",
          "source",
          "checked_at",
          "status",
          "notes",
          "currency");

  private final Book book;
  private final String unit;
  private final Problems problems;
  private final RowReader reader;
  private final List<String> columns = new ArrayList<>();
  private final List<Row> rows = new ArrayList<>();
  private final List<Alias> aliases = new ArrayList<>();
  private boolean isShort; // this and the next: set by the loading thread
  private boolean sawRows;

  BookRows(Book book, String unit, Problems problems) {
    this.book = book;
    this.unit = unit;
    this.problems = problems;
    this.reader = new RowReader(book, problems);
  }

  Book book() {
    return book;
  }

  List<Row> rows() {
    return rows;
  }

  List<Alias> aliases() {
    return aliases;
  }

  /** Whether the file has no row, good or bad. */
  boolean isEmpty() {
    return !sawRows;
  }

  /** Reads the head line. */
  void head(int line, List<Cell> cells) {
    cells.forEach(cell -> columns.add(cell.text()));
    isShort = !columns.contains("token_class") && columns.contains("input");
    for (String column : isShort ? SHORT : REQUIRED) {
      if (!columns.contains(column)) {
        problem(line, 0, "missing column " + column);
      }
    }
    for (int i = 0; i < cells.size(); i++) {
      Cell cell = cells.get(i);
      String column = cell.text();
      boolean known =
          isShort ? SHORT.contains(column) : REQUIRED.contains(column) || OPTIONAL.contains(column);
      if (!known) {
        problem(line, cell.column(), "unknown column " + Problems.shown(column));
      } else if (columns.indexOf(column) < i) {
        problem(line, cell.column(), "column " + column + " stands there twice");
      }
    }
    if (isShort && Units.size(unit, TokenClass.INPUT) == 0) {
      problem(
          line,
          0,
          "a remark before this line must say the unit, as in"
              + " # source=NAME version=TEXT unit=USD per 1000 tokens");
    }
  }

  /** Reads a row. */
  void add(int line, List<Cell> cells) {
    sawRows = true;
    if (cells.size() > columns.size()) {
      problem(
          line,
          cells.get(columns.size()).column(),
          "has more cells than the " + columns.size() + " columns");
      return;
    }
    Map<String, Cell> byColumn = new HashMap<>();
    boolean bad = false;
    for (int i = 0; i < cells.size(); i++) {
      Cell cell = cells.get(i);
      byColumn.putIfAbsent(columns.get(i), cell);
      if (cell.text().chars().anyMatch(c -> c < ' ' || c == 127)) {
        problem(line, cell.column(), columns.get(i) + ": has a control character");
        bad = true;
      }
    }
    for (String column : isShort ? SHORT : REQUIRED) {
      bad |= isLeftOut(line, column, byColumn);
    }
    if (bad) {
      return;
    }
    if (isShort) {
      addShort(line, byColumn);
    } else if (cell(byColumn, "token_class").text().equals("alias")) {
      addAlias(line, byColumn);
    } else {
      Row row = reader.read(line, byColumn);
      if (row != null) {
        rows.add(row);
      }
    }
  }

  private boolean isLeftOut(int line, String column, Map<String, Cell> cells) {
    Cell cell = cell(cells, column);
    if (!cell.text().isEmpty()) {
      return false;
    }
    if (columns.contains(column)) { // else the head line has been told of
      problem(line, cell.column(), column + ": is empty");
    }
    return true;
  }

  private void addShort(int line, Map<String, Cell> cells) {
    Cell model = cell(cells, "model");
    for (TokenClass priced : List.of(TokenClass.INPUT, TokenClass.OUTPUT)) {
      Cell price = cell(cells, priced.label());
      Map<String, Cell> row =
          Map.of(
              "model",
              model,
              "token_class",
              new Cell(priced.label(), price.column()),
              "price",
              price,
              "unit",
              new Cell(unit, 0));
      Row read = Units.size(unit, priced) == 0 ? null : reader.read(line, row);
      if (read != null) {
        rows.add(read);
      }
    }
  }

  private void addAlias(int line, Map<String, Cell> cells) {
    Cell target = cell(cells, "price");
    Cell unitCell = cell(cells, "unit");
    if (!unitCell.text().equals(Units.MODEL)) {
      problem(
          line, unitCell.column(), "unit: an alias's is 'model', its price is the model's name");
      return;
    }
    String provider = reader.provider(line, cell(cells, "provider"));
    aliases.add(
        new Alias(
            provider, cell(cells, "model").text(), target.text(), book, line, target.column()));
  }

  private static Cell cell(Map<String, Cell> cells, String column) {
    return cells.getOrDefault(column, Cell.NONE);
  }

  private void problem(int line, int column, String cause) {
    problems.error(new Problem(book.file(), line, column, cause));
  }
}
