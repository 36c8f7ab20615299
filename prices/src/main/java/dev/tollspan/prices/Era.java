package dev.tollspan.prices;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A time in which no row begins or ends: what is left to ask are the hours and the context band.
 *
 * <p>Cards are made when they are first asked for, and kept. They are immutable, so a thread that
 * does not see another's card yet makes an equal one; no lock is needed.
 */
final class Era {
  static final int WINDOWS_MAX = 6;

  private final Offer offer;
  private final List<Row> rows;
  private final List<DailyWindow> windows = new ArrayList<>();
  private final long[] bands; // ascending thresholds; the first band has none
  private final @Nullable Card[] cards;
  private final boolean isEmpty;

  /**
   * An era.
   *
   * @param rows that are valid all through it
   */
  Era(Offer offer, List<Row> rows) {
    this.offer = offer;
    this.rows = rows;
    TreeSet<Long> thresholds = new TreeSet<>();
    for (Row row : rows) {
      if (row.window() != null && !windows.contains(row.window())) {
        windows.add(row.window());
      }
      if (row.told().above() >= 0) {
        thresholds.add(row.told().above());
      }
    }
    bands = thresholds.stream().mapToLong(Long::longValue).toArray();
    cards = new @Nullable Card[(bands.length + 1) << windows.size()];
    isEmpty = rows.stream().allMatch(Row::isMultiplier);
  }

  /** Whether there is no price in it. */
  boolean isEmpty() {
    return isEmpty;
  }

  List<Row> rows() {
    return rows;
  }

  /** The card for an instant of this era and for so much input. */
  Card card(long epochNanos, long inputTokens) {
    int open = 0;
    for (int i = 0; i < windows.size(); i++) {
      if (windows.get(i).covers(epochNanos)) {
        open |= 1 << i;
      }
    }
    int band = 0;
    while (band < bands.length && inputTokens > bands[band]) {
      band++;
    }
    int at = open * (bands.length + 1) + band;
    Card card = cards[at];
    if (card == null) {
      card = make(open, band);
      cards[at] = card;
    }
    return card;
  }

  private Card make(int open, int band) {
    long above = band == 0 ? -1 : bands[band - 1];
    CardMaker maker =
        new CardMaker(
            rows,
            offer.tier(),
            offer.regions(),
            above,
            window -> (open & 1 << windows.indexOf(window)) != 0);
    @Nullable Entry[] entries = maker.entries();
    return new Card(entries, offer.terms(entries, bandName(above)));
  }

  private String bandName(long above) {
    String name = bands.length == 0 ? "any" : "base";
    for (Row row : rows) {
      if (row.told().above() == above && !row.told().band().equals("any")) {
        return row.told().band();
      }
    }
    return name;
  }
}
