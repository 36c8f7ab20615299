package dev.tollspan.spans;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.function.LongPredicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The slow way: brings a request that is not canonical into canonical form, so that whatever reads
 * it afterwards knows one form only.
 *
 * <p>Canonical spans are copied; odd ones are parsed with the generated classes, cleaned by {@link
 * Canonical} and serialised again without unknown fields. The generated classes settle what
 * protobuf says about merging: of a singular field sent twice the last wins, messages are merged.
 * Spans that cannot be kept are left out and counted. For one request and one thread, which owns
 * the fields that are not final.
 *
 * <p>Writes into one array of the pool: a message's content first, which then moves over to make
 * room for its tag and length. Asks for room for that array, and before a message is parsed for the
 * most that its objects can take.
 */
final class Normaliser {
  private static final Parser<Span> SPANS = DiscardUnknownFieldsParser.wrap(Span.parser());
  private static final Parser<Resource> RESOURCES =
      DiscardUnknownFieldsParser.wrap(Resource.parser());
  private static final Parser<InstrumentationScope> SCOPES =
      DiscardUnknownFieldsParser.wrap(InstrumentationScope.parser());

  // The fields of the two kinds of groups.
  private static final int OF_RESOURCE = 1;
  private static final int OF_SCOPE = 2;

  static final String NO_IDS =
      "a span's trace_id or span_id is missing, of wrong length or all zero";

  private static final String TOO_MANY =
      "a span holds more than 65,536 messages: attributes, their values, events and links";

  private static final String NO_SPAN =
      "a span has ids of text, no times and no name: it looks like a metric";

  /** A text of two bytes a char, and when it is written three bytes a char and a copy. */
  private static final int PARSED_BYTES_PER_BYTE = 6;

  /** A parsed message, its copy in canonical form, their places in lists and a map. */
  private static final int PARSED_BYTES_PER_MESSAGE = 256;

  /**
   * A canonical request, and what it took to make it one; {@code bytes} is an array of the pool, of
   * which {@code length} bytes are used, and its release is owed.
   */
  @SuppressWarnings("ArrayRecordComponent") // results are never compared
  record Result(byte[] bytes, int length) {}

  /** The framing of the request is broken, or it holds more messages than are taken. */
  private static final class Broken extends Exception {
    private static final long serialVersionUID = 1;
  }

  /** There is no room for what it takes. */
  private static final class NoRoom extends Exception {
    private static final long serialVersionUID = 1;
  }

  private final BatchPool pool;
  private final LongPredicate room;
  private final byte[] bytes;
  private final SpanIndex scratch;
  private final Indexer indexer;
  private final Framing framing;
  private final Tally tally;
  private final Canonical canonical;
  private byte[] out = {};
  private int size; // of what is written so far
  private long besideIndex; // what is asked for, beside the request and the index
  private long parsedBytesMax; // the part of it for parsed messages
  private int kept;
  private int messages; // resources, scopes and spans seen

  Normaliser(Decoder decoder, byte[] bytes, SpanIndex scratch, Tally tally) {
    pool = decoder.pool();
    room = decoder.room();
    this.bytes = bytes;
    this.scratch = scratch;
    this.tally = tally;
    indexer = new Indexer(decoder.keys(), bytes, scratch);
    framing = scratch.framing();
    canonical = new Canonical(decoder.keys(), tally);
  }

  /**
   * Rewrites the request in {@code [0, length)}; null if its framing is broken, or if there is no
   * room: then the scratch index is refused.
   */
  @Nullable Result rewrite(int length) {
    besideIndex = length;
    scratch.askBeforeGrowing(this::hasRoomFor);
    Result result = null;
    try {
      checkRoom();
      out = pool.acquire(length);
      Fields top = new Fields(0, length);
      while (top.next()) {
        if (top.isMessage(OF_RESOURCE)) {
          group(OF_RESOURCE, top.start, top.end);
        }
      }
      result = new Result(out, size);
    } catch (Broken | InvalidProtocolBufferException | NoRoom e) {
      pool.release(out, size);
    }
    return result;
  }

  private boolean hasRoomFor(long indexBytes) {
    return room.test(indexBytes + besideIndex);
  }

