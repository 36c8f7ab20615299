package dev.tollspan.priceimport;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Makes one book of two catalogues. One use, one thread.
 *
 * <p>genai-prices comes first: it has dates. LiteLLM adds the models that genai-prices lacks, and
 * to the others the tiers, classes and regions that it lacks, provided that both agree on what a
 * plain call costs today; else the two have read different price lists.
 *
 * <p>A name that genai-prices reaches only by a pattern ({@code starts_with}) may be a model of its
 * own. There LiteLLM's row, which has the whole name, wins if the two differ, unless {@link
 * Decisions} say otherwise. Where both write out a name that ends in {@code -latest}, the one that
 * leads it to the newer dated model wins; if that is not to be seen, the name is left out.
 */
final class Curation {
  /** What the catalogues say of one model, by region. */
  private static final class Sayings {
    private final Map<String, GenaiCatalogue.Model> genai = new TreeMap<>();
    private final Map<String, List<Rate>> liteLlm = new TreeMap<>();
    private boolean lent; // whether LiteLLM says it of another name
  }

  private final GenaiCatalogue genai;
  private final LiteLlmCatalogue liteLlm;
  private final Options options;
  private final Lints lints = new Lints(GenaiCatalogue.NAME + ", " + LiteLlmCatalogue.NAME);
  private final Decisions decisions = new Decisions();
  private final Map<String, Map<String, Sayings>> sayings = new TreeMap<>();
  private final Names names = new Names();
  private final List<Disagreement> disagreements = new ArrayList<>();

  private Curation(GenaiCatalogue genai, LiteLlmCatalogue liteLlm, Options options) {
    this.genai = genai;
    this.liteLlm = liteLlm;
    this.options = options;
  }

  static Curated of(GenaiCatalogue genai, LiteLlmCatalogue liteLlm, Options options) {
    Curation curation = new Curation(genai, liteLlm, options);
    for (GenaiCatalogue.Named named : genai.named(liteLlm.models())) {
      ModelName name = ModelName.plain(named.provider(), named.name());
      if (named.written() || !liteLlm.has(named.provider(), name)) {
        curation.at(named.provider(), name).genai.putIfAbsent(name.region(), named.model());
      }
    }
    liteLlm.cards().forEach(curation::hear);
    curation.sayings.forEach(
        (provider, models) -> {
          models.values().removeIf(said -> said.genai.isEmpty() && said.liteLlm.isEmpty());
          lend(models);
          models.forEach((model, said) -> curation.decide(provider, model, said));
        });
    List<Lint> lints = new ArrayList<>(genai.lints());
    lints.addAll(liteLlm.lints());
    lints.addAll(curation.lints.found());
    return new Curated(curation.names.report(options, lints), List.copyOf(curation.disagreements));
  }

  private Sayings at(String provider, ModelName name) {
    return sayings
        .computeIfAbsent(provider, _ -> new TreeMap<>())
        .computeIfAbsent(name.model(), _ -> new Sayings());
  }

  private void hear(LiteLlmCatalogue.Card card) {
    ModelName name = card.name();
    Sayings said = at(card.provider(), name);
    said.liteLlm.put(name.region(), card.rates());
    Optional<String> winner = decisions.winner(card.provider(), name.model(), name.region());
    boolean regional = !name.region().equals(Rate.ANY);
    GenaiCatalogue.Model written = said.genai.get(name.region());
    if (written != null
        && winner.isEmpty()
        && Latest.isAlias(name.model())
        && !Comparison.sameMainPrices(written.rates(), card.rates(), options.asOf())) {
      winner = Latest.winner(name.model(), written.names(card.provider()), sameInLiteLlm(card));
      if (winner.isEmpty()) {
        lints.add(Defect.LATEST_UNCLEAR, card.provider() + "/" + name.model());
        said.genai.remove(name.region());
        said.liteLlm.remove(name.region());
        return;
      }
    }
    if (written != null && winner.filter(LiteLlmCatalogue.NAME::equals).isPresent()) {
      said.genai.remove(name.region());
      differ(card, written.rates(), LiteLlmCatalogue.NAME);
    }
    if (written != null && winner.filter(LiteLlmCatalogue.NAME::equals).isEmpty()) {
      differ(card, written.rates(), GenaiCatalogue.NAME);
    }
    if (written != null
        || name.isDataCentre()
        || (regional && !card.provider().equals("bedrock"))) {
      return;
    }
    Optional<GenaiCatalogue.Model> model = genai.resolve(card.provider(), name.prefixed());
    if (model.isEmpty() || model.get().rates().isEmpty()) {
      return;
    }
    List<Rate> rates = model.get().rates();
    boolean agree = Comparison.sameMainPrices(rates, card.rates(), options.asOf());
    if (agree || winner.filter(GenaiCatalogue.NAME::equals).isPresent()) {
      said.genai.put(name.region(), model.get());
      differ(card, rates, GenaiCatalogue.NAME);
    } else {
      differ(card, rates, LiteLlmCatalogue.NAME);
    }
  }

