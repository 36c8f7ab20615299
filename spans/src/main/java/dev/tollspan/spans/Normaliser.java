package dev.tollspan.spans;

import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The slow way: brings a request that is not canonical into canonical form, so that whatever reads
 * it afterwards knows one form only.
 *
 * <p>Canonical spans are copied; odd ones are parsed with the generated classes, cleaned by {@link
 * Canonical} and serialised again without unknown fields. The generated classes settle what
 * protobuf says about merging: of a singular field sent twice the last wins, messages are merged.
 * Spans that cannot be kept are left out and counted. For one request and one thread.
 */
final class Normaliser {
  private static final Parser<Span> SPANS = DiscardUnknownFieldsParser.wrap(Span.parser());
  private static final Parser<Resource> RESOURCES =
      DiscardUnknownFieldsParser.wrap(Resource.parser());
  private static final Parser<InstrumentationScope> SCOPES =
      DiscardUnknownFieldsParser.wrap(InstrumentationScope.parser());

  /** A span without room for both of its ids need not be parsed. */
  private static final int ID_BYTES = 28;

  private static final String NO_IDS =
      "a span's trace_id or span_id is missing, of wrong length or all zero";

  /** A canonical request, and what it took to make it one. */
  static final class Result {
    final byte[] bytes;
    final int rejectedSpans;
    final String reason;
    final int oddSpans;

    private Result(byte[] bytes, int rejectedSpans, String reason, int oddSpans) {
      this.bytes = bytes;
      this.rejectedSpans = rejectedSpans;
      this.reason = reason;
      this.oddSpans = oddSpans;
    }
  }

  /** The framing of the request is broken, or it holds more messages than are taken. */
  private static final class Broken extends Exception {
    private static final long serialVersionUID = 1;
  }

  private final byte[] bytes;
  private final SpanIndex scratch;
  private final Indexer indexer;
  private final Framing framing;
  private int rejected;
  private String reason = "";
  private int odd;
  private int messages; // resources, scopes and spans seen

  Normaliser(KeyTable keys, byte[] bytes, SpanIndex scratch) {
    this.bytes = bytes;
    this.scratch = scratch;
    indexer = new Indexer(keys, bytes, scratch);
    framing = scratch.framing();
  }

  /** Rewrites the request in {@code [0, length)}; null if its framing is broken. */
  @Nullable Result rewrite(int length) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream(length);
      Fields top = new Fields(0, length);
      while (top.next()) {
        if (top.isMessage(1)) {
          put(out, 1, resourceSpans(top.start, top.end));
        }
      }
      return new Result(out.toByteArray(), rejected, reason, odd);
    } catch (Broken | InvalidProtocolBufferException e) {
      return null;
    }
  }

  private byte[] resourceSpans(int from, int to) throws Broken, InvalidProtocolBufferException {
    count();
    ByteArrayOutputStream resource = new ByteArrayOutputStream();
    ByteArrayOutputStream scopes = new ByteArrayOutputStream();
    boolean hasResource = false;
    byte[] schema = null;
    Fields fields = new Fields(from, to);
    while (fields.next()) {
      if (fields.isMessage(1)) {
        hasResource = true;
        checked(Framing.RESOURCE, fields, resource);
      } else if (fields.isMessage(2)) {
        put(scopes, 2, scopeSpans(fields.start, fields.end));
      } else if (fields.isMessage(3)) {
        schema = text(fields);
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (hasResource) {
      put(out, 1, Canonical.of(RESOURCES.parseFrom(resource.toByteArray())).toByteArray());
    }
    out.writeBytes(scopes.toByteArray());
    if (schema != null) {
      put(out, 3, schema);
    }
    return out.toByteArray();
  }

  private byte[] scopeSpans(int from, int to) throws Broken, InvalidProtocolBufferException {
    count();
    ByteArrayOutputStream scope = new ByteArrayOutputStream();
    ByteArrayOutputStream spans = new ByteArrayOutputStream();
    boolean hasScope = false;
    byte[] schema = null;
    Fields fields = new Fields(from, to);
    while (fields.next()) {
      if (fields.isMessage(1)) {
        hasScope = true;
        checked(Framing.SCOPE, fields, scope);
      } else if (fields.isMessage(2)) {
        span(fields.start, fields.end, spans);
      } else if (fields.isMessage(3)) {
        schema = text(fields);
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (hasScope) {
      put(out, 1, Canonical.of(SCOPES.parseFrom(scope.toByteArray())).toByteArray());
    }
    out.writeBytes(spans.toByteArray());
    if (schema != null) {
      put(out, 3, schema);
    }
    return out.toByteArray();
  }

  private void span(int from, int to, ByteArrayOutputStream out) throws Broken {
    count();
    scratch.clear();
    scratch.limit = to;
    if (indexer.isCanonicalSpan(from, to)) {
      put(out, 2, bytes, from, to - from);
      return;
    }
    odd++;
    switch (framing.check(bytes, Framing.SPAN, from, to)) {
      case BROKEN -> throw new Broken();
      case UNUSABLE -> reject("a span holds groups or is nested too deep");
      case FINE, ODD -> {
        if (to - from < ID_BYTES) {
          reject(NO_IDS);
          return;
        }
        framing.repairText(bytes, Framing.SPAN, from, to);
        try {
          Span span = Canonical.of(SPANS.parseFrom(bytes, from, to - from));
          if (Canonical.hasIds(span)) {
            put(out, 2, span.toByteArray());
          } else {
            reject(NO_IDS);
          }
        } catch (InvalidProtocolBufferException e) {
          reject("a span cannot be parsed");
        }
      }
    }
  }

  private void count() throws Broken {
    if (++messages > 3 * SpanIndex.MESSAGES_MAX) {
      throw new Broken();
    }
  }

  private void reject(String why) {
    rejected++;
    reason = reason.isEmpty() || reason.equals(why) ? why : "several spans are invalid";
  }

  /** Checks and repairs a message and appends it: protobuf merges by concatenation. */
  private void checked(int type, Fields at, ByteArrayOutputStream out) throws Broken {
    Framing.Verdict verdict = framing.check(bytes, type, at.start, at.end);
    if (verdict == Framing.Verdict.BROKEN || verdict == Framing.Verdict.UNUSABLE) {
      throw new Broken();
    }
    framing.repairText(bytes, type, at.start, at.end);
    out.write(bytes, at.start, at.end - at.start);
  }

  private byte[] text(Fields at) {
    Utf8.repair(bytes, at.start, at.end);
    return Arrays.copyOfRange(bytes, at.start, at.end);
  }

  private static void put(ByteArrayOutputStream out, int field, byte[] content) {
    put(out, field, content, 0, content.length);
  }

  private static void put(ByteArrayOutputStream out, int field, byte[] from, int at, int length) {
    byte[] head = new byte[1 + Wire.VARINT_BYTES_MAX];
    head[0] = (byte) Wire.tag(field, Wire.LENGTH);
    out.write(head, 0, Wire.putVarint(head, 1, length));
    out.write(from, at, length);
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
