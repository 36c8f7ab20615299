package dev.tollspan.receiver;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who gives way when the budget is short. First those requests that come so slowly that at their
 * pace what they hold would take more than a minute; then those of an address that holds more than
 * its part, if one that holds less asks: the budget divided by the addresses whose requests are
 * arriving. Of these the one that brings least for each byte that it holds comes first. Who is
 * worked on never gives way. Safe for all threads.
 *
 * <p>For a second after an address could not get what it asked for within its part, others get
 * nothing beyond theirs. An address that is alone may fill the budget.
 */
final class Shortage {
  private static final int PARTS_MIN = 2;
  private static final double USEFUL_SECONDS_MAX = 60;
  private static final long ASKED_NANOS = Duration.ofSeconds(1).toNanos();

  /** When none gave way, nobody looks again before so much later: it takes time with many. */
  private static final long PAUSE_NANOS = Duration.ofMillis(50).toNanos();

  private final ByteBudget budget;
  private final Set<? extends Arriving> arriving;
  private final LongSupplier nanoTicker;
  private final long turnBytes;
  private volatile @Nullable Asked asked; // set by the threads that ask, as the next
  private volatile @Nullable InVain inVain;

  /** A request whose message is not yet whole. */
  interface Arriving {
    Hold hold();

    /** Bytes a second of late. */
    double pace(long now);

    /** Ends it, unless its message is taken; what it held is free then. */
    void giveWay();
  }

  private record Asked(Household who, long partBytes, long at) {}

  /** So many bytes were lacking, and not found. */
  private record InVain(long lacking, boolean isModest, long at) {
    /** Whether who asks now cannot find more. */
    boolean says(long nowLacking, boolean isNowModest, long now) {
      return now - at < PAUSE_NANOS && nowLacking >= lacking && (isModest || !isNowModest);
    }
  }

  private record Candidate(Arriving request, double yield) {}

  /**
   * A shortage of this budget.
   *
   * @param arriving is looked through when it is short
   * @param turnBytes what an address that holds nothing may ask for, however many there are
   */
  Shortage(
      ByteBudget budget,
      Set<? extends Arriving> arriving,
      long turnBytes,
      LongSupplier nanoTicker) {
    this.turnBytes = turnBytes;
    this.budget = budget;
    this.arriving = arriving;
    this.nanoTicker = nanoTicker;
  }

  /** Whether an address may take so many bytes more, if they are free. */
  boolean mayTake(Household household, long more) {
    Asked last = asked;
    return last == null
        || last.who == household
        || household.heldBytes() + more <= last.partBytes
        || nanoTicker.getAsLong() - last.at > ASKED_NANOS;
  }

  /** What each address may hold while others ask, with the one that asks now. */
  private long partBytes(Household asking) {
    Set<Household> all = Collections.newSetFromMap(new IdentityHashMap<>());
    all.add(asking);
    for (Arriving each : arriving) {
      if (each.hold().bytes() > 0) {
        all.add(each.hold().household());
      }
    }
    return budget.bytesMax() / Math.max(PARTS_MIN, all.size());
  }

  /**
   * Sees to it that so many bytes are free for this hold. False, and nobody has given way, if that
   * would not be enough.
   */
  boolean relieve(Hold asker, long more) {
    long lacking = more - budget.freeBytes();
    if (lacking <= 0) {
      return true;
    }
    long now = nanoTicker.getAsLong();
    Household household = asker.household();
    long part = partBytes(household);
    long held = household.heldBytes();
    boolean isModest = held + more <= (held == 0 ? Math.max(part, turnBytes) : part);
    if (isModest) {
      asked = new Asked(household, part, now);
    }
    InVain last = inVain;
    if (last != null && last.says(lacking, isModest, now)) {
      return false;
    }
    List<Candidate> candidates = candidates(asker, isModest ? part : Long.MAX_VALUE, now);
    long found = 0;
    for (Candidate each : candidates) {
      found += each.request.hold().bytes();
    }
    if (found < lacking) {
      inVain = new InVain(lacking, isModest, now);
      return false;
    }
    for (Candidate each : candidates) {
      if (more <= budget.freeBytes()) {
        break;
      }
      Household theirs = each.request.hold().household();
      if (each.yield < 1 / USEFUL_SECONDS_MAX || theirs.heldBytes() > part) {
        each.request.giveWay();
      }
    }
    return more <= budget.freeBytes();
  }

  /** Those that are slow, or of another address that holds more than this. */
  private List<Candidate> candidates(Hold asker, long partBytes, long now) {
    List<Candidate> found = new ArrayList<>();
    for (Arriving each : arriving) {
      Hold hold = each.hold();
      long bytes = hold.bytes();
      if (hold != asker && bytes > 0) {
        double yield = (each.pace(now) + 1) / bytes; // of those that bring nothing the largest
        boolean isGreedy =
            hold.household() != asker.household() && hold.household().heldBytes() > partBytes;
        if (yield < 1 / USEFUL_SECONDS_MAX || isGreedy) {
          found.add(new Candidate(each, yield));
        }
      }
    }
    found.sort(Comparator.comparingDouble(Candidate::yield));
    return found;
  }
}
