package dev.tollspan.priceimport;

import java.util.List;

/**
 * What came of a catalogue.
 *
 * @param rows in the order of a book
 * @param aliases other names of models that have rows
 * @param lints in the order of the catalogue
 */
public record Report(List<PriceRow> rows, List<Alias> aliases, List<Lint> lints) {
  /**
   * One model, two names.
   *
   * @param name the other name
   * @param model the name under which the rows stand
   */
  public record Alias(
      String provider, String name, String model, String source, String checkedAt) {}

  /** Takes copies. */
  public Report {
    rows = rows.stream().sorted(PriceRow.ORDER).toList();
    aliases = List.copyOf(aliases);
    lints = List.copyOf(lints);
  }

  /** How many findings of a kind. */
  public long count(Defect defect) {
    return lints.stream().filter(lint -> lint.defect() == defect).count();
  }
}
