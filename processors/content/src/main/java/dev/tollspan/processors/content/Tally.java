package dev.tollspan.processors.content;

import dev.tollspan.spans.Additions;
import dev.tollspan.spans.BatchEditor;
import dev.tollspan.spans.SpanBatch;
import java.util.Arrays;

/** What a batch and its current span have lost. One thread. */
final class Tally {
  private static final Additions.Key COUNT = Additions.Key.of("content.removed.count");
  private static final Additions.Key BYTES = Additions.Key.of("content.removed.bytes");
  private static final int KINDS = RemovedKind.ALL.size();

  private final long[] ofBatch = new long[KINDS];
  private final long[] ofSpan = new long[KINDS];
  private long values; // these belong to that thread
  private long hashes;
  private int valuesOfSpan;

  /** A text, bytes or a structure is gone, or part of one; an empty one counts for nothing. */
  void remove(RemovedKind kind, int bytes) {
    if (bytes > 0) {
      valuesOfSpan++;
      ofSpan[kind.row()] += bytes;
    }
  }

  void hash() {
    hashes++;
  }

  /** The next span, or what follows all spans. */
  void next() {
    if (valuesOfSpan > 0) {
      for (int i = 0; i < KINDS; i++) {
        ofBatch[i] += ofSpan[i];
      }
      Arrays.fill(ofSpan, 0);
      values += valuesOfSpan;
      valuesOfSpan = 0;
    }
  }

  /** Another batch comes. */
  void clear() {
    Arrays.fill(ofBatch, 0);
    Arrays.fill(ofSpan, 0);
    values = 0;
    hashes = 0;
    valuesOfSpan = 0;
  }

  /** Tells it on the span, in front of the edits that came after {@code place}. */
  void write(BatchEditor editor, int place, SpanBatch batch, int span) {
    if (valuesOfSpan == 0) {
      return;
    }
    long sum = 0;
    for (int i = KINDS - 1; i >= 0; i--) {
      if (ofSpan[i] > 0) {
        sum += ofSpan[i];
        editor.insertAttribute(place, batch, span, RemovedKind.ALL.get(i).bytesKey, ofSpan[i]);
      }
    }
    editor.insertAttribute(place, batch, span, BYTES, sum);
    editor.insertAttribute(place, batch, span, COUNT, valuesOfSpan);
  }

  long values() {
    return values;
  }

  long hashes() {
    return hashes;
  }

  long bytes(RemovedKind kind) {
    return ofBatch[kind.row()];
  }
}