  /** Writes a message of spans of one resource, or one of spans of one scope within it. */
  private void group(int field, int from, int to)
      throws Broken, NoRoom, InvalidProtocolBufferException {
    count();
    int begin = size;
    int keptBefore = kept;
    int rejectedBefore = tally.rejectedSpans();
    if (field == OF_RESOURCE) {
      first(Framing.RESOURCE, RESOURCES, canonical::of, from, to);
    } else {
      first(Framing.SCOPE, SCOPES, canonical::of, from, to);
    }
    int schema = -1;
    int schemaEnd = -1;
    Fields fields = new Fields(from, to);
    while (fields.next()) {
      if (fields.isMessage(2)) {
        if (field == OF_RESOURCE) {
          group(OF_SCOPE, fields.start, fields.end);
        } else {
          span(fields.start, fields.end);
        }
      } else if (fields.isMessage(3)) {
        schema = fields.start;
        schemaEnd = fields.end;
      }
    }
    if (kept == keptBefore && tally.rejectedSpans() > rejectedBefore) {
      // What has lost all of its spans is an empty envelope, which nobody is to be sent.
      Arrays.fill(out, begin, size, (byte) 0);
      size = begin;
      return;
    }
    if (schema >= 0) {
      tally.add(Repair.TEXT, Utf8.repair(bytes, schema, schemaEnd) ? 1 : 0);
      put(3, schema, schemaEnd);
    }
    wrap(field, begin);
  }

  private void span(int from, int to) throws Broken, NoRoom {
    count();
    scratch.clear();
    scratch.limit = to;
    boolean isCanonical = indexer.isCanonicalSpan(from, to);
    checkRoom();
    if (isCanonical) {
      put(2, from, to);
      kept++;
      return;
    }
    tally.rewrite();
    switch (framing.check(bytes, Framing.SPAN, from, to)) {
      case BROKEN -> {
        // A log record or a metric is one too, by the types of spans.
        if (mayHaveIds(from, to)) {
          throw new Broken();
        }
        tally.reject(NO_IDS);
      }
      case LARGE -> tally.reject(TOO_MANY);
      case UNUSABLE -> tally.reject("a span holds groups or is nested too deep");
      case FINE, ODD -> {
        if (mayHaveIds(from, to)) {
          odd(from, to);
        } else {
          tally.reject(NO_IDS);
        }
      }
    }
  }

  private void odd(int from, int to) throws NoRoom {
    askToParse(to - from, framing.messages());
    int repaired = framing.repairText(bytes, Framing.SPAN, from, to);
    try {
      Span span = SPANS.parseFrom(bytes, from, to - from);
      if (!Canonical.hasIds(span)) {
        tally.reject(NO_IDS);
      } else if (Canonical.isNone(span)) {
        tally.reject(NO_SPAN);
      } else {
        tally.add(Repair.TEXT, repaired);
        put(2, canonical.of(span));
        kept++;
      }
    } catch (InvalidProtocolBufferException e) {
      tally.reject("a span cannot be parsed");
    }
  }

  /** Whether ids of the right length stand somewhere; also if that cannot be told. */
  private boolean mayHaveIds(int from, int to) {
    boolean hasTrace = false;
    boolean hasSpan = false;
    try {
      Fields fields = new Fields(from, to);
      while (fields.next()) {
        hasTrace |= fields.isMessage(1) && fields.end - fields.start == 16;
        hasSpan |= fields.isMessage(2) && fields.end - fields.start == 8;
      }
    } catch (Broken _) {
      return true;
    }
    return hasTrace && hasSpan;
  }

  private void count() throws Broken {
    if (++messages > 3 * SpanIndex.MESSAGES_MAX) {
      throw new Broken();
    }
  }

  /**
   * Writes a group's resource or scope, if it has one. All that it has are put one after the other
   * to be parsed: that is how protobuf merges them.
   */
  private <T extends MessageLite> void first(
      int type, Parser<T> parser, UnaryOperator<T> rules, int from, int to)
      throws Broken, NoRoom, InvalidProtocolBufferException {
    int begin = size;
    int messages = 0;
    boolean found = false;
    Fields fields = new Fields(from, to);
    while (fields.next()) {
      if (fields.isMessage(1)) {
        found = true;
        Framing.Verdict verdict = framing.check(bytes, type, fields.start, fields.end);
        if (verdict != Framing.Verdict.FINE && verdict != Framing.Verdict.ODD) {
          throw new Broken();
        }
        messages += framing.messages();
        tally.add(Repair.TEXT, framing.repairText(bytes, type, fields.start, fields.end));
        append(fields.start, fields.end);
      }
    }
    if (found) {
      askToParse(size - begin, messages);
      T merged = rules.apply(parser.parseFrom(out, begin, size - begin));
      Arrays.fill(out, begin, size, (byte) 0);
      size = begin;
      put(1, merged);
    }
  }

