package dev.tollspan.priceimport;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The table {@code providers.tsv}: which provider of a catalogue is which provider of a book. */
final class Providers {
  private static final String LEFT_OUT = "-";

  /**
   * One line of the table.
   *
   * @param id the book's provider id
   * @param inclusive whether a request of exactly a threshold is above it
   * @param rank the smaller, the more its rows are preferred within the catalogue
   * @param remark why it is left out
   */
  record Provider(String id, boolean inclusive, int rank, String remark) {
    boolean leftOut() {
      return id.equals(LEFT_OUT);
    }
  }

  private final Map<String, Provider> byName;

  private Providers(Map<String, Provider> byName) {
    this.byName = byName;
  }

  /** The lines of one catalogue. */
  static Providers of(String catalogue) {
    Map<String, Provider> found = new HashMap<>();
    for (String line : resource("providers.tsv").split("\n", -1)) {
      String[] cells = line.split("\t", -1);
      if (cells[0].equals(catalogue)) {
        found.put(cells[1], new Provider(cells[2], cells[3].equals("gte"), found.size(), cells[4]));
      }
    }
    return new Providers(found);
  }

  Optional<Provider> find(String catalogueProvider) {
    return Optional.ofNullable(byName.get(catalogueProvider));
  }

  /** A text file that stands beside this class. */
  static String resource(String name) {
    try (InputStream in = Objects.requireNonNull(Providers.class.getResourceAsStream(name));
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return String.join("\n", reader.lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
