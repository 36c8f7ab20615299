package dev.tollspan.priceimport;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The models of a book by provider and name. Names of one and the same model that ended with the
 * same prices become aliases of its id, or else of the shortest of them. One thread.
 */
final class Names {
  /** A rate and the catalogue that says so. */
  record Sourced(Rate rate, String source) {}

  private record Key(String provider, String name) {}

  /** What must be equal for two names to be one. */
  private record Content(String provider, Set<GenaiCatalogue.Model> models, List<Sourced> rates) {}

  private static final Comparator<Key> ORDER =
      Comparator.comparing(Key::provider).thenComparing(Key::name);

  private final Map<Key, Content> contents = new TreeMap<>(ORDER);

  /**
   * Adds the prices of a name.
   *
   * @param models what they came from; without any the name stands alone
   */
  void put(String provider, String name, Set<GenaiCatalogue.Model> models, List<Sourced> rates) {
    contents.put(new Key(provider, name), new Content(provider, Set.copyOf(models), rates));
  }

  Report report(Options options, List<Lint> lints) {
    Map<Content, String> chosen = new HashMap<>();
    contents.forEach(
        (key, content) -> chosen.merge(content, key.name(), (a, b) -> better(content, a, b)));
    String day = options.asOf().toString();
    List<PriceRow> rows = new ArrayList<>();
    List<Report.Alias> aliases = new ArrayList<>();
    contents.forEach(
        (key, content) -> {
          String name = chosen.getOrDefault(content, key.name());
          if (content.models().isEmpty() || name.equals(key.name())) {
            for (Sourced each : content.rates()) {
              FineTuned.add(rows, row(key, each, day));
            }
          } else {
            for (Sourced each : content.rates()) {
              FineTuned.addPatterns(rows, row(key, each, day));
            }
            aliases.add(
                new Report.Alias(key.provider(), key.name(), name, GenaiCatalogue.NAME, day));
          }
        });
    return new Report(rows, aliases, lints);
  }

  private static PriceRow row(Key key, Sourced each, String day) {
    return new PriceRow(key.provider(), key.name(), each.rate(), each.source(), day);
  }

  private static String better(Content content, String one, String other) {
    for (String name : List.of(one, other)) {
      for (GenaiCatalogue.Model model : content.models()) {
        if (ModelName.plain(content.provider(), model.id()).model().equals(name)) {
          return name;
        }
      }
    }
    return other.length() < one.length() ? other : one;
  }
}
