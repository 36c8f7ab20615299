package dev.tollspan.processors.content;

import dev.tollspan.pipeline.ContentGate;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanBatch;
import java.util.Collection;
import java.util.concurrent.atomic.LongAdder;

/**
 * The gate in profile strict: numbers and booleans stay under known keys, text stays only where a
 * key is listed and the value fits the key's grammar, everything else goes, keys and names
 * included.
 *
 * <p>Safe for all threads. Counts what it removed, and says nothing else about it.
 */
public final class DropContent implements ContentGate {
  private final Grammar[] grammars;
  private final Names names = new Names();
  private final LongAdder removedValues = new LongAdder();
  private final LongAdder removedBytes = new LongAdder();

  /** The table must hold {@link #keys}. */
  public DropContent(DropContentConfig config, KeyTable keys) {
    grammars = StrictKeys.byNumber(config, keys);
  }

  /** The keys that the gate wants numbered. */
  public static Collection<String> keys(DropContentConfig config) {
    return StrictKeys.of(config).keySet();
  }

  @Override
  public CleanBatch clean(SpanBatch batch) {
    StrictPass pass = new StrictPass(batch, grammars, names);
    CleanBatch clean = pass.run();
    removedValues.add(pass.removedValues());
    removedBytes.add(pass.removedBytes());
    return clean;
  }

  /** How many texts, byte strings and structures have been removed so far. */
  public long removedValues() {
    return removedValues.sum();
  }

  /** How many bytes they had. */
  public long removedBytes() {
    return removedBytes.sum();
  }
}
