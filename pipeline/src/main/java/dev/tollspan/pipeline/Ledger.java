package dev.tollspan.pipeline;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
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

  /** What one exporter was given and what became of it. */
  public static final class Account {
    private final List<Ledger> entrances;
    private final LongAdder delivered = new LongAdder();
    private final LongAdder pending = new LongAdder();
    private final ConcurrentMap<String, LongAdder> dropped = new ConcurrentHashMap<>();

    private Account(List<Ledger> entrances) {
      this.entrances = List.copyOf(entrances);
    }

    /** The exporter owes delivery of so many more spans. */
    public void owe(long spans) {
      pending.add(spans);
    }

    /** Of what it owed, so many spans are delivered. */
    public void deliver(long spans) {
      pending.add(-spans);
      delivered.add(spans);
    }

    /** Of what counted as delivered, so many spans turned out to be lost. */
    public void lose(long spans, String reason) {
      delivered.add(-spans);
      dropped.computeIfAbsent(reason, r -> new LongAdder()).add(spans);
    }

    /** Of what it owed, so many spans are lost to this exporter. */
    public void drop(long spans, String reason) {
      pending.add(-spans);
      dropped.computeIfAbsent(reason, r -> new LongAdder()).add(spans);
    }

    /** How many spans the ways in took that feed this exporter. */
    public long accepted() {
      long sum = 0;
      for (Ledger entrance : entrances) {
        sum += entrance.accepted();
      }
      return sum;
    }

    public long delivered() {
      return delivered.sum();
    }

    public long pending() {
      return pending.sum();
    }

    public long dropped() {
      return sum(dropped);
    }

    /** Dropped spans by reason, sorted. */
    public Map<String, Long> droppedByReason() {
      return sums(dropped);
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

  /** The account of the exporter with this configuration id, made on first use; all feed it. */
  public Account account(String exporter) {
    return account(exporter, List.of(this));
  }

  /** The same for an exporter that only these ways in feed. */
  public Account account(String exporter, List<Ledger> entrances) {
    return accounts.computeIfAbsent(exporter, e -> new Account(entrances));
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
      Account a = entry.getValue();
      if (a.accepted() != a.delivered() + a.pending() + a.dropped()) {
        return entry.getKey()
            + (": accepted " + a.accepted() + " != delivered " + a.delivered())
            + (" + pending " + a.pending() + " + dropped " + a.dropped());
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
