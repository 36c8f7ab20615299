package dev.tollspan.priceimport;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * LiteLLM's {@code model_prices_and_context_window.json}.
 *
 * @param cards one for each provider, model and region, sorted
 */
record LiteLlmCatalogue(List<Card> cards, List<Lint> lints) {
  static final String NAME = "litellm";

  /** The prices of one model in one region. */
  record Card(String provider, ModelName name, List<Rate> rates) {}

  private record Candidate(Card card, String key, int rank) {}

  static LiteLlmCatalogue read(Path file) throws IOException {
    Lints lints = new Lints(String.valueOf(file.getFileName()));
    Providers providers = Providers.of(NAME);
    Map<String, Candidate> found = new TreeMap<>();
    Json.read(
        file,
        (key, entry) -> {
          String catalogueProvider = Json.text(entry, "litellm_provider");
          if (key.equals("sample_spec") || catalogueProvider.isEmpty()) {
            return;
          }
          Optional<Providers.Provider> provider = providers.find(catalogueProvider);
          if (provider.isEmpty()) {
            lints.add(Defect.UNKNOWN_PROVIDER, key, catalogueProvider);
          } else if (provider.get().leftOut()) {
            lints.add(Defect.PROVIDER_LEFT_OUT, key, provider.get().remark());
          } else {
            candidate(key, entry, provider.get(), lints)
                .ifPresent(candidate -> keepBest(candidate, found, lints));
          }
        });
    List<Card> cards = new ArrayList<>();
    found.values().forEach(candidate -> cards.add(candidate.card()));
    return new LiteLlmCatalogue(List.copyOf(cards), lints.found());
  }

  private static Optional<Candidate> candidate(
      String key, Map<String, Object> entry, Providers.Provider provider, Lints lints) {
    Optional<Defect> objection = ModelName.objection(key);
    if (objection.isPresent()) {
      lints.add(objection.get(), key);
      return Optional.empty();
    }
    ModelName name = ModelName.keyed(key, provider.id(), Json.text(entry, "litellm_provider"));
    if (!ModelName.isHeld(name.model())) {
      lints.add(Defect.BAD_NAME, key);
      return Optional.empty();
    }
    List<Rate> rates = new LiteLlmEntry(key, entry, provider.inclusive(), lints).rates();
    if (rates.isEmpty()) {
      return Optional.empty();
    }
    List<Rate> placed = new ArrayList<>();
    for (Rate rate : rates) {
      // A multiplier for a place is the model's, whatever region its key names.
      placed.add(rate.region().equals(Rate.ANY) ? rate.withRegion(name.region()) : rate);
    }
    return Optional.of(
        new Candidate(new Card(provider.id(), name, List.copyOf(placed)), key, provider.rank()));
  }

  private static void keepBest(Candidate next, Map<String, Candidate> found, Lints lints) {
    ModelName name = next.card().name();
    String place = next.card().provider() + "\t" + name.model() + "\t" + name.region();
    Candidate known = found.putIfAbsent(place, next);
    if (known == null) {
      return;
    }
    boolean better = next.rank() < known.rank();
    if (better) {
      found.put(place, next);
    }
    if (!next.card().rates().equals(known.card().rates())) {
      Candidate lost = better ? known : next;
      Candidate kept = better ? next : known;
      lints.add(Defect.DUPLICATE_DIFFERS, lost.key(), "kept " + kept.key());
    }
  }

  boolean has(String provider, ModelName name) {
    return cards.stream()
        .anyMatch(card -> card.provider().equals(provider) && card.name().equals(name));
  }

  /** The models of its cards. */
  Set<String> models() {
    Set<String> models = new TreeSet<>();
    cards.forEach(card -> models.add(card.name().model()));
    return models;
  }

  Report report(Options options) {
    List<PriceRow> rows = new ArrayList<>();
    for (Card card : cards) {
      for (Rate rate : card.rates()) {
        FineTuned.add(
            rows,
            new PriceRow(
                card.provider(), card.name().model(), rate, NAME, options.asOf().toString()));
      }
    }
    return new Report(rows, List.of(), lints);
  }
}
