package dev.tollspan.usage;

import dev.tollspan.prices.Count;
import dev.tollspan.prices.Note;
import dev.tollspan.prices.Usage;

/**
 * Writes counts whose meaning is settled into a {@link Usage}, where totals hold their parts. Parts
 * that exceed their total raise it, with a note. One thread.
 */
final class InclusiveCounts {
  private static final Meaning[] MEANINGS = Meaning.values();

  /** What input consists of beside cached tokens. */
  private static final long IN_PARTS =
      Meaning.bits(
          Meaning.TOOL_INPUT,
          Meaning.CACHE_WRITE_5M,
          Meaning.CACHE_WRITE_1H,
          Meaning.IN_TEXT,
          Meaning.IN_AUDIO,
          Meaning.IN_IMAGE,
          Meaning.CACHE_READ_TEXT,
          Meaning.CACHE_READ_AUDIO,
          Meaning.CACHE_READ_IMAGE);

  private static final long PLAIN = Meaning.bits(Meaning.INPUT, Meaning.OUTPUT);

  private static final long OUT_PARTS =
      Meaning.bits(Meaning.OUT_TEXT, Meaning.OUT_AUDIO, Meaning.OUT_IMAGE);

  private final Scan scan;
  private long read; // owned by the thread that reads, as are the next four
  private long write;
  private long input;
  private long output;
  private boolean clamped;

  InclusiveCounts(Scan scan) {
    this.scan = scan;
  }

  /** Whether the span counts input and output, and nothing else: most do. */
  boolean isPlain() {
    return (scan.counted() & ~PLAIN) == 0;
  }

  void fill(BasisVerdict verdict, Usage into) {
    if (isPlain()) {
      put(into, Count.IN_TOTAL, scan.has(Meaning.INPUT), verdict.inputTotal);
      put(into, Count.OUT_TOTAL, scan.has(Meaning.OUTPUT), count(Meaning.OUTPUT));
    } else {
      fillAll(verdict, into);
    }
  }

  private void fillAll(BasisVerdict verdict, Usage into) {
    clamped = false;
    input(verdict);
    output(verdict);
    boolean anyInput = scan.has(Meaning.INPUT) || scan.has(Meaning.UNCACHED) || input > 0;
    boolean anyOutput = scan.has(Meaning.OUTPUT) || output > 0;
    for (long left = scan.counted(); left != 0; left &= left - 1) {
      Meaning meaning = MEANINGS[Long.numberOfTrailingZeros(left)];
      if (meaning.count != null) {
        into.count(meaning.count, scan.count(meaning));
      }
    }
    put(into, Count.IN_TOTAL, anyInput, input);
    put(into, Count.CACHE_READ, read > 0, read);
    put(into, Count.CACHE_WRITE, write > 0, write);
    if (scan.hasAny(IN_PARTS)) {
      long audio = count(Meaning.CACHE_READ_AUDIO);
      put(into, Count.IN_AUDIO, audio > count(Meaning.IN_AUDIO), audio);
      long image = count(Meaning.CACHE_READ_IMAGE);
      put(into, Count.IN_IMAGE, image > count(Meaning.IN_IMAGE), image);
    }
    put(into, Count.OUT_TOTAL, anyOutput, output);
    put(into, Count.REASONING, verdict.reasoningTokens >= 0, verdict.reasoningTokens);
    if (clamped) {
      into.note(Note.USAGE_CLAMPED).approximate();
    }
  }

  private void input(BasisVerdict verdict) {
    input = verdict.inputTotal;
    read = count(Meaning.CACHE_READ);
    write = count(Meaning.CACHE_WRITE);
    if (scan.hasAny(IN_PARTS)) {
      inputParts(verdict);
    }
  }

  private void inputParts(BasisVerdict verdict) {
    long toldRead = count(Meaning.CACHE_READ);
    long toldWrite = count(Meaning.CACHE_WRITE);
    long readParts =
        count(Meaning.CACHE_READ_TEXT)
            + count(Meaning.CACHE_READ_AUDIO)
            + count(Meaning.CACHE_READ_IMAGE);
    read = raise(toldRead, readParts);
    write = raise(toldWrite, count(Meaning.CACHE_WRITE_5M) + count(Meaning.CACHE_WRITE_1H));
    if (verdict.exclusive) {
      input += read - toldRead + write - toldWrite;
    }
    input += verdict.toolInputBeside ? count(Meaning.TOOL_INPUT) : 0;
    input = raise(input, read + write);
    long audio = atLeast(Meaning.IN_AUDIO, count(Meaning.CACHE_READ_AUDIO));
    long image = atLeast(Meaning.IN_IMAGE, count(Meaning.CACHE_READ_IMAGE));
    input = raise(input, audio + image + count(Meaning.IN_TEXT));
    input = raise(input, count(Meaning.TOOL_INPUT));
  }

  private void output(BasisVerdict verdict) {
    long reasoning = Math.max(0, verdict.reasoningTokens);
    output = count(Meaning.OUTPUT);
    output += verdict.beside ? reasoning : 0;
    output = raise(output, reasoning);
    if (scan.hasAny(OUT_PARTS)) {
      long parts = count(Meaning.OUT_TEXT) + count(Meaning.OUT_AUDIO) + count(Meaning.OUT_IMAGE);
      output = raise(output, parts);
    }
  }

  private long raise(long total, long parts) {
    clamped |= parts > total;
    return Math.max(total, parts);
  }

  private long atLeast(Meaning whole, long part) {
    long told = count(whole);
    clamped |= scan.has(whole) && part > told;
    return Math.max(told, part);
  }

  private long count(Meaning meaning) {
    return Math.max(0, scan.count(meaning));
  }

  private static void put(Usage into, Count count, boolean known, long value) {
    if (known) {
      into.count(count, value);
    }
  }
}
