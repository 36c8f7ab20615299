package dev.tollspan.prices;

import dev.tollspan.prices.Entry.Steps;
import dev.tollspan.prices.PriceRow.Mode;
import dev.tollspan.prices.PriceRow.Status;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the rows of one card.
 *
 * <p>Of the rows that fit a class the best is taken: contract before list, the tier's own before
 * any and standard, a region's own before any, the higher context band, the narrower window, the
 * later start. A class without a row takes its parent's price, and says so. Multipliers act on
 * token classes whose row is not made for what the multiplier is for; all that fit are multiplied.
 */
@SuppressWarnings("EnumOrdinal") // places in small arrays and bit sets; never stored, never shown
final class CardMaker {
  private final List<Row> rows;
  private final String tier;
  private final List<String> regions;
  private final long band;
  private final Predicate<DailyWindow> isOpen;

  /**
   * A maker of one card.
   *
   * @param rows that are valid at the time and may serve tier and regions
   * @param regions the one that decides first
   * @param band the highest threshold that the input is above, -1 if none
   * @param isOpen whether the time lies in a window
   */
  CardMaker(
      List<Row> rows, String tier, List<String> regions, long band, Predicate<DailyWindow> isOpen) {
    this.rows = rows;
    this.tier = tier;
    this.regions = regions;
    this.band = band;
    this.isOpen = isOpen;
  }

  /** The price of each class, null where there is none. */
  @Nullable Entry[] entries() {
    @Nullable Entry[] entries = new @Nullable Entry[Card.CLASSES.size()];
    for (TokenClass each : Card.CLASSES) {
      entries[each.ordinal()] = each.isTokens() || each.isFee() ? entry(each) : null;
    }
    return entries;
  }

  private @Nullable Entry entry(TokenClass priced) {
    Row row = best(priced, band, false);
    if (row != null) {
      return entry(row);
    }
    TokenClass parent = priced.parent();
    Entry entry = parent == null ? null : entry(parent);
    TokenClass otherParent = priced.otherParent();
    if (otherParent != null) {
      Entry other = entry(otherParent);
      Entry dearer =
          entry == null || (other != null && other.atto() > entry.atto()) ? other : entry;
      return dearer == null ? null : dearer.withNote(Note.JOIN_PRICE_MISSING);
    }
    boolean usual =
        entry != null && priced.isBilledAsParent() && entry.row().tokenClass() == parent;
    return entry == null || usual ? entry : entry.withNote(Note.CLASS_PRICE_MISSING);
  }

  private Entry entry(Row row) {
    List<Row> multipliers = multipliers(row);
    int notes = 0;
    if (row.told().status() == PriceRow.Status.ESTIMATED) {
      notes |= Note.PRICE_ESTIMATED.bit();
    }
    boolean named = multipliers.stream().anyMatch(m -> m.told().tier().equals(tier));
    if (!named && !row.mayServeAsOwn(tier)) {
      notes |= Note.TIER_PRICE_MISSING.bit();
    }
    Steps steps = steps(row, multipliers);
    boolean byBand = !row.told().band().equals("any") && row.told().above() < band;
    if ((byBand || mayLackBand(row)) && steps == null) {
      notes |= Note.CLASS_PRICE_MISSING.bit();
    }
    String geo = Regions.geo(regions);
    boolean placed = row.told().region().equals(geo);
    placed |= multipliers.stream().anyMatch(m -> m.told().region().equals(geo));
    if (!geo.isEmpty() && row.tokenClass().isTokens() && !placed) {
      notes |= Note.REGION_PRICE_MISSING.bit();
    }
    BigDecimal value = row.value();
    long atto = value == null ? 0 : times(value, multipliers);
    return new Entry(row, multipliers, atto, value == null, notes, steps);
  }

  /** Whether a flat price holds for so long a request, for which others of its class are dearer. */
  private boolean mayLackBand(Row row) {
    boolean flat = row.told().band().equals("any") && row.told().status() != Status.CONTRACT;
    return flat
        && rows.stream()
            .anyMatch(
                each ->
                    each.tokenClass() == row.tokenClass()
                        && !each.isMultiplier()
                        && each.told().above() >= 0
                        && fits(each, band));
  }

  private @Nullable Steps steps(Row row, List<Row> multipliers) {
    TreeSet<Long> thresholds = new TreeSet<>();
    Mode mode = Mode.WHOLE_REQUEST;
    for (Row each : rows) {
      if (each.tokenClass() == row.tokenClass() && each.told().mode() != Mode.WHOLE_REQUEST) {
        thresholds.add(each.told().above());
        mode = each.told().mode();
      }
    }
    if (thresholds.isEmpty()) {
      return null;
    }
    thresholds.add(-1L);
    long[] above = thresholds.stream().mapToLong(Long::longValue).toArray();
    long[] atto = new long[above.length];
    for (int i = 0; i < above.length; i++) {
      Row step = best(row.tokenClass(), above[i], false);
      if (step == null || step.value() == null) {
        return null;
      }
      atto[i] = times(step.value(), multipliers);
    }
    return new Steps(mode, above, atto);
  }

  private List<Row> multipliers(Row row) {
    Map<List<String>, Row> best = new LinkedHashMap<>();
    for (Row each : row.tokenClass().isTokens() ? rows : List.<Row>of()) {
      boolean ownTier = each.told().tier().equals(row.told().tier());
      boolean ownRegion = each.told().region().equals(row.told().region());
      boolean forTier = each.told().tier().equals(Tiers.ANY) || !ownTier;
      boolean forRegion = each.told().region().equals(Regions.ANY) || !ownRegion;
      if (each.isMultiplier() && fits(each, band) && forTier && forRegion) {
        best.merge(
            List.of(each.told().tier(), each.told().region()),
            each,
            (a, b) -> compare(b, a) > 0 ? b : a);
      }
    }
    return List.copyOf(best.values());
  }

  private static long times(BigDecimal value, List<Row> multipliers) {
    BigDecimal product = value;
    for (Row multiplier : multipliers) {
      product = product.multiply(Objects.requireNonNull(multiplier.value()));
    }
    return product.longValueExact(); // the book was checked for it
  }

  private @Nullable Row best(TokenClass priced, long within, boolean multiplier) {
    Row best = null;
    for (Row each : rows) {
      if (each.tokenClass() == priced
          && each.isMultiplier() == multiplier
          && fits(each, within)
          && (best == null || compare(each, best) > 0)) {
        best = each;
      }
    }
    return best;
  }

  private boolean fits(Row row, long within) {
    return row.told().above() <= within && (row.window() == null || isOpen.test(row.window()));
  }

  private int compare(Row a, Row b) {
    int order = a.told().status().compareTo(b.told().status());
    order = order != 0 ? order : Integer.compare(tierRank(a), tierRank(b));
    order = order != 0 ? order : Integer.compare(regionRank(a), regionRank(b));
    order = order != 0 ? order : Long.compare(a.told().above(), b.told().above());
    order = order != 0 ? order : Integer.compare(width(b), width(a));
    return order != 0 ? order : Long.compare(a.from(), b.from());
  }

  private int tierRank(Row row) {
    if (row.told().tier().equals(tier)) {
      return 2;
    }
    return row.told().tier().equals(Tiers.ANY) ? 1 : 0;
  }

  private int regionRank(Row row) {
    int at = regions.indexOf(row.told().region());
    return at < 0 ? 0 : regions.size() - at;
  }

  private static int width(Row row) {
    return row.window() == null ? Integer.MAX_VALUE : row.window().width();
  }
}
