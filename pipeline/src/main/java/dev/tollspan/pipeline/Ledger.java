package dev.tollspan.pipeline;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts spans on the arrows between rooms, so that nothing vanishes silently.
 *
 * <pre>
 * received = rejected(reason) + accepted
 * accepted = delivered(e) + pending(e) + dropped(e, reason)      for every exporter e
 * </pre>
 *
 * Where there are several ways in, each has books of its own ({@link #entrance}), which the whole
 * sums up, and an exporter is held to what those accepted that feed it. The equations hold whenever
 * no hand-over is under way; {@link #unbalanced()} names the first that does not. Reasons are words
 * of ours, never of telemetry. Safe for all threads.
 */
public final class Ledger {
  private final @Nullable Ledger whole;
  private final LongAdder received = new LongAdder();
  private final LongAdder accepted = new LongAdder();
  private final LongAdder odd = new LongAdder();
  private final ConcurrentMap<String, LongAdder> refusedRequests = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, LongAdder> rejected = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Account> accounts = new ConcurrentHashMap<>();

  /**
   * What became of the spans that one exporter was given, in figures of one moment.
   *
   * @param dropped spans that are lost to this exporter, by reason
   */
  public record Standing(long delivered, long pending, Map<String, Long> dropped) {
    private long sum() {
      return delivered + pending + droppedSum();
    }

    private long droppedSum() {
      return dropped.values().stream().mapToLong(n -> n).sum();
    }
  }

  /** What one exporter was given and what became of it. */
  public static final class Account {
    private final List<Ledger> entrances;
    private final Supplier<Standing> now;
    private final long before;

    private Account(List<Ledger> entrances, Supplier<Standing> now) {
      this.entrances = List.copyOf(entrances);
      this.now = now;
      before = now.get().sum() - sum(this.entrances);
    }

    /** How many spans it was given: before these books were opened, and by the ways in since. */
    public long accepted() {
      return before + sum(entrances);
    }

    private static long sum(List<Ledger> entrances) {
      long sum = 0;
      for (Ledger entrance : entrances) {
        sum += entrance.accepted();
      }
      return sum;
    }

    /** All of its figures at one moment. */
    public Standing standing() {
      return now.get();
    }

    public long delivered() {
      return standing().delivered();
    }

    public long pending() {
      return standing().pending();
    }

    public long dropped() {
      return standing().droppedSum();
    }

    /** Dropped spans by reason, sorted. */
    public Map<String, Long> droppedByReason() {
      return new TreeMap<>(standing().dropped());
    }
  }

  /** Books of a whole process. */
  public Ledger() {
    this(null);
  }

  private Ledger(@Nullable Ledger whole) {
    this.whole = whole;
  }

  /** Books of one way in; what they count is counted here, too. They have no accounts. */
  public Ledger entrance() {
    return new Ledger(this);
  }

  /** So many spans came in a request that could be decoded. */
  public void receive(long spans, long oddSpans) {
    received.add(spans);
    odd.add(oddSpans);
    if (whole != null) {
      whole.receive(spans, oddSpans);
    }
  }

  /** Of what was received, so many spans were not taken. */
  public void reject(long spans, String reason) {
    rejected.computeIfAbsent(reason, r -> new LongAdder()).add(spans);
    if (whole != null) {
      whole.reject(spans, reason);
    }
  }

  /** Of what was received, so many spans were taken. */
  public void accept(long spans) {
    accepted.add(spans);
    if (whole != null) {
      whole.accept(spans);
    }
  }

  /** A request was refused before its spans could be counted. */
  public void refuseRequest(String reason) {
    refusedRequests.computeIfAbsent(reason, r -> new LongAdder()).increment();
    if (whole != null) {
      whole.refuseRequest(reason);
    }
  }

  /**
   * Opens the account of the exporter with this configuration id.
   *
   * @param entrances the ways in that feed it
   * @param now what became of all that it was ever given
   */
  public void open(String exporter, List<Ledger> entrances, Supplier<Standing> now) {
    accounts.put(exporter, new Account(entrances, now));
  }

  /**
   * What earlier processes counted at this way in, before anything comes.
   *
   * @param rejectedBefore spans by reason, as they were rejected
   */
  public void resume(long acceptedBefore, long oddBefore, Map<String, Long> rejectedBefore) {
    long rejectedSum = rejectedBefore.values().stream().mapToLong(n -> n).sum();
    receive(acceptedBefore + rejectedSum, oddBefore);
    rejectedBefore.forEach((reason, spans) -> reject(spans, reason));
    accept(acceptedBefore);
  }

  public long received() {
    return received.sum();
  }

  public long accepted() {
    return accepted.sum();
  }

  /** Received spans that had to be brought into canonical form first, or were rejected for it. */
  public long odd() {
    return odd.sum();
  }

  public long refusedRequests() {
    return sum(refusedRequests);
  }

  /** Refused requests by reason, sorted. */
  public Map<String, Long> refusedRequestsByReason() {
    return sums(refusedRequests);
  }

  /** Rejected spans by reason, sorted. */
  public Map<String, Long> rejectedByReason() {
    return sums(rejected);
  }

  /** The accounts by exporter id, sorted. */
  public Map<String, Account> accounts() {
    return Collections.unmodifiableMap(new TreeMap<>(accounts));
  }

  /** The first equation that does not hold, with its figures; empty if the books balance. */
  public String unbalanced() {
    if (received() != sum(rejected) + accepted()) {
      return "received "
          + received()
          + " != rejected "
          + sum(rejected)
          + " + accepted "
          + accepted();
    }
    for (Map.Entry<String, Account> entry : accounts().entrySet()) {
      Standing now = entry.getValue().standing();
      long accepted = entry.getValue().accepted();
      if (accepted != now.sum()) {
        return entry.getKey()
            + (": accepted " + accepted + " != delivered " + now.delivered())
            + (" + pending " + now.pending() + " + dropped " + now.droppedSum());
      }
    }
    return "";
  }

  private static long sum(Map<String, LongAdder> counters) {
    long sum = 0;
    for (LongAdder counter : counters.values()) {
      sum += counter.sum();
    }
    return sum;
  }

  private static Map<String, Long> sums(Map<String, LongAdder> counters) {
    Map<String, Long> sums = new TreeMap<>();
    counters.forEach((reason, counter) -> sums.put(reason, counter.sum()));
    return sums;
  }
}
