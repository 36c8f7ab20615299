package dev.tollspan.prices;

import dev.tollspan.prices.ModelSearch.Found;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a call's price before its instant and its counts are: the model, the tier and
 * the regions are decided, the rows sorted by time.
 */
@SuppressWarnings("EnumOrdinal") // places in small arrays and bit sets; never stored, never shown
final class Offer {
  private static final List<TokenClass> TYPICAL = List.of(TokenClass.INPUT, TokenClass.OUTPUT);

  private final @Nullable Unpriced reason;
  private final @Nullable Model model;
  private final Match match;
  private final int notes; // on the match, one bit each
  private final Doubts doubts;
  private final String tier;
  private final List<String> regions;
  private final UnaryOperator<Terms> interned;
  private final Offer[] rivals; // of other providers that this model's name may mean
  private final long[] starts; // of the eras, ascending; the first begins with time itself
  private final Era[] eras;

  /** No price, whatever is counted. */
  Offer(Unpriced reason) {
    this.reason = reason;
    model = null;
    match = Match.EXACT;
    notes = 0;
    doubts = new Doubts(false, Long.MIN_VALUE);
    tier = Tiers.STANDARD;
    regions = List.of();
    interned = terms -> terms;
    rivals = new Offer[0];
    starts = new long[0];
    eras = new Era[0];
  }

  /**
   * The prices of a model that was found.
   *
   * @param regions the one that decides first
   * @param interned makes equal terms the same object
   */
  Offer(Found found, String tier, List<String> regions, UnaryOperator<Terms> interned) {
    Model first = found.models().getFirst();
    List<Row> rows = serving(first, tier, regions);
    this.model = first;
    this.match = found.match();
    notes = notes(found);
    doubts = Doubts.of(found);
    this.tier = tier;
    this.regions = regions;
    this.interned = interned;
    this.reason = refusal(first, rows, tier);
    rivals = rivals(found, rows, tier, regions, interned);
    TreeSet<Long> times = new TreeSet<>(Set.of(Long.MIN_VALUE));
    for (Row row : rows) {
      times.add(row.from());
      times.add(row.to());
    }
    starts = times.stream().mapToLong(Long::longValue).toArray();
    eras = new Era[starts.length];
    for (int i = 0; i < starts.length; i++) {
      long start = starts[i];
      eras[i] = new Era(this, rows.stream().filter(row -> row.isValidAt(start)).toList());
    }
  }

  /** Prices a call; allocates nothing once the card that it needs is made. */
  void price(Usage usage, Quote quote) {
    if (reason != null) {
      quote.refuse(reason);
    } else if (quote.read(usage)) {
      Era era = era(usage.atEpochNanos());
      if (era.isEmpty()) {
        quote.refuse(Unpriced.OUTSIDE_PRICE_VALIDITY);
      } else {
        quote.charge(
            era.card(usage.atEpochNanos(), quote.inputTokens()), notes | doubts.notes(usage));
        if (rivals.length > 0 && quote.isPriced() && !allAsk(usage, quote)) {
          quote.refuse(Unpriced.AMBIGUOUS_PROVIDER);
        }
      }
    }
  }

  /** Whether every provider that may be meant asks the same for this call. */
  private boolean allAsk(Usage usage, Quote quote) {
    Quote other = quote.rival();
    for (Offer rival : rivals) {
      rival.price(usage, other);
      if (!other.isPriced() || !quote.isSame(other)) {
        return false;
      }
    }
    return true;
  }

  @Nullable Unpriced reason() {
    return reason;
  }

  String tier() {
    return tier;
  }

  List<String> regions() {
    return regions;
  }

  Era era(long epochNanos) {
    int at = starts.length - 1;
    while (starts[at] > epochNanos) {
      at--;
    }
    return eras[at];
  }

  /** The terms of a card with these prices. */
  Terms terms(@Nullable Entry[] entries, String band) {
    Entry typical = null;
    Instant from = null;
    for (TokenClass each : TYPICAL) {
      typical = typical == null ? entries[each.ordinal()] : typical;
    }
    for (Entry each : entries) {
      if (each != null) {
        typical = typical == null ? each : typical;
        Instant start = each.row().told().from();
        from = from == null || (start != null && start.isAfter(from)) ? start : from;
      }
    }
    String paidTier = typical == null ? Tiers.ANY : typical.tier();
    String paidRegion = typical == null ? Regions.ANY : typical.region();
    String paidBand =
        typical == null || typical.steps() != null ? band : typical.row().told().band();
    if (model == null) {
      throw new IllegalStateException("an offer without a model has no terms");
    }
    return interned.apply(
        new Terms(
            0,
            String.join("/", model.id(), paidTier, paidRegion, paidBand),
            model.book().source(),
            model.book().version(),
            from == null ? "" : from.toString(),
            paidTier,
            paidRegion,
            paidBand,
            match));
  }

  private static int notes(Found found) {
    return (found.undated() ? Note.SNAPSHOT_STRIPPED.bit() : 0)
        | (found.borrowed() ? Note.PROVIDER_PRICE_MISSING.bit() : 0)
        | (found.unanswered() ? Note.RESPONSE_MODEL_UNKNOWN.bit() : 0);
  }

  private static List<Row> serving(Model model, String tier, List<String> regions) {
    return model.rows().stream()
        .filter(row -> row.mayServe(tier))
        .filter(row -> isIn(row, regions))
        .toList();
  }

  private static boolean isIn(Row row, List<String> regions) {
    return row.told().region().equals(Regions.ANY) || regions.contains(row.told().region());
  }

  private static @Nullable Unpriced refusal(Model model, List<Row> rows, String tier) {
    if (rows.stream().allMatch(Row::isMultiplier)) {
      boolean elsewhere = model.rows().stream().anyMatch(row -> row.mayServe(tier));
      return elsewhere ? Unpriced.UNKNOWN_REGION : Unpriced.CLASS_PRICE_MISSING;
    }
    return null;
  }

  /** Offers of the other models that were found, but for those with the same prices throughout. */
  private static Offer[] rivals(
      Found found,
      List<Row> rows,
      String tier,
      List<String> regions,
      UnaryOperator<Terms> interned) {
    Set<Set<List<Object>>> known = new HashSet<>(Set.of(prices(rows)));
    List<Offer> rivals = new ArrayList<>();
    for (Model other : found.models().subList(1, found.models().size())) {
      if (known.add(prices(serving(other, tier, regions)))) {
        Found alone = new Found(List.of(other), found.match(), found.undated());
        rivals.add(new Offer(alone, tier, regions, interned));
      }
    }
    return rivals.toArray(Offer[]::new);
  }

  /** What must be equal for two providers to ask the same. */
  private static Set<List<Object>> prices(List<Row> rows) {
    Set<List<Object>> prices = new HashSet<>();
    for (Row row : rows) {
      PriceRow told = row.told();
      prices.add(
          Arrays.asList(
              told.tokenClass(),
              told.tier(),
              told.region(),
              told.above(),
              told.mode(),
              told.status(),
              row.from(),
              row.to(),
              row.window(),
              row.isMultiplier(),
              row.value()));
    }
    return prices;
  }
}
