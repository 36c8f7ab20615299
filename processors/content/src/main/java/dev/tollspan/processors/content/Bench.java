package dev.tollspan.processors.content;

import dev.tollspan.detectors.Detectors;
import dev.tollspan.detectors.Finder;
import dev.tollspan.detectors.Folded;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What the work on a batch needs and would be too dear to make for each. One thread at a time. */
final class Bench {
  private static final int TEXT_BYTES_MIN = 2048;

  final Finder finder = Detectors.all().finder();
  final Cards cards = new Cards(finder);
  final KeptWords words;
  final Folded folded = new Folded();
  final Pseudonyms pseudonyms;
  final Tally tally = new Tally();
  final KeyMemory keys;
  final AttributePass attributes;
  private byte[] text = new byte[TEXT_BYTES_MIN]; // these two are owned by the borrowing thread
  private int used;

  Bench(Gate gate, HashKey current, @Nullable HashKey previous) {
    pseudonyms = new Pseudonyms(current, previous);
    words = new KeptWords(cards, gate.off());
    keys = new KeyMemory(gate.fates());
    attributes = new AttributePass(gate, this);
  }

  /** Room for a new text; what an earlier call gave is gone. */
  byte[] text(int bytes) {
    if (bytes > text.length) {
      Arrays.fill(text, 0, used, (byte) 0);
      text = new byte[Integer.highestOneBit(bytes) * 2];
    }
    used = Math.max(used, bytes);
    return text;
  }

  /** Leaves nothing of a batch behind but what {@link KeyMemory} tells no key by. */
  void clear() {
    Arrays.fill(text, 0, used, (byte) 0);
    used = 0;
    pseudonyms.forget();
    keys.nextBatch();
    tally.clear();
  }
}
