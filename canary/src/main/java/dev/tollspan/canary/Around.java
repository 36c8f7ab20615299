package dev.tollspan.canary;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.Message;
import dev.tollspan.canary.Sender.Request;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * A request with a mark around it, or one that cannot be taken with a mark in it: too large,
 * broken, cut off, damaged, odd, for nobody, from nobody.
 *
 * @param spans how many spans it holds, if it can be taken
 * @param forLogin whether it is for a receiver that asks for a login, without one that is right
 */
public record Around(Mark mark, Request request, int spans, boolean forLogin) {
  private static final String COLLECTOR = "opentelemetry.proto.collector.";

  /** Larger than all headers of a request together may be. */
  private static final int LARGE_HEADER_BYTES = 70_000;

  /** An ordinary request, by one way in. */
  private record Target(Transport transport, String method, int requestBytesMax) {
    Request at(String other, byte[] body) {
      return new Request(other, "", Map.of(), body);
    }

    Request with(String header, String value, Mark mark) {
      return new Request(method, "", Map.of(header, value), transport.encode(mark.request()));
    }

    Request packed(String packing, byte[] body) {
      return new Request(method, packing, Map.of(), body);
    }

    String below(String word) {
      return isGrpc() ? method.replace("/Export", "/" + word) : method + "/" + word;
    }

    String beside(String word) {
      return isGrpc() ? word + "/Export" : "/" + word;
    }

    String of(String signal, String service) {
      return isGrpc() ? COLLECTOR + signal + ".v1." + service + "/Export" : "/v1/" + signal;
    }

    byte[] encode(Message message) {
      byte[] bytes = message.toByteArray();
      return transport.isJson() ? JsonBody.of(bytes, message.getDescriptorForType()) : bytes;
    }

    private boolean isGrpc() {
      return transport == Transport.GRPC;
    }
  }

  /**
   * One of each; the same seed makes the same marks.
   *
   * @param exportMethod of an ordinary request
   * @param requestBytesMax what the receiver takes at most
   */
  public static List<Around> all(
      Transport transport, String exportMethod, int requestBytesMax, long seed) {
    Target target = new Target(transport, exportMethod, requestBytesMax);
    List<Way> ways = Arrays.stream(Way.values()).filter(way -> way.goesBy(transport)).toList();
    List<String> places = new ArrayList<>();
    ways.forEach(way -> places.add("around: " + way.label()));
    if (transport.isJson()) {
      OddSpans.all().forEach(odd -> places.add("around: span with text for " + odd));
    }
    Iterator<Mark> marks = Matrix.plain(places, transport, seed).iterator();
    List<Around> all = new ArrayList<>();
    for (Way way : ways) {
      Mark mark = marks.next();
      int spans = way.spans(transport);
      all.add(new Around(mark, request(way, mark, target), spans, way.isForLogin()));
    }
    if (transport.isJson()) {
      for (String odd : OddSpans.all()) {
        Mark mark = marks.next();
        Request request = target.packed("", OddSpans.request(odd, text(mark)));
        all.add(new Around(mark, request, 2, false));
      }
    }
    return all;
  }

