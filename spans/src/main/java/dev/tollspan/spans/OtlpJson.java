package dev.tollspan.spans;

import dev.tollspan.spans.JsonMessage.Field;
import dev.tollspan.spans.JsonMessage.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * OTLP/JSON into OTLP's protobuf, as the protocol's section on JSON encoding asks: ids in hex,
 * enums and 64-bit integers as it says, unknown fields passed over, null for absent.
 *
 * <p>What is no JSON is an error of the whole text, as is a value of another type than its field's
 * outside of spans. Within a span it rejects that span alone, as do ids that are none. Of a member
 * that comes twice the last counts, and spans of the others are rejected. Text that is no Unicode
 * is repaired. What is nested too deep, sent twice as an attribute or beyond a limit is left as it
 * is: {@link SpanBatch#decode} judges it, as it does for protobuf, so that both encodings mean the
 * same.
 *
 * <p>The text is read once, from front to back, without recursion. One use each, on one thread.
 */
public final class OtlpJson {
  /** What is taken beside what the protocol allows. */
  public enum Reading {
    /** Nothing: for requests. */
    STRICT,
    /** Ids in base64 and enums by name, as tools that know protobuf only write them: for files. */
    LENIENT
  }

  /**
   * A request on the wire.
   *
   * @param bytes an array of the pool, to be handed to {@link SpanBatch#decode}
   * @param rejectedSpans how many spans were left out
   * @param reason why, in words that repeat nothing of the text; empty if none was left out
   */
  @SuppressWarnings("ArrayRecordComponent") // lent, not a value
  public record Protobuf(byte[] bytes, int length, int rejectedSpans, String reason) {}

  /** An object or an array that has begun; belongs to the reading thread. */
  private static final class Open {
    private final MessageWriter.Mark mark = new MessageWriter.Mark();
    private @Nullable Field field; // null for the whole
    private JsonMessage message = JsonMessage.REQUEST;
    private boolean isArray;
    private int level; // of the reader, within it
    private int rejectedBefore;
    private int keptBefore;
    private int membersBefore;
    private int textsBefore;
  }

  private final JsonReader reader;
  private final MessageWriter out;
  private final Tally tally;
  private final JsonScalars scalars;
  private final List<Open> opened = new ArrayList<>();
  private int depth; // these belong to the reading thread
  private int spanDepth; // of the span that is open; 0: none is
  private int keptSpans;
  private boolean isKnown; // whether the request has a member that is; the next: one that is not
  private boolean isUnknown;

  private OtlpJson(JsonReader reader, MessageWriter out, Tally tally, Reading reading) {
    this.reader = reader;
    this.out = out;
    this.tally = tally;
    scalars = new JsonScalars(reader, out, tally, reading);
  }

  /**
   * Translates one ExportTraceServiceRequest and decodes it as {@link SpanBatch#decode} does, with
   * the counts of both.
   *
   * @param json an array of this pool, which is taken over
   * @param room is asked with all bytes that will be taken beside the text: about as many for the
   *     protobuf, and as many again if members come in another order than their numbers'; and once
   *     the text has been given back, with those that are taken beyond its length
   */
  public static Decoded decode(
      BatchPool pool, KeyTable keys, byte[] json, int length, LongPredicate room) {
    Tally tally = new Tally();
    MessageWriter out;
    try {
      out = new MessageWriter(pool, length, room);
      new OtlpJson(new JsonReader(json, 0, length), out, tally, Reading.STRICT).read();
    } catch (NoRoomException noRoom) {
      return new Decoded.NoRoom();
    } catch (OtlpJsonException wrong) {
      return new Decoded.Malformed(Objects.requireNonNull(wrong.getMessage()));
    } finally {
      pool.release(json, length);
    }
    long saved = (long) length - out.length();
    return new Decoder(pool, keys, beside -> room.test(Math.max(0, beside - saved)))
        .decode(out.bytes(), out.length(), tally);
  }

  /**
   * Translates one ExportTraceServiceRequest (or TracesData, which has the same shape).
   *
   * @param json stays the caller's and as it is
   * @throws OtlpJsonException if it is no JSON or none of OTLP, or nested too deep
   */
  public static Protobuf toProtobuf(
      BatchPool pool, byte[] json, int offset, int length, Reading reading)
      throws OtlpJsonException {
    Tally tally = new Tally();
    MessageWriter out = new MessageWriter(pool, length, SpanIndex::isAlwaysRoom);
    JsonReader reader = new JsonReader(json, offset, length);
    new OtlpJson(reader, out, tally, reading).read();
    return new Protobuf(out.bytes(), out.length(), tally.rejectedSpans(), tally.reason());
  }

  private void read() throws OtlpJsonException {
    boolean isWhole = false;
    try {
      if (reader.kind() != '{') {
        throw reader.wrong("is not an object");
      }
      out.open(push(null, JsonMessage.REQUEST, false).mark);
      reader.open();
      while (depth > 0) {
        Open top = opened.get(depth - 1);
        if (top.isArray) {
          element(Objects.requireNonNull(top.field));
        } else if (reader.nextMember()) {
          member(top);
        } else {
          close(top);
        }
      }
      reader.end();
      if (isUnknown && !isKnown) {
        tally.add(Repair.UNKNOWN, 1); // unknown members are passed over, but all of a request?
      }
      isWhole = true;
    } finally {
      if (isWhole) {
        out.releaseScratch();
      } else {
        out.release();
      }
    }
  }

  private void member(Open top) throws OtlpJsonException {
    reader.resolve();
    Field field = top.message.field(reader.source(), reader.start(), reader.stop());
    int kind = reader.kind();
    isKnown |= field != null;
    if (field == null) {
      isUnknown = true;
      reader.skip();
      return;
    }
    if (!out.part(top.mark, field.number())) {
      tally.add(Repair.MEMBER, 1);
      if (field.holdsSpans()) { // as no other field of its message does
        tally.reject(keptSpans - top.keptBefore, "a list of spans comes twice");
        keptSpans = top.keptBefore;
      }
    }
    if (kind == 'n') {
      reader.literal();
      return;
    }
    switch (field.form()) {
      case MESSAGE -> {
        if (kind == '{') {
          open(field);
        } else {
          reader.skip();
          wrong(field, "an object");
        }
      }
      case MESSAGES, TEXTS -> {
        if (kind == '[') {
          push(field, top.message, true);
          reader.open();
        } else {
          reader.skip();
          wrong(field, "an array");
        }
      }
      default -> {
        // In a value presence says the type; elsewhere what is empty is not written.
        String expected = scalars.write(field, kind, top.message == JsonMessage.ANY_VALUE);
        if (expected != null) {
          wrong(field, expected);
        }
      }
    }
  }

  private void element(Field field) throws OtlpJsonException {
    if (!reader.nextElement()) {
      depth--;
      return;
    }
    int kind = reader.kind();
    if (field.form() == Form.TEXTS) {
      if (scalars.write(field, kind, true) != null) {
        wrong(field, "an array of texts");
      }
    } else if (kind == '{') {
      open(field);
    } else if (field.message() == JsonMessage.SPAN) {
      reader.skip();
      tally.reject("a span must be an object");
    } else if (kind == 'n') {
      out.empty(field.number());
      reader.literal();
    } else {
      reader.skip();
      wrong(field, "an array of objects");
    }
  }

  private void open(Field field) throws OtlpJsonException {
    Open top = push(field, Objects.requireNonNull(field.message()), false);
    out.open(top.mark, field.number());
    reader.open();
    top.level = reader.depth();
    if (top.message == JsonMessage.SPAN) {
      spanDepth = depth;
      top.membersBefore = tally.count(Repair.MEMBER);
      top.textsBefore = tally.count(Repair.TEXT);
    }
  }

  private Open push(@Nullable Field field, JsonMessage message, boolean isArray) {
    if (depth == opened.size()) {
      opened.add(new Open());
    }
    Open top = opened.get(depth++);
    top.field = field;
    top.message = message;
    top.isArray = isArray;
    top.rejectedBefore = tally.rejectedSpans();
    top.keptBefore = keptSpans;
    return top;
  }

  private void close(Open top) throws OtlpJsonException {
    if (!out.close(top.mark, top.message == JsonMessage.ANY_VALUE)) {
      throw reader.wrong("has too much in another order than the protocol's");
    }
    switch (top.message) {
      case SPAN -> {
        if (!out.hasIds(top.mark)) {
          reject(Normaliser.NO_IDS);
          return;
        }
        out.settle(top.mark);
        keptSpans++;
        spanDepth = 0;
      }
      case RESOURCE_SPANS, SCOPE_SPANS -> {
        // What has lost all of its spans is an empty envelope, which nobody is to be sent.
        if (keptSpans == top.keptBefore && tally.rejectedSpans() > top.rejectedBefore) {
          out.undo(top.mark);
        }
      }
      default -> {} // nothing more to say of it
    }
    depth--;
  }

  /** The value that was read last is none of its field. */
  private void wrong(Field field, String expected) throws OtlpJsonException {
    String reason = field.name() + " must be " + expected;
    if (spanDepth == 0) {
      throw reader.wrong(reason);
    }
    reject(reason);
  }

  /** Leaves out the span that is open, and reads on behind it. */
  private void reject(String reason) throws OtlpJsonException {
    Open span = opened.get(spanDepth - 1);
    out.undo(span.mark);
    reader.skipTo(span.level - 1);
    tally.reject(reason);
    tally.add(Repair.MEMBER, span.membersBefore - tally.count(Repair.MEMBER));
    tally.add(Repair.TEXT, span.textsBefore - tally.count(Repair.TEXT));
    depth = spanDepth - 1;
    spanDepth = 0;
  }
}
