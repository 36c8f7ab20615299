package dev.tollspan.usage;

import dev.tollspan.prices.Usage;
import dev.tollspan.spans.Attributes;
import dev.tollspan.spans.SpanView;
import org.jspecify.annotations.Nullable;

/**
 * What the spans of one batch that look alike have in common: which of their attributes tell
 * something, who made them and what they are. An emitter sends few forms, so most spans need not be
 * looked into as the first of their form was.
 *
 * <p>Alike are spans of one scope with the same keys in the same order, values of the same types,
 * and the same words wherever words decide; counts and ids may differ. The words are those of the
 * first span, where they stand in the batch: nothing is copied. One thread.
 */
final class Form {
  private static final int ATTRIBUTES_MAX = 48;

  /** Texts that name one call; another one means nothing else. */
  private static final long IDS =
      Meaning.bits(Meaning.RESPONSE_ID, Meaning.CALL_ID, Meaning.REQUEST_ID);

  private final KeyMeanings meanings;
  private final int[] kinds = new int[ATTRIBUTES_MAX]; // this and all below: the reading thread's
  private final int[] words = new int[ATTRIBUTES_MAX]; // positions of texts that decide
  private final int[] wordOffsets = new int[ATTRIBUTES_MAX];
  private final int[] wordLengths = new int[ATTRIBUTES_MAX];
  private final int[] wordCodes = new int[ATTRIBUTES_MAX]; // 0: decides, but is not believed
  private final int[] values = new int[ATTRIBUTES_MAX]; // positions of what may differ
  private final int[] valueCodes = new int[ATTRIBUTES_MAX];
  private int count = -1; // of attributes; -1: nothing is known
  private int wordCount;
  private int valueCount;
  private int scope;
  private int nameOffset;
  private int nameLength;
  private int kind;
  private int statusCode;
  private long seen;
  private long seenInWords;
  private long unread; // while learning: texts of which it is not clear yet where they stand
  private int reading;
  private int provider;
  private @Nullable Usage usage; // whose texts have a number
  private long texts;
  private int facts;
  private int vendor;

  Form(KeyMeanings meanings) {
    this.meanings = meanings;
  }

  /** Forgets the batch. */
  void forget() {
    count = -1;
    usage = null;
  }

  /** Whether a span of the same batch looks alike. */
  boolean fits(SpanView span) {
    Attributes attributes = span.attributes();
    if (span.scope() != scope
        || span.nameLength() != nameLength
        || span.kind() != kind
        || span.statusCode() != statusCode
        || !attributes.areOf(kinds, count)) {
      return false;
    }
    for (int i = 0; i < wordCount; i++) {
      int at = words[i];
      int length = wordLengths[i];
      if (attributes.valueLength(at) != length
          || !span.same(attributes.valueOffset(at), wordOffsets[i], length)) {
        return false;
      }
    }
    return nameLength == 0 || span.same(span.nameOffset(), nameOffset, nameLength);
  }

  /** Tells what a span that fits tells; false if one of its values is no value after all. */
  boolean tell(SpanView span, Scan scan, Collector collector, Reading into) {
    Attributes attributes = span.attributes();
    scan.startWith(seenInWords);
    if (!scan.holdsWords(this)) {
      tellWords(scan);
    }
    for (int i = 0; i < valueCount; i++) {
      scan.take(valueCodes[i], attributes, values[i]);
    }
    collector.provider(provider);
    into.form(reading);
    return scan.seen() == seen;
  }

  private void tellWords(Scan scan) {
    for (int i = 0; i < wordCount; i++) {
      if (wordCodes[i] != 0) {
        scan.word(wordCodes[i], wordOffsets[i], wordLengths[i]);
      }
    }
    scan.heldWords(this);
  }

  /** Fills in the facts, if nothing else was read into the usage since they were noted. */
  boolean repeatFacts(Scan scan, FactReader reader, Reading into, Usage filled) {
    boolean same = filled == usage && !scan.hasAny(FactReader.RARE) && scan.holdsWords(this);
    if (same && filled.repeatTexts(texts)) {
      into.facts(facts);
      reader.repeat(vendor);
      return true;
    }
    return false;
  }

  /** Notes the facts that were read from a span of this form, unless that changed its words. */
  void noteFacts(Scan scan, FactReader reader, Reading read, Usage filled) {
    if (!scan.holdsWords(this)) {
      return;
    }
    facts = read.facts();
    vendor = reader.provider();
    if (filled == usage) {
      filled.sameTexts(texts);
    } else {
      usage = filled;
      texts = filled.numberTexts();
    }
  }

  /** Learns from a span that was just read, before its counts were; false if it is too special. */
  boolean learn(SpanView span, Scan scan, Collector collector, Reading read) {
    forget();
    Attributes attributes = span.attributes();
    if (attributes.count() > ATTRIBUTES_MAX) {
      return false;
    }
    wordCount = 0;
    valueCount = 0;
    seen = scan.seen();
    seenInWords = seen;
    unread = seen & Meaning.TEXTS;
    for (int i = 0; i < attributes.count(); i++) {
      kinds[i] = attributes.kind(i);
      if (!learn(attributes, i, scan)) {
        return false;
      }
    }
    if (unread != 0) {
      return false; // a text that is not where its attribute has it: it is quoted
    }
    scope = span.scope();
    nameOffset = span.nameOffset();
    nameLength = span.nameLength();
    kind = span.kind();
    statusCode = span.statusCode();
    reading = read.form();
    provider = collector.provider();
    count = attributes.count();
    return true;
  }

  private boolean learn(Attributes attributes, int i, Scan scan) {
    int code = meanings.codes[attributes.keyId(i)];
    boolean plain = (code & Code.PLAIN) != 0;
    boolean id = plain && (IDS & 1L << Code.meaning(code)) != 0;
    boolean told = (code & Code.TEXT) != 0 && !id;
    boolean decides = told || (code & (Code.SIGNAL | Code.TELLS)) != 0;
    if (decides && attributes.type(i) == Attributes.STRING) {
      words[wordCount] = i;
      wordOffsets[wordCount] = attributes.valueOffset(i);
      wordLengths[wordCount] = attributes.valueLength(i);
      boolean believed = told && scan.isTold(code, wordOffsets[wordCount], wordLengths[wordCount]);
      wordCodes[wordCount++] = believed ? code : 0;
      unread &= believed ? ~(1L << Code.meaning(code)) : -1;
      return !plain || told;
    }
    if (plain) {
      values[valueCount] = i;
      valueCodes[valueCount++] = code;
      seenInWords &= ~(1L << Code.meaning(code));
      unread &= ~(1L << Code.meaning(code));
    }
    return (code & (Code.SIGNAL | Code.PACKED)) == 0;
  }
}
