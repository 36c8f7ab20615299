package dev.tollspan.journal;

import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a journal says in the log of its disk, its limits, and what these take. The trouble of a
 * disk is said when it changes; that the journal is full, once a minute at most, and that it is not
 * any more when that has lasted for ten seconds; what limits took, once a minute at most.
 *
 * <p>Owned by the thread of the {@link Upkeep}.
 */
final class Notices {
  private static final System.Logger LOG = System.getLogger(Notices.class.getName());
  private static final long SECOND = 1_000_000_000L;
  private static final long MINUTE = 60 * SECOND;
  private static final long RELIEF = 10 * SECOND;

  private final String start;
  private final long patienceNanos;
  private final Map<String, Map<String, Long>> taken = new TreeMap<>();
  private String troubleSaid = "";
  private long refusals;
  private boolean full;
  private boolean fullSaid;
  private long fullFromNanos;
  private long fullToNanos;
  private long fullSaidNanos;
  private long takenSaidNanos;

  Notices(Parts parts) {
    JournalConfig config = parts.config();
    this.start = "journal" + (parts.name().isEmpty() ? "" : " of " + parts.name()) + ": ";
    // A journal in memory has no room now and then; whoever joins it waits for a second.
    this.patienceNanos = config.durability() == JournalConfig.Durability.MEMORY ? SECOND : 0;
    this.fullSaidNanos = parts.pace().nanos() - MINUTE;
    this.takenSaidNanos = fullSaidNanos;
  }

  /** A limit took spans that this reader had not passed, for this reason. */
  void took(String reader, String reason, long spans) {
    if (spans > 0) {
      taken.computeIfAbsent(reader, _ -> new TreeMap<>()).merge(reason, spans, Long::sum);
    }
  }

  /**
   * Says what there is to say.
   *
   * @param refused how many records found no room so far
   */
  void say(@Nullable Trouble trouble, boolean fullNow, long refused, long nanos) {
    sayTrouble(trouble);
    if (fullNow || refused != refusals) {
      fullToNanos = nanos;
    }
    refusals = refused;
    sayFull(fullNow, nanos);
    if (nanos - takenSaidNanos >= MINUTE) {
      sayTaken(nanos);
    }
  }

  private void sayTrouble(@Nullable Trouble found) {
    String now = found == null ? "" : found.words();
    if (!now.equals(troubleSaid)) {
      troubleSaid = now;
      LOG.log(now.isEmpty() ? Level.INFO : Level.WARNING, start + (now.isEmpty() ? "well" : now));
    }
  }

  private void sayFull(boolean now, long nanos) {
    fullFromNanos = full ? fullFromNanos : nanos;
    full = now;
    if (fullSaid && nanos - fullToNanos >= RELIEF) {
      fullSaid = false;
      LOG.log(Level.INFO, start + "there is room again");
    } else if (full
        && !fullSaid
        && nanos - fullFromNanos >= patienceNanos
        && nanos - fullSaidNanos >= MINUTE) {
      fullSaid = true;
      fullSaidNanos = nanos;
      LOG.log(
          Level.WARNING,
          start + "full: it has reached max_size, and senders are told to come again");
    }
  }

  /** Says what limits took since the last time. */
  void sayTaken(long nanos) {
    taken.forEach(
        (reader, byReason) ->
            byReason.forEach(
                (reason, spans) ->
                    LOG.log(Level.WARNING, start + spans + line(reader, reason, spans == 1))));
    takenSaidNanos = taken.isEmpty() ? takenSaidNanos : nanos;
    taken.clear();
  }

  private static String line(String reader, String reason, boolean one) {
    String limit = reason.equals(Upkeep.AGE) ? "max_age" : "max_size";
    return (one ? " span that " : " spans that ")
        + (reader + " did not have yet " + (one ? "was" : "were") + " dropped, " + reason)
        + (": older segments went, because of " + limit);
  }
}