  private static Request request(Way way, Mark mark, Target target) {
    String text = text(mark);
    String word = mark.word();
    byte[] body = text.getBytes(UTF_8);
    byte[] spans = target.transport.encode(mark.request());
    int tooLarge = target.requestBytesMax + 1;
    return switch (way) {
      case IN_A_HEADER -> target.with("x-note", text, mark);
      case IN_A_HEADER_NAME -> target.with("x-" + word, "1", mark);
      case IN_A_LARGE_HEADER ->
          target.with("x-note", new String(repeated(body, LARGE_HEADER_BYTES), UTF_8), mark);
      case IN_BAGGAGE -> target.with("baggage", "note=" + word, mark);
      case IN_AUTHORIZATION, WITH_ANOTHER_TOKEN ->
          target.with("authorization", "Bearer " + word, mark);
      case WITH_ANOTHER_SCHEME -> target.with("authorization", "Basic " + base64(word), mark);
      case IN_A_CONTENT_TYPE -> target.with("content-type", "text/" + word, mark);
      case IN_A_CONTENT_ENCODING -> target.with("content-encoding", word, mark);
      case IN_A_HEAD -> target.with("x note " + word, "1", mark);
      case IN_A_QUERY -> target.at(target.method + "?note=" + word, spans);
      case IN_A_METHOD -> target.at(target.below(word), spans);
      case IN_A_SERVICE -> target.at(target.beside(word), spans);
      case FOR_LOGS -> target.at(target.of("logs", "LogsService"), target.encode(logs(text)));
      case FOR_METRICS ->
          target.at(target.of("metrics", "MetricsService"), target.encode(metrics(text)));
      case LOGS_AS_SPANS -> target.packed("", target.encode(logs(text)));
      case OF_ANOTHER_TYPE ->
          new Request(target.method, "", Map.of("content-type", "text/plain"), body);
      case NO_OTLP, WITHOUT_LOGIN -> target.packed("", noOtlp(target.transport, body));
      case CUT_OFF -> target.packed("", cutOff(target.transport, body));
      case WITH_A_GROUP -> target.packed("", field(1, field(1, group(body))));
      case ODD_SPAN ->
          target.packed("", joined(mark.request(), field(1, field(2, field(2, body)))));
      case TOO_LARGE -> target.packed("", repeated(body, tooLarge));
      case TOO_LARGE_UNPACKED -> target.packed("gzip", gzip(repeated(body, tooLarge)));
      case NOT_PACKED -> target.packed("gzip", body);
      case DAMAGED -> target.packed("gzip", Arrays.copyOf(gzip(body), body.length - 1));
      case UNHEARD_OF -> target.packed("unheard-of", body);
    };
  }

  private static String text(Mark mark) {
    return Encoding.PLAIN.text(mark.word());
  }

  private static String base64(String word) {
    return Base64.getEncoder().encodeToString(("ann:" + word).getBytes(UTF_8));
  }

  private static Message logs(String text) {
    return ExportLogsServiceRequest.newBuilder()
        .addResourceLogs(
            ResourceLogs.newBuilder()
                .addScopeLogs(
                    ScopeLogs.newBuilder()
                        .addLogRecords(
                            LogRecord.newBuilder()
                                .setTimeUnixNano(1)
                                .setBody(AnyValue.newBuilder().setStringValue(text)))))
        .build();
  }

  private static Message metrics(String text) {
    return ExportMetricsServiceRequest.newBuilder()
        .addResourceMetrics(
            ResourceMetrics.newBuilder()
                .addScopeMetrics(
                    ScopeMetrics.newBuilder().addMetrics(Metric.newBuilder().setName(text))))
        .build();
  }

  /** In JSON it begins well, so that a parser would quote what it stumbles over. */
  private static byte[] noOtlp(Transport transport, byte[] body) {
    byte[] start = (transport.isJson() ? "{\"resourceSpans\": " : "").getBytes(UTF_8);
    return joined(start, body);
  }

  private static byte[] cutOff(Transport transport, byte[] body) {
    return transport.isJson()
        ? joined("{\"resourceSpans\":[{\"schemaUrl\":\"".getBytes(UTF_8), body)
        : Arrays.copyOf(field(1, body), body.length);
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] joined = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, joined, first.length, second.length);
    return joined;
  }

  /** The body as a field of a message; shorter than 16 KiB. */
  private static byte[] field(int number, byte[] body) {
    ByteArrayOutputStream field = new ByteArrayOutputStream();
    field.write((number << 3) | 2);
    field.write((body.length & 0x7f) | 0x80);
    field.write(body.length >>> 7);
    field.writeBytes(body);
    return field.toByteArray();
  }

  private static byte[] group(byte[] body) {
    ByteArrayOutputStream group = new ByteArrayOutputStream();
    group.write((1 << 3) | 3);
    group.writeBytes(field(1, body));
    group.write((1 << 3) | 4);
    return group.toByteArray();
  }

  private static byte[] repeated(byte[] body, int length) {
    byte[] repeated = new byte[length];
    for (int at = 0; at < length; at += body.length) {
      System.arraycopy(body, 0, repeated, at, Math.min(body.length, length - at));
    }
    return repeated;
  }

  /** The bytes, packed in one of the ways that receivers know; as they are if it is empty. */
  public static byte[] packed(String packing, byte[] bytes) {
    return switch (packing) {
      case "gzip" -> gzip(bytes);
      case "zstd" -> Zstd.compress(bytes);
      default -> bytes;
    };
  }

  /** The bytes, packed. */
  public static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("memory refused bytes", e);
    }
    return packed.toByteArray();
  }
}