  private void put(int field, MessageLite message) throws NoRoom {
    int length = message.getSerializedSize();
    grow(1 + Wire.VARINT_BYTES_MAX + length);
    size = head(field, size, length);
    try {
      message.writeTo(CodedOutputStream.newInstance(out, size, length));
    } catch (IOException e) {
      throw new UncheckedIOException("an array refused bytes", e);
    }
    size += length;
  }

  private void put(int field, int from, int to) throws NoRoom {
    grow(1 + Wire.VARINT_BYTES_MAX);
    size = head(field, size, to - from);
    append(from, to);
  }

  private void append(int from, int to) throws NoRoom {
    grow(to - from);
    System.arraycopy(bytes, from, out, size, to - from);
    size += to - from;
  }

  /** Makes what was written since {@code begin} the content of a field. */
  private void wrap(int field, int begin) throws NoRoom {
    int length = size - begin;
    int headBytes = 1 + Wire.varintSize(length);
    grow(headBytes);
    System.arraycopy(out, begin, out, begin + headBytes, length);
    head(field, begin, length);
    size += headBytes;
  }

  private int head(int field, int at, int length) {
    out[at] = (byte) Wire.tag(field, Wire.LENGTH);
    return Wire.putVarint(out, at + 1, length);
  }

  /** Canonical form is hardly ever longer than what was sent. */
  private void grow(int more) throws NoRoom {
    if (more > out.length - size) {
      int next = Math.max(size + more, out.length + out.length / 2);
      ask((long) out.length + next);
      byte[] larger = pool.acquire(next);
      System.arraycopy(out, 0, larger, 0, size);
      pool.release(out, size);
      out = larger;
    }
  }

  private void askToParse(int length, int messages) throws NoRoom {
    long parsed =
        (long) PARSED_BYTES_PER_BYTE * length + (long) PARSED_BYTES_PER_MESSAGE * (1 + messages);
    if (parsed > parsedBytesMax) {
      parsedBytesMax = parsed;
      ask(out.length);
    }
  }

  private void ask(long arrayBytes) throws NoRoom {
    besideIndex = arrayBytes + parsedBytesMax;
    scratch.askBeforeGrowing(this::hasRoomFor);
    checkRoom();
  }

  private void checkRoom() throws NoRoom {
    if (scratch.isRefused()) {
      throw new NoRoom();
    }
  }

  /**
   * Goes through the fields of one message; the offsets are those of the current field's content.
   */
  private final class Fields {
    private final int limit;
    private int tag;
    private int start;
    private int end;

    Fields(int from, int to) {
      end = from;
      limit = to;
    }

    boolean isMessage(int field) {
      return tag == Wire.tag(field, Wire.LENGTH);
    }

    boolean next() throws Broken {
      if (end == limit) {
        return false;
      }
      long read = varint(end);
      tag = (int) read;
      if (read >>> 3 == 0 || read >>> 32 != 0) {
        throw new Broken();
      }
      long length =
          switch (tag & 7) {
            case Wire.VARINT -> Wire.varintBytes(bytes, start, limit);
            case Wire.FIXED64 -> 8;
            case Wire.FIXED32 -> 4;
            case Wire.LENGTH -> varint(start);
            default -> throw new Broken();
          };
      if (length < 0 || length > limit - start || (length == 0 && (tag & 7) == Wire.VARINT)) {
        throw new Broken();
      }
      end = start + (int) length;
      return true;
    }

    /** Reads a varint and puts the offset behind it into {@code start}. */
    private long varint(int at) throws Broken {
      int size = Wire.varintBytes(bytes, at, limit);
      if (size == 0) {
        throw new Broken();
      }
      start = at + size;
      return Wire.varintAt(bytes, at);
    }
  }
}
