package dev.tollspan.processors.cost;

import dev.tollspan.gpuledger.Admission;
import dev.tollspan.gpuledger.Correction;
import dev.tollspan.gpuledger.GpuRequest;
import dev.tollspan.gpuledger.LedgerSink;
import dev.tollspan.gpuledger.WindowRecord;
import dev.tollspan.spans.Attributes;
import dev.tollspan.spans.KeyTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The rules for self-hosted models and the books of all their replicas. Safe for all threads.
 *
 * <p>A replica's time is billed from the window on in which its first request began, but not from
 * before the process did.
 */
final class Replicas {
  static final int REPLICAS_MAX = 4096;

  /** Takes records that nobody asked for. */
  static final LedgerSink NOWHERE =
      new LedgerSink() {
        @Override
        public void closed(WindowRecord window) {}

        @Override
        public void missed(Correction correction) {}
      };

  private static final long ADVANCE_NANOS = 1_000_000_000;

  private final List<HostRule> rules = new ArrayList<>();
  private final Map<String, Replica> byName = new ConcurrentHashMap<>();
  private final LedgerSink sink;
  private final long startedNanos;
  private final AtomicLong advancedNanos = new AtomicLong();
  private final LongAdder unbooked = new LongAdder();
  private final List<LongAdder> counts = new ArrayList<>();
  private boolean closed; // guarded by this

  Replicas(List<SelfHosted> rules, KeyTable keys, LedgerSink sink, long startedNanos) {
    for (SelfHosted rule : rules) {
      this.rules.add(new HostRule(rule, keys));
    }
    for (int i = 0; i < Admission.values().length; i++) {
      counts.add(new LongAdder());
    }
    this.sink = sink;
    this.startedNanos = startedNanos;
  }

  /** Whether no span can be concerned. */
  boolean isEmpty() {
    return rules.isEmpty();
  }

  /** The first rule that holds for a resource, or null. */
  @Nullable HostRule rule(Attributes resource) {
    for (int i = 0; i < rules.size(); i++) {
      if (rules.get(i).matches(resource)) {
        return rules.get(i);
      }
    }
    return null;
  }

  /** The books of a replica, opened if need be; null if there are too many. */
  @Nullable Replica replica(HostRule rule, String name, long firstStartNanos, long nowNanos) {
    Replica known = byName.get(name);
    return known != null ? known : open(rule, name, firstStartNanos, nowNanos);
  }

  private synchronized @Nullable Replica open(
      HostRule rule, String name, long firstStartNanos, long nowNanos) {
    Replica known = byName.get(name);
    if (known == null && !closed && byName.size() < REPLICAS_MAX) {
      long from = rule.windowStart(Math.min(firstStartNanos, nowNanos));
      long least = Math.max(startedNanos, nowNanos - rule.reachNanos());
      known = new Replica(rule.open(name, Math.max(from, least), sink), nowNanos);
      byName.put(name, known);
    }
    return known;
  }

  /** Asks for a cost without books: as if the request had run alone. */
  Admission addUnbooked(HostRule rule, GpuRequest request, long nowNanos) {
    unbooked.increment();
    return rule.open("", Long.MAX_VALUE, NOWHERE).add(request, nowNanos);
  }

  @SuppressWarnings("EnumOrdinal") // a row of counters; never stored, never shown
  void count(Admission admission) {
    counts.get(admission.ordinal()).increment();
  }

  @SuppressWarnings("EnumOrdinal") // a row of counters; never stored, never shown
  long counted(Admission admission) {
    return counts.get(admission.ordinal()).sum();
  }

  long unbooked() {
    return unbooked.sum();
  }

  /** Closes windows of replicas that have nothing to say; by one thread, now and then. */
  void advance(long nowNanos) {
    long last = advancedNanos.get();
    if (nowNanos - last >= ADVANCE_NANOS && advancedNanos.compareAndSet(last, nowNanos)) {
      byName.values().removeIf(replica -> replica.advance(nowNanos));
    }
  }

  /** Closes all books; what comes later has none. */
  void close(long nowNanos) {
    synchronized (this) {
      closed = true;
    }
    byName.values().forEach(replica -> replica.close(nowNanos));
  }
}
