package dev.tollspan.prices;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * What one call used, in the terms of a price book. Mutable, made to be filled again for each span;
 * one thread.
 *
 * <p>Texts are not copied: they are good as long as the arrays that they stand in.
 */
@SuppressWarnings("EnumOrdinal") // rows of small arrays; never stored, never shown
public final class Usage {
  /** What {@link #count} says of something that was not counted. */
  public static final long ABSENT = -1;

  private static final int COUNTS = Count.values().length;
  private static final int FACTS = Fact.values().length;
  private static final byte[] NOTHING = {};

  private final long[] counts = new long[COUNTS];
  private final byte[][] texts = new byte[FACTS][];
  private final int[] offsets = new int[FACTS];
  private final int[] lengths = new int[FACTS];
  private long atEpochNanos;
  private long counted; // one bit for each count that was set
  private int told; // one bit for each text that is not empty
  private int notes;
  private boolean approximate;
  private long textsNumber; // 0: the texts may be any
  private long numbersGiven;
  private long heldNumber; // of the texts that stand in the arrays, told or not
  private int held;

  /** A usage of nothing. */
  public Usage() {
    forget();
  }

  /** Lets go of every array. */
  public Usage forget() {
    Arrays.fill(texts, NOTHING);
    heldNumber = 0;
    return clear();
  }

  /** Forgets everything, but may keep hold of arrays: cheap, because it comes before each span. */
  public Usage clear() {
    counted = 0;
    told = 0;
    atEpochNanos = 0;
    notes = 0;
    approximate = false;
    textsNumber = 0;
    return this;
  }

  /** How many; {@link #ABSENT} if the span does not tell. */
  public long count(Count what) {
    int place = what.ordinal();
    return (counted & 1L << place) != 0 ? counts[place] : ABSENT;
  }

  /** How many, 0 if the span does not tell. */
  public long countOrZero(Count what) {
    return Math.max(0, count(what));
  }

  /** Sets a count that is not negative. */
  public Usage count(Count what, long amount) {
    if (amount < 0) {
      throw new IllegalArgumentException(what + " is negative");
    }
    counts[what.ordinal()] = amount;
    counted |= 1L << what.ordinal();
    return this;
  }

  /** The array in which a text stands. */
  public byte[] text(Fact fact) {
    int place = fact.ordinal();
    return (told & 1 << place) != 0 ? texts[place] : NOTHING;
  }

  /** Where the text begins. */
  public int textOffset(Fact fact) {
    int place = fact.ordinal();
    return (told & 1 << place) != 0 ? offsets[place] : 0;
  }

  /** The text's length in bytes; 0 if it is unknown. */
  public int textLength(Fact fact) {
    int place = fact.ordinal();
    return (told & 1 << place) != 0 ? lengths[place] : 0;
  }

  /** Sets a text: UTF-8 that stands at {@code [offset, offset + length)}. */
  public Usage text(Fact fact, byte[] bytes, int offset, int length) {
    texts[fact.ordinal()] = bytes;
    offsets[fact.ordinal()] = offset;
    lengths[fact.ordinal()] = length;
    int bit = 1 << fact.ordinal();
    told = length > 0 ? told | bit : told & ~bit;
    textsNumber = 0;
    heldNumber = 0;
    return this;
  }

  /** A number for the texts that are set now, by which {@link #repeatTexts} can set them again. */
  public long numberTexts() {
    numbersGiven++;
    sameTexts(numbersGiven);
    return numbersGiven;
  }

  /** Says that the texts, which were set anew, are equal to those that once got this number. */
  public void sameTexts(long number) {
    textsNumber = number;
    heldNumber = number;
    held = told;
  }

  /** Sets the texts that got this number, if they are the last that were set; says whether. */
  public boolean repeatTexts(long number) {
    if (heldNumber != number) {
      return false;
    }
    textsNumber = number;
    told = held;
    return true;
  }

  /** The number of the texts; 0: they have none. Numbers of another usage mean nothing here. */
  long textsNumber() {
    return textsNumber;
  }

  /** Sets a text, copying it: for use beside the hot path. */
  public Usage text(Fact fact, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return text(fact, bytes, 0, bytes.length);
  }

  /** The text as a string, empty if it is unknown: for use beside the hot path. */
  String string(Fact fact) {
    int length = textLength(fact);
    return length == 0 ? "" : new String(text(fact), textOffset(fact), length, UTF_8);
  }

  /** When the call began, in nanoseconds since 1970. */
  public long atEpochNanos() {
    return atEpochNanos;
  }

  /** Sets when the call began. */
  public Usage at(long epochNanos) {
    atEpochNanos = epochNanos;
    return this;
  }

  /** Adds a note. */
  public Usage note(Note note) {
    notes |= 1 << note.ordinal();
    return this;
  }

  /** Which counts were set, one bit for each by its place. */
  long countedBits() {
    return counted;
  }

  /** Which texts are not empty, one bit for each by its place. */
  int toldBits() {
    return told;
  }

  /** All notes, one bit for each by its place among them. */
  int noteBits() {
    return notes;
  }

  /** Whether there is such a note. */
  public boolean has(Note note) {
    return (notes & 1 << note.ordinal()) != 0;
  }

  /** Says that the counts are not what was billed to the last token. */
  public Usage approximate() {
    approximate = true;
    return this;
  }

  /** Whether a cost from these counts is approximate at best. */
  public boolean isApproximate() {
    return approximate;
  }
}
