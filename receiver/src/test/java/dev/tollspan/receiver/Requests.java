package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.luben.zstd.ZstdOutputStream;
import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Makes trace requests, good ones and bad ones. */
final class Requests {
  static final String CANARY = "canary-7f3a";

  private Requests() {}

  static Span.Builder span(int number) {
    byte[] id = {1, 2, 3, 4, (byte) (number >> 24), (byte) (number >> 16), (byte) (number >> 8), 7};
    id[7] = (byte) number;
    byte[] trace = new byte[16];
    trace[0] = 9;
    return Span.newBuilder()
        .setTraceId(ByteString.copyFrom(trace))
        .setSpanId(ByteString.copyFrom(id))
        .setName("chat " + number)
        .setStartTimeUnixNano(1_000)
        .setEndTimeUnixNano(2_000);
  }

  /** A span without ids, which no receiver may keep. */
  static Span.Builder badSpan() {
    return Span.newBuilder().setName(CANARY).addAttributes(attribute(CANARY, CANARY));
  }

  static KeyValue attribute(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  static TracesData message(Iterable<Span> spans) {
    return TracesData.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder().addScopeSpans(ScopeSpans.newBuilder().addAllSpans(spans)))
        .build();
  }

  static TracesData message(int spans) {
    ScopeSpans.Builder scope = ScopeSpans.newBuilder();
    for (int i = 0; i < spans; i++) {
      scope.addSpans(span(i).addAttributes(attribute("gen_ai.request.model", "m-" + i)));
    }
    return TracesData.newBuilder()
        .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope))
        .build();
  }

  /** The same request as {@link #message(int)} in OTLP/JSON. */
  static byte[] json(int spans) {
    StringBuilder text = new StringBuilder("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[");
    for (int i = 0; i < spans; i++) {
      text.append(i == 0 ? "" : ",");
      text.append("{\"traceId\":\"09000000000000000000000000000000\",\"spanId\":\"");
      text.append(HexFormat.of().formatHex(span(i).getSpanId().toByteArray()));
      text.append("\",\"name\":\"chat ").append(i);
      text.append("\",\"startTimeUnixNano\":\"1000\",\"endTimeUnixNano\":\"2000\",");
      text.append("\"attributes\":[{\"key\":\"gen_ai.request.model\",");
      text.append("\"value\":{\"stringValue\":\"m-").append(i).append("\"}}]}");
    }
    return text.append("]}]}]}").toString().getBytes(UTF_8);
  }

  /** A good request of exactly so many bytes. */
  static byte[] ofSize(int bytes) {
    int padding = bytes - 128;
    for (int tries = 0; tries < 20; tries++) {
      TracesData message =
          message(List.of(span(1).addAttributes(attribute("p", "x".repeat(padding))).build()));
      int off = bytes - message.getSerializedSize();
      if (off == 0) {
        return message.toByteArray();
      }
      padding += off;
    }
    throw new AssertionError("no request has " + bytes + " bytes");
  }

  static byte[] gzip(byte[] plain) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** As a stream is compressed: its size is not known when it begins. */
  static byte[] zstdStream(byte[] plain) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZstdOutputStream zstd = new ZstdOutputStream(out)) {
      zstd.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
