package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.channel.embedded.EmbeddedChannel;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpContent;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpDecoderConfig;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpObject;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpRequest;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpRequestDecoder;
import io.grpc.netty.shaded.io.netty.handler.codec.http.LastHttpContent;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Whatever comes on a connection that speaks HTTP/1.1, its answers do not depend on how it is cut
 * into pieces, and a request that we take is the one that another server would see there. The first
 * byte seeds the pieces.
 */
class HttpWireFuzzTest {
  private static final int SINGLE_BYTES_MAX = 1_000;

  private final Lab lab = new Lab();

  /** A request as Netty's decoder sees it. */
  private record Seen(HttpRequest head, byte[] body) {}

  /**
   * All requests that it sees.
   *
   * @param isRefused whether it understands nothing of what follows: it refuses some chunk
   *     extensions, for example, that we pass over
   */
  private record Sight(List<Seen> requests, boolean isRefused) {}

  @FuzzTest(maxDuration = "3m")
  @DictionaryEntries({
    "POST /v1/traces HTTP/1.1\\x0d\\x0aHost: h\\x0d\\x0a",
    "Content-Type: application/x-protobuf\\x0d\\x0a",
    "Content-Type: application/json\\x0d\\x0a",
    "Content-Length: ",
    "Transfer-Encoding: chunked\\x0d\\x0a",
    "Content-Encoding: gzip\\x0d\\x0a",
    "Expect: 100-continue\\x0d\\x0a",
    "Connection: close\\x0d\\x0a",
    "\\x0d\\x0a0\\x0d\\x0a\\x0d\\x0a"
  })
  void answersTheSameHoweverTheBytesAreCut(byte[] input) {
    if (input.length == 0) {
      return;
    }
    byte[] wire = Arrays.copyOfRange(input, 1, input.length);
    SplittableRandom random = new SplittableRandom(input[0]);
    HttpTalk whole = HttpTalk.of(lab, wire, HttpTalk.WHOLE, random);
    assertEquals(whole, HttpTalk.of(lab, wire, 40, random));
    if (wire.length <= SINGLE_BYTES_MAX) {
      assertEquals(whole, HttpTalk.of(lab, wire, 1, random));
    }
    List<HttpTalk.Answer> answers = whole.answers();
    assertEquals(
        whole.refusedRequests(), answers.stream().filter(each -> each.status() != 200).count());
    compare(answers, whole.batches(), sight(wire));
  }

  /** As far as both understand the bytes, they must be the same requests to both. */
  private static void compare(
      List<HttpTalk.Answer> answers, List<ByteString> batches, Sight sight) {
    List<Seen> seen = sight.requests();
    int handedOn = 0;
    for (int i = 0; i < answers.size(); i++) {
      HttpTalk.Answer answer = answers.get(i);
      assertNotEquals(500, answer.status());
      assertTrue(!answer.isLast() || i == answers.size() - 1, "said behind the last answer");
      if (answer.status() == 200 && i >= seen.size()) {
        assertTrue(sight.isRefused(), "another server would wait for the end of the request");
        return;
      }
      if (answer.status() == 200) {
        HttpRequest head = seen.get(i).head();
        assertEquals("POST", head.method().name());
        Fate fate = fate(seen.get(i));
        assertEquals(200, fate.status());
        assertEquals(fate.batches(), batches.subList(handedOn, handedOn + fate.batches().size()));
        handedOn += fate.batches().size();
      }
    }
    assertEquals(batches.size(), handedOn);
  }

  private static Fate fate(Seen seen) {
    String type = seen.head().headers().get("Content-Type", "");
    String coding = seen.head().headers().get("Content-Encoding", "");
    byte[] plain = Packing.named(coding).unpack(seen.body(), Lab.LIMIT);
    return Fate.of(plain, type.regionMatches(true, 0, "application/json", 0, 16), Lab.LIMIT);
  }

  private static Sight sight(byte[] wire) {
    List<Seen> seen = new ArrayList<>();
    HttpDecoderConfig config =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(HttpHead.BYTES_MAX)
            .setMaxHeaderSize(HttpHead.BYTES_MAX)
            .setValidateHeaders(false);
    EmbeddedChannel channel = new EmbeddedChannel(new HttpRequestDecoder(config));
    channel.writeInbound(Unpooled.wrappedBuffer(wire));
    HttpRequest head = null;
    boolean isRefused = false;
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (HttpObject next = channel.readInbound(); next != null; next = channel.readInbound()) {
      if (next.decoderResult().isFailure()) {
        isRefused = true;
        break;
      }
      if (next instanceof HttpRequest request) {
        head = request;
      }
      if (next instanceof HttpContent content) {
        body.writeBytes(bytes(content));
      }
      if (next instanceof LastHttpContent) {
        seen.add(new Seen(head, body.toByteArray()));
        body.reset();
      }
    }
    channel.finishAndReleaseAll();
    return new Sight(seen, isRefused);
  }

  private static byte[] bytes(HttpContent content) {
    byte[] bytes = new byte[content.content().readableBytes()];
    content.content().readBytes(bytes);
    content.release();
    return bytes;
  }
}
