package dev.tollspan.receiver;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who gives way when the budget is short. First those requests that come so slowly that at their
 * pace what they hold would take more than a minute; then those of an address that holds more than
 * half of the budget, if one that holds less asks. Of these the one that brings least for each byte
 * that it holds comes first. Who is worked on never gives way. Safe for all threads.
 *
 * <p>For a second after an address could not get what it asked for within its half, others get
 * nothing beyond theirs. An address that is alone may fill the budget.
 */
final class Shortage {
  private static final int PART = 2;
  private static final double USEFUL_SECONDS_MAX = 60;
  private static final long ASKED_NANOS = Duration.ofSeconds(1).toNanos();

  /** When none gave way, nobody looks again before so much later: it takes time with many. */
  private static final long PAUSE_NANOS = Duration.ofMillis(50).toNanos();

  private final ByteBudget budget;
  private final Set<? extends Arriving> arriving;
  private final LongSupplier nanoTicker;
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

  private record Asked(Household who, long at) {}

  /** So many bytes were lacking, and not found. */
  private record InVain(long lacking, boolean isModest, long at) {
    /** Whether who asks now cannot find more. */
    boolean says(long nowLacking, boolean isNowModest, long now) {
      return now - at < PAUSE_NANOS && nowLacking >= lacking && (isModest || !isNowModest);
    }
  }

  private record Candidate(Arriving request, double yield) {}

  /** {@code arriving} is looked through when the budget is short. */
  Shortage(ByteBudget budget, Set<? extends Arriving> arriving, LongSupplier nanoTicker) {
    this.budget = budget;
    this.arriving = arriving;
    this.nanoTicker = nanoTicker;
  }

  /** Whether an address may take so many bytes more, if they are free. */
  boolean mayTake(Household household, long more) {
    Asked last = asked;
    return last == null
        || last.who == household
        || isWithin(household, more)
        || nanoTicker.getAsLong() - last.at > ASKED_NANOS;
  }

  private boolean isWithin(Household household, long more) {
    return household.heldBytes() + more <= budget.bytesMax() / PART;
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
    boolean isModest = isWithin(household, more);
    if (isModest) {
      asked = new Asked(household, now);
    }
    InVain last = inVain;
    if (last != null && last.says(lacking, isModest, now)) {
      return false;
    }
    List<Candidate> candidates = candidates(asker, isModest, now);
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
      if (each.yield < 1 / USEFUL_SECONDS_MAX || !isWithin(theirs, 0)) {
        each.request.giveWay();
      }
    }
    return more <= budget.freeBytes();
  }

  private List<Candidate> candidates(Hold asker, boolean isModest, long now) {
    List<Candidate> found = new ArrayList<>();
    for (Arriving each : arriving) {
      Hold hold = each.hold();
      long bytes = hold.bytes();
      if (hold != asker && bytes > 0) {
        double yield = (each.pace(now) + 1) / bytes; // of those that bring nothing the largest
        boolean isGreedy =
            isModest && hold.household() != asker.household() && !isWithin(hold.household(), 0);
        if (yield < 1 / USEFUL_SECONDS_MAX || isGreedy) {
          found.add(new Candidate(each, yield));
        }
      }
    }
    found.sort(Comparator.comparingDouble(Candidate::yield));
    return found;
  }
}