  /** The names of the provider's models that cost the same there. */
  private List<String> sameInLiteLlm(LiteLlmCatalogue.Card card) {
    return liteLlm.cards().stream()
        .filter(each -> each.provider().equals(card.provider()))
        .filter(each -> each.name().region().equals(card.name().region()))
        .filter(each -> each.rates().equals(card.rates()))
        .map(each -> each.name().model())
        .toList();
  }

  private void differ(LiteLlmCatalogue.Card card, List<Rate> genaiRates, String taken) {
    List<Disagreement.Difference> found =
        Comparison.differences(genaiRates, card.rates(), options.asOf());
    if (!found.isEmpty()) {
      ModelName name = card.name();
      disagreements.add(
          new Disagreement(card.provider(), name.model(), name.region(), found, taken));
    }
  }

  /** A name for which LiteLLM has no entry has that of the model's shortest name. */
  private static void lend(Map<String, Sayings> models) {
    Map<Map<String, GenaiCatalogue.Model>, Sayings> lenders = new HashMap<>();
    models.entrySet().stream()
        .filter(each -> !each.getValue().liteLlm.isEmpty())
        .sorted(Comparator.comparingInt(each -> each.getKey().length()))
        .forEach(each -> lenders.putIfAbsent(each.getValue().genai, each.getValue()));
    for (Sayings said : models.values()) {
      Sayings lender = lenders.get(said.genai);
      if (said.liteLlm.isEmpty() && lender != null) {
        said.liteLlm.putAll(lender.liteLlm);
        said.lent = true;
      }
    }
  }

  private void decide(String provider, String model, Sayings said) {
    Set<String> regions = new TreeSet<>(said.genai.keySet());
    regions.addAll(said.liteLlm.keySet());
    Map<String, List<Names.Sourced>> byRegion = new TreeMap<>();
    for (String region : regions) {
      List<Names.Sourced> merged = merged(provider, model, region, said);
      byRegion.put(region, CacheReads.doubted(merged, lints, provider + "/" + model));
    }
    List<Names.Sourced> anywhere = byRegion.getOrDefault(Rate.ANY, List.of());
    List<Names.Sourced> all = new ArrayList<>(anywhere);
    byRegion.forEach(
        (region, rates) -> {
          if (!region.equals(Rate.ANY) && !redundant(rates, anywhere)) {
            all.addAll(rates);
          }
        });
    names.put(provider, model, new HashSet<>(said.genai.values()), all);
  }

