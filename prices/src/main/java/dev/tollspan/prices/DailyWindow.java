package dev.tollspan.prices;

import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The minutes of a week in which a row holds, by the clock of one zone.
 *
 * <p>A span of hours begins on the weekdays that are named and may end on the next day; its start
 * is inside, its end outside. Where clocks are turned back an hour holds twice, and where they are
 * turned on it does not come.
 */
final class DailyWindow {
  static final int DAY = 24 * 60;

  private static final int WEEK = 7 * DAY;
  private static final int EPOCH_MINUTE = 3 * DAY; // 1970-01-01 was a Thursday; weeks begin Monday
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final Instant LAST_TRANSITION = Instant.parse("2100-01-01T00:00:00Z");

  private final BitSet minutes = new BitSet(WEEK);
  private final ZoneId zone;
  private final long[] changes; // seconds since 1970, ascending
  private final int[] offsets; // one more: before the first change, then after each

  /**
   * A window.
   *
   * @param spans pairs of start and end in minutes of the day; an end that is not after its start
   *     lies on the next day
   * @param weekdays one bit for each, Monday first
   */
  DailyWindow(List<int[]> spans, int weekdays, ZoneId zone) {
    this.zone = zone;
    for (int[] span : spans) {
      int length = Math.floorMod(span[1] - span[0] - 1, DAY) + 1;
      for (int day = 0; day < 7; day++) {
        if ((weekdays & 1 << day) != 0) {
          for (int i = 0; i < length; i++) {
            minutes.set((day * DAY + span[0] + i) % WEEK);
          }
        }
      }
    }
    ZoneRules rules = zone.getRules();
    List<ZoneOffsetTransition> all = new ArrayList<>();
    ZoneOffsetTransition next = rules.nextTransition(Instant.EPOCH);
    while (next != null && next.getInstant().isBefore(LAST_TRANSITION)) {
      all.add(next);
      next = rules.nextTransition(next.getInstant());
    }
    changes = new long[all.size()];
    offsets = new int[all.size() + 1];
    offsets[0] = rules.getOffset(Instant.EPOCH).getTotalSeconds();
    for (int i = 0; i < changes.length; i++) {
      changes[i] = all.get(i).toEpochSecond();
      offsets[i + 1] = all.get(i).getOffsetAfter().getTotalSeconds();
    }
  }

  /** Whether the instant lies in it. */
  boolean covers(long epochNanos) {
    long seconds = Math.floorDiv(epochNanos, NANOS_PER_SECOND);
    int change = Arrays.binarySearch(changes, seconds);
    long local = seconds + offsets[change < 0 ? -change - 1 : change + 1];
    return minutes.get((int) Math.floorMod(Math.floorDiv(local, 60L) + EPOCH_MINUTE, (long) WEEK));
  }

  /** How much of a week it is. */
  int width() {
    return minutes.cardinality();
  }

  /** Whether some instant may lie in both; those of two zones may always meet. */
  boolean meets(DailyWindow other) {
    return !zone.equals(other.zone) || minutes.intersects(other.minutes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DailyWindow that
        && zone.equals(that.zone)
        && minutes.equals(that.minutes);
  }

  @Override
  public int hashCode() {
    return minutes.hashCode();
  }
}
