package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Status;
import dev.tollspan.spans.Soundness;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whatever comes as the body of a request over HTTP is answered once, in its encoding, and means
 * what the same bytes mean that are decoded as they are; the connection goes on. The first byte
 * chooses type, compression and framing, the second seeds the pieces.
 */
class HttpBodyFuzzTest {
  private static final Packing[] PACKINGS = {
    Packing.NONE, Packing.GZIP, Packing.ZSTD, Packing.NONE
  };
  private static final int JSON = 4;
  private static final int PACKED_ALREADY = 8;
  private static final int CHUNKED = 16;
  private static final Pattern REJECTED = Pattern.compile("\"rejectedSpans\":\"([0-9]+)\"");
  private static final String NEXT = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

  private final Lab lab = new Lab();

  @FuzzTest(maxDuration = "3m")
  void answersAnyBodyOnceAndAsIfItHadComePlain(byte[] input) {
    if (input.length < 2) {
      return;
    }
    Packing packing = PACKINGS[input[0] & 3];
    boolean isJson = (input[0] & JSON) != 0;
    boolean isPacked = (input[0] & PACKED_ALREADY) != 0 && packing != Packing.NONE;
    boolean isChunked = (input[0] & CHUNKED) != 0;
    SplittableRandom random = new SplittableRandom(input[1]);
    byte[] rest = Arrays.copyOfRange(input, 2, input.length);
    byte[] body = isPacked ? rest : packing.pack(rest);
    Fate fate = talk(request(body, packing, isJson, isChunked ? random : null), isJson, random);
    if (fate.status() == 200 || !isPacked) {
      byte[] plain = isPacked ? packing.unpack(rest, Lab.LIMIT) : rest;
      boolean fits = body.length <= Lab.LIMIT;
      Fate wanted = fits ? Fate.of(plain, isJson, Lab.LIMIT) : Fate.refused(413);
      assertEquals(wanted, fate);
      if (!isJson && fate.status() == 200) {
        Soundness.check(plain);
      }
    } else {
      assertTrue(fate.status() == 400 || fate.status() == 413, "" + fate.status());
      assertTrue(fate.batches().isEmpty());
    }
  }

  private Fate talk(byte[] request, boolean isJson, SplittableRandom random) {
    HttpTalk talk = HttpTalk.of(lab, request, 1 + random.nextInt(request.length), random);
    HttpTalk.Answer answer = talk.answers().getFirst();
    assertTrue(!answer.isLast() || answer.status() == 413);
    assertEquals(answer.isLast() ? 1 : 2, talk.answers().size());
    assertEquals(answer.isLast() ? 413 : 404, talk.answers().getLast().status());
    return new Fate(answer.status(), rejected(answer, isJson), talk.batches());
  }

  private static long rejected(HttpTalk.Answer answer, boolean isJson) {
    try {
      if (isJson) {
        assertTrue(answer.body().startsWith("{") && answer.body().endsWith("}"), answer.body());
        Matcher rejected = REJECTED.matcher(answer.body());
        return rejected.find() ? Long.parseLong(rejected.group(1)) : 0;
      }
      byte[] body = answer.body().getBytes(ISO_8859_1);
      if (answer.status() == 200) {
        return ExportTraceServiceResponse.parseFrom(body).getPartialSuccess().getRejectedSpans();
      }
      assertTrue(Status.parseFrom(body).getCode() > 0);
      return 0;
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("the answer is no protobuf", e);
    }
  }

  /** In chunks of random length if there is a source of them; and another request behind it. */
  private static byte[] request(
      byte[] body, Packing packing, boolean isJson, SplittableRandom chunks) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String type = isJson ? "application/json" : "application/x-protobuf";
    add(out, "POST /v1/traces HTTP/1.1\r\nHost: h\r\nContent-Type: " + type + "\r\n");
    add(out, "Content-Encoding: " + packing.coding() + "\r\n");
    if (chunks == null) {
      add(out, "Content-Length: " + body.length + "\r\n\r\n");
      out.writeBytes(body);
    } else {
      add(out, "Transfer-Encoding: chunked\r\n\r\n");
      int size;
      for (int at = 0; at < body.length; at += size) {
        size = Math.min(body.length - at, 1 + chunks.nextInt(500));
        add(out, Integer.toHexString(size) + "\r\n");
        out.write(body, at, size);
        add(out, "\r\n");
      }
      add(out, "0\r\n\r\n");
    }
    add(out, NEXT);
    return out.toByteArray();
  }

  private static void add(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(ISO_8859_1));
  }
}