  private List<Names.Sourced> merged(String provider, String name, String region, Sayings said) {
    Span span = Span.of(said.genai.values(), options.asOf());
    List<Rate> liteLlm = new ArrayList<>();
    for (Rate rate : said.liteLlm.getOrDefault(region, List.of())) {
      // Multipliers for a place stand with the rates for anywhere.
      if (rate.region().equals(region) || region.equals(Rate.ANY)) {
        liteLlm.add(rate);
      }
    }
    List<Rate> mine = new ArrayList<>();
    GenaiCatalogue.Model model = said.genai.get(region);
    if (model != null) {
      model.rates().forEach(rate -> mine.add(rate.withRegion(region)));
    }
    if (model != null && !said.lent && Comparison.sameMainPrices(mine, liteLlm, options.asOf())) {
      List<Rate> others = otherFees(provider, model, name, region);
      Set<Rate.Group> own = Groups.of(Comparison.fees(liteLlm, others)).keySet();
      mine.removeIf(rate -> own.contains(rate.group())); // LiteLLM's are added below
    }
    List<Names.Sourced> merged = new ArrayList<>();
    if (Comparison.hasHours(mine) && Comparison.hasHours(liteLlm)) {
      // Both know hours, but only LiteLLM can say on which weekdays.
      for (Rate rate : mine) {
        Validity before = rate.validity().within(LocalDate.MIN, span.from());
        if (rate.hours().always() && !before.isEmpty()) {
          merged.add(new Names.Sourced(rate.withValidity(before), GenaiCatalogue.NAME));
        }
      }
      add(merged, liteLlm, span);
      return merged;
    }
    Thresholds thresholds = Thresholds.of(mine, alike(mine, liteLlm, region, said), options.asOf());
    for (Rate rate : thresholds.mine()) {
      merged.add(new Names.Sourced(rate, GenaiCatalogue.NAME));
    }
    add(merged, thresholds.above(), span);
    if (Comparison.sameMainPrices(mine, liteLlm, options.asOf())) {
      add(merged, Comparison.additions(mine, liteLlm, options.asOf()), span);
    }
    return Thresholds.lent(merged);
  }

  /**
   * LiteLLM's prices, if they are of the same price list: for anywhere those of a region that costs
   * the same will do, since genai-prices takes the regions for the rule and LiteLLM the globe.
   */
  private List<Rate> alike(List<Rate> mine, List<Rate> liteLlm, String region, Sayings said) {
    if (Comparison.sameMainPrices(mine, liteLlm, options.asOf())) {
      return liteLlm;
    }
    for (List<Rate> rates :
        region.equals(Rate.ANY) ? said.liteLlm.values() : List.<List<Rate>>of()) {
      if (Comparison.sameMainPrices(mine, rates, options.asOf())) {
        return rates.stream().map(rate -> rate.withRegion(Rate.ANY)).toList();
      }
    }
    return List.of();
  }

  /**
   * What LiteLLM says of the model of genai-prices to which a name leads. A fee that the name has
   * and the model has not is the name's own, since one entry there answers for names that may
   * differ in this alone; what is made to search has a fee of its own anyway.
   */
  private List<Rate> otherFees(
      String provider, GenaiCatalogue.Model model, String name, String region) {
    String id = ModelName.plain(provider, model.id()).model();
    Sayings named = sayings.getOrDefault(provider, Map.of()).get(id);
    boolean searches = name.contains("-search-") && !name.equals(id);
    return named == null || searches ? List.of() : named.liteLlm.getOrDefault(region, List.of());
  }

  /**
   * LiteLLM tells of today: where prices are known to have changed, its own begin with the change;
   * but for factors, which say nothing of the price itself.
   */
  private static void add(List<Names.Sourced> merged, List<Rate> liteLlm, Span span) {
    for (Rate rate : liteLlm) {
      boolean relative = rate.tokenClass() == TokenClass.ALL_TOKENS;
      Validity validity =
          relative ? rate.validity() : rate.validity().within(span.from(), span.to());
      merged.add(new Names.Sourced(rate.withValidity(validity), LiteLlmCatalogue.NAME));
    }
  }

  /** Whether a region has the prices of anywhere, so that its rows would say nothing. */
  private static boolean redundant(List<Names.Sourced> there, List<Names.Sourced> anywhere) {
    Map<Rate.Group, List<Rate>> known = new HashMap<>();
    for (Names.Sourced each : anywhere) {
      known.computeIfAbsent(each.rate().group(), _ -> new ArrayList<>()).add(each.rate());
    }
    Map<Rate.Group, List<Rate>> rates = new HashMap<>();
    for (Names.Sourced each : there) {
      Rate moved = each.rate().withRegion(Rate.ANY);
      rates.computeIfAbsent(moved.group(), _ -> new ArrayList<>()).add(moved);
    }
    return rates.entrySet().stream()
        .allMatch(group -> group.getValue().equals(known.get(group.getKey())));
  }
}
