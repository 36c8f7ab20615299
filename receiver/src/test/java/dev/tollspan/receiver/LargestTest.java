package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.grpc.Status;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The largest requests that pass with the limits that nobody chose, as docs/configuration.md tells
 * them: spans of 16 KiB, nearly all of it a prompt that compresses to a fifth.
 */
@Timeout(120)
class LargestTest {
  private static final int MIB = 1 << 20;
  private static final int PROMPT_BYTES = 16 << 10;
  private static final String JSON = "application/json";
  private static final String PROTOBUF = "application/x-protobuf";

  private static final String TEXT = text();

  @TempDir private static Path directory;

  /** Words in no order. */
  private static String text() {
    Random random = new Random(7);
    List<String> words = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      byte[] word = new byte[3 + random.nextInt(7)];
      for (int c = 0; c < word.length; c++) {
        word[c] = (byte) ('a' + random.nextInt(26));
      }
      words.add(new String(word, UTF_8));
    }
    StringBuilder all = new StringBuilder();
    while (all.length() < MIB) {
      all.append(words.get(random.nextInt(words.size()))).append(' ');
    }
    return all.toString();
  }

  private static String prompt(int number) {
    int from = number * 7919 % (TEXT.length() - PROMPT_BYTES);
    return TEXT.substring(from, from + PROMPT_BYTES);
  }

  /** A request of as many spans as fit so many bytes, and one shorter span. */
  private static byte[] protobuf(int bytes) {
    List<Span> spans = new ArrayList<>();
    int left = bytes - 64;
    for (int i = 0; left > 2 * PROMPT_BYTES; i++) {
      spans.add(Requests.span(i).addAttributes(Requests.attribute("p", prompt(i))).build());
      left -= spans.getLast().getSerializedSize() + 4;
    }
    byte[] message = Requests.message(spans).toByteArray();
    return Requests.join(message, Requests.ofSize(bytes - message.length));
  }

  private static byte[] json(int bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes);
    out.writeBytes("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[".getBytes(UTF_8));
    for (int i = 0; out.size() < bytes - 2 * PROMPT_BYTES; i++) {
      String id = HexFormat.of().formatHex(Requests.span(i).getSpanId().toByteArray());
      String span =
          "%s{\"traceId\":\"09000000000000000000000000000000\",\"spanId\":\"%s\",\"name\":\"chat\","
              + "\"attributes\":[{\"key\":\"p\",\"value\":{\"stringValue\":\"%s\"}}]}";
      out.writeBytes(span.formatted(i == 0 ? "" : ",", id, prompt(i)).getBytes(UTF_8));
    }
    out.writeBytes("]}]}]}".getBytes(UTF_8));
    byte[] spaces = new byte[bytes - out.size()];
    Arrays.fill(spaces, (byte) ' ');
    return Requests.join(out.toByteArray(), spaces);
  }

  private static int http(StationProcess process, String type, byte[] body, String... fields)
      throws IOException {
    awaitRoom(process);
    try (RawHttp http = new RawHttp(process.port)) {
      return http.post(type, body, fields).answer().status();
    }
  }

  private static Status.Code grpc(
      StationProcess process, RawClient client, String encoding, byte[] message)
      throws IOException {
    awaitRoom(process);
    RawClient.Reply reply =
        encoding.isEmpty() ? client.export(message) : client.export(encoding, message);
    return reply.code();
  }

  /** An answer may come before the room of its request is free. */
  private static void awaitRoom(StationProcess process) throws IOException {
    while (process.figures().inFlightBytes() > 0) {
      Thread.onSpinWait();
    }
  }

  private static int chunked(StationProcess process, byte[] body) throws IOException {
    awaitRoom(process);
    try (RawHttp http = new RawHttp(process.port)) {
      http.send("POST /v1/traces HTTP/1.1\r\nHost: h\r\nContent-Type: " + PROTOBUF + "\r\n");
      http.send("Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(body.length) + "\r\n");
      http.send(body).send("\r\n0\r\n\r\n");
      return http.answer().status();
    }
  }

  /** In every build the heap that the launcher gives; at full size also less and more. */
  static List<Arguments> heaps() {
    Arguments usual = Arguments.of(StationProcess.USUAL_HEAP_MEBIBYTES, 64, 54, 56, 34);
    return StationProcess.FULL
        ? List.of(Arguments.of(256, 42, 36, 37, 22), usual, Arguments.of(512, 64, 64, 64, 45))
        : List.of(usual);
  }

  /** Heap, then what passes: plain over either protocol, in chunks, compressed, in JSON. */
  @ParameterizedTest
  @MethodSource("heaps")
  void takesWhatTheDocumentationSays(int heap, int plain, int chunked, int packed, int json)
      throws Exception {
    try (StationProcess process = new StationProcess(log(heap), heap, 0, 0);
        RawClient grpc = new RawClient(process.port)) {
      byte[] request = protobuf(plain * MIB);
      assertEquals(200, http(process, PROTOBUF, request));
      assertEquals(Status.Code.OK, grpc(process, grpc, "", request));
      assertEquals(200, chunked(process, protobuf(chunked * MIB)));
      byte[] gzip = Requests.gzip(protobuf(packed * MIB));
      assertEquals(200, http(process, PROTOBUF, gzip, "Content-Encoding: gzip\r\n"));
      assertEquals(Status.Code.OK, grpc(process, grpc, "gzip", gzip));
      byte[] zstd = Requests.zstdStream(protobuf(packed * MIB));
      assertEquals(200, http(process, PROTOBUF, zstd, "Content-Encoding: zstd\r\n"));
      assertEquals(Status.Code.OK, grpc(process, grpc, "zstd", zstd));
      byte[] text = json(json * MIB);
      assertEquals(200, http(process, JSON, text));
      assertEquals(200, http(process, JSON, Requests.gzip(text), "Content-Encoding: gzip\r\n"));
      awaitRoom(process);
    }
  }

  /** Told to come again its sender would do so for ever. */
  @Test
  void refusesForGoodWhatCanNeverPass() throws Exception {
    int heap = StationProcess.USUAL_HEAP_MEBIBYTES;
    try (StationProcess process = new StationProcess(log(heap), heap, 0, 0);
        RawClient grpc = new RawClient(process.port)) {
      byte[] largest = protobuf(64 * MIB);
      byte[] more = protobuf(64 * MIB + 1);
      assertEquals(413, http(process, PROTOBUF, more));
      assertEquals(Status.Code.RESOURCE_EXHAUSTED, grpc(process, grpc, "", more));
      assertEquals(413, chunked(process, largest));
      byte[] gzip = Requests.gzip(largest);
      assertEquals(413, http(process, PROTOBUF, gzip, "Content-Encoding: gzip\r\n"));
      assertEquals(Status.Code.RESOURCE_EXHAUSTED, grpc(process, grpc, "gzip", gzip));
      byte[] zstd = Requests.zstdStream(largest);
      assertEquals(413, http(process, PROTOBUF, zstd, "Content-Encoding: zstd\r\n"));
      assertEquals(413, http(process, JSON, json(38 * MIB)));
      awaitRoom(process);
    }
  }

  private static Path log(int heap) {
    return directory.resolve("log-" + heap);
  }
}
