package dev.tollspan.processors.content;

import dev.tollspan.pipeline.ContentGate;
import dev.tollspan.spans.BatchEditor;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.NoRoomException;
import dev.tollspan.spans.SpanBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The gate. What it keeps is its {@link Profile}'s to say; whatever the profile, ids of people
 * leave it as keyed hashes, except in passthrough.
 *
 * <p>Safe for all threads. Counts what it removed, and says nothing else about it. Fails closed: a
 * batch at which it fails keeps ids, times, kinds, status codes and counts, and nothing else.
 */
public final class DropContent implements ContentGate {
  private static final int BENCHES_MAX = 64;

  private final Gate gate;
  private final HashKey hashKey;
  private final @Nullable HashKey previousHashKey;
  private final ArrayDeque<Bench> benches = new ArrayDeque<>(); // guarded by itself
  private final LongAdder removedValues = new LongAdder();
  private final LongAdder hashedValues = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final List<LongAdder> removedBytes = new ArrayList<>();

  /**
   * Reads the keys for hashes. The table must hold {@link #keys}.
   *
   * @throws IllegalArgumentException with a sentence for the operator, if a key cannot be read, is
   *     weak, or is given as the newer and the older one
   */
  public DropContent(DropContentConfig config, KeyTable keys) {
    this(config, keys, null);
  }

  /** With a rule switched off, to show that it is needed. */
  DropContent(DropContentConfig config, KeyTable keys, @Nullable Rule off) {
    UnaryOperator<@Nullable String> environment = System::getenv;
    HashKey given = HashKey.load(config.hashKey(), environment);
    hashKey = given == null ? HashKey.ofProcess() : given;
    previousHashKey = HashKey.load(config.previousHashKey(), environment);
    if (previousHashKey != null && previousHashKey.isSame(hashKey)) {
      throw new IllegalArgumentException("the older key for hashes is the newer one");
    }
    gate = new Gate(config.profile(), new KeyFates(config, keys, off), new Names(), off);
    RemovedKind.ALL.forEach(kind -> removedBytes.add(new LongAdder()));
  }

  /** The keys that the gate wants numbered. */
  public static Collection<String> keys(DropContentConfig config) {
    return KeyFates.names(config);
  }

  @Override
  public CleanBatch clean(SpanBatch batch) {
    return gate.profile() == Profile.PASSTHROUGH ? passed(batch) : cleaned(batch);
  }

  /** How much is kept. */
  public Profile profile() {
    return gate.profile();
  }

  /** How many texts, byte strings and structures have been removed so far, or parts of them. */
  public long removedValues() {
    return removedValues.sum();
  }

  /** How many bytes they had. */
  public long removedBytes() {
    return removedBytes.stream().mapToLong(LongAdder::sum).sum();
  }

  /** How many bytes they had by kind: prompt, completion and so on. */
  public Map<String, Long> removedBytesByKind() {
    Map<String, Long> bytes = new LinkedHashMap<>();
    for (RemovedKind kind : RemovedKind.ALL) {
      bytes.put(kind.word(), removedBytes.get(kind.row()).sum());
    }
    return bytes;
  }

  /** How many ids have become hashes. */
  public long hashedValues() {
    return hashedValues.sum();
  }

  /** How many batches the gate has failed at: each tells of a bug. */
  public long failures() {
    return failures.sum();
  }

  private CleanBatch passed(SpanBatch batch) {
    BatchEditor editor = BatchEditor.of(batch);
    for (int i = 0; i < batch.spanCount(); i++) {
      editor.insertAdditions(batch, i);
    }
    return editor.splice(batch);
  }

  private CleanBatch cleaned(SpanBatch batch) {
    Bench bench = borrow();
    try {
      CleanBatch clean = new GatePass(batch, gate, bench).run();
      count(bench.tally);
      giveBack(bench);
      return clean;
    } catch (NoRoomException e) {
      throw e;
    } catch (RuntimeException e) { // whatever it says may hold a value: it is not repeated
      failures.increment();
      return new BarePass(batch, gate.names()).run();
    }
  }

  private void count(Tally tally) {
    removedValues.add(tally.values());
    hashedValues.add(tally.hashes());
    for (RemovedKind kind : RemovedKind.ALL) {
      removedBytes.get(kind.row()).add(tally.bytes(kind));
    }
  }

  private Bench borrow() {
    synchronized (benches) {
      Bench bench = benches.pollLast();
      return bench != null ? bench : new Bench(gate, hashKey, previousHashKey);
    }
  }

  /** One that was in use when the gate failed is never given back. */
  private void giveBack(Bench bench) {
    bench.clear();
    synchronized (benches) {
      if (benches.size() < BENCHES_MAX) {
        benches.addLast(bench);
      }
    }
  }
}
