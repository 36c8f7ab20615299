package dev.tollspan.pipeline;

import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.SpanBatch;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The pipelines behind one receiver: the processors of each in their order, then its gate, then
 * what stands behind all gates.
 *
 * <pre>
 *           +-- processors --+-- gate --+
 *   batch --+                +-- gate --+--> next: all or nothing
 *           +-- processors ----- gate --+
 * </pre>
 *
 * <p>Nothing is handed on before every gate is through: a defect in one pipeline keeps the batch
 * from all. Pipelines with the same processors (the same objects) share what these make, so that a
 * span is priced once, and counted once in books of GPU time.
 */
public final class ProcessingChain implements SpanConsumer {
  private final List<Branch> branches;
  private final Set<List<SpanProcessor>> processors = new LinkedHashSet<>();
  private final CleanConsumer next;

  /** One pipeline, up to its gate. The order of the list is the order of the work. */
  public record Branch(List<SpanProcessor> processors, ContentGate gate) {
    public Branch {
      processors = List.copyOf(processors);
    }
  }

  /** {@code next} gets the batches in the order of the branches. */
  public ProcessingChain(List<Branch> branches, CleanConsumer next) {
    this.branches = List.copyOf(branches);
    this.next = next;
    branches.forEach(branch -> processors.add(branch.processors()));
  }

  @Override
  public Outcome accept(SpanBatch batch) {
    CleanBatch[] clean = new CleanBatch[branches.size()];
    int cleaned = 0;
    try {
      for (List<SpanProcessor> shared : processors) {
        cleaned += clean(batch.share(), shared, clean);
      }
    } finally {
      batch.release();
      if (cleaned < clean.length) {
        release(clean);
      }
    }
    return next.accept(Arrays.asList(clean));
  }

  /** Returns how many gates are through. */
  private int clean(SpanBatch batch, List<SpanProcessor> shared, CleanBatch[] into) {
    SpanBatch current = batch;
    int cleaned = 0;
    try {
      for (SpanProcessor processor : shared) {
        current = processor.process(current);
      }
      for (int i = 0; i < into.length; i++) {
        if (branches.get(i).processors().equals(shared)) {
          into[i] = branches.get(i).gate().clean(current);
          cleaned++;
        }
      }
      return cleaned;
    } finally {
      current.release();
    }
  }

  private static void release(CleanBatch[] batches) {
    for (CleanBatch batch : batches) {
      if (batch != null) {
        batch.release();
      }
    }
  }
}
