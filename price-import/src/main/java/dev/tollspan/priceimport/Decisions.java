package dev.tollspan.priceimport;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The table {@code decisions.tsv}: which catalogue is right where the two differ. */
final class Decisions {
  private static final String ANY_MODEL = "*";

  private final Map<String, String> winners = new HashMap<>();

  Decisions() {
    for (String line : Providers.resource("decisions.tsv").split("\n", -1)) {
      String[] cells = line.split("\t", -1);
      if (cells.length == 5) {
        winners.put(place(cells[0], cells[1], cells[2]), cells[3]);
      }
    }
  }

  /** The catalogue to take for a model in a region, if it was decided. */
  Optional<String> winner(String provider, String model, String region) {
    String one = winners.get(place(provider, model, region));
    return one != null
        ? Optional.of(one)
        : Optional.ofNullable(winners.get(place(provider, ANY_MODEL, region)));
  }

  private static String place(String provider, String model, String region) {
    return String.join("\t", provider, model, region);
  }
}
