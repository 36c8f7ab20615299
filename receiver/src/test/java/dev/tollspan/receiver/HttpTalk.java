package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.channel.DefaultChannelPipeline;
import io.grpc.netty.shaded.io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What was said on one connection that speaks HTTP, and what was handed on.
 *
 * @param said all bytes of the answers
 * @param refusedRequests how many of them the books have
 * @param isEnded whether the receiver ended it
 */
record HttpTalk(String said, List<ByteString> batches, long refusedRequests, boolean isEnded) {
  static final int WHOLE = Integer.MAX_VALUE;

  private static final Pattern LENGTH = Pattern.compile("\r\nContent-Length: ([0-9]+)\r\n");

  /**
   * One answer; 100 is none.
   *
   * @param isLast whether it says that the connection ends
   */
  record Answer(int status, boolean isLast, String body) {}

  /**
   * Sends these bytes in pieces of random length, the work being done sooner or later.
   *
   * @param pieceMax the most bytes of a piece, or {@link #WHOLE} for all of them at once
   */
  static HttpTalk of(Lab lab, byte[] wire, int pieceMax, SplittableRandom random) {
    long refusedBefore = lab.ledger.refusedRequests();
    ManualLoop loop = new ManualLoop();
    EmbeddedChannel channel = new EmbeddedChannel();
    DefaultChannelPipeline pipeline = (DefaultChannelPipeline) channel.pipeline();
    pipeline.addLast(loop, new HttpConnection(lab.http(), lab.port));
    loop.run();
    int at = 0;
    while (at < wire.length && channel.isOpen()) {
      int size = pieceMax == WHOLE ? wire.length : random.nextInt(1, pieceMax + 1);
      size = Math.min(wire.length - at, size);
      channel.writeInbound(Unpooled.wrappedBuffer(wire, at, size));
      at += size;
      loop.run();
      while (random.nextBoolean() && lab.work()) {
        loop.run();
      }
    }
    while (lab.work()) {
      loop.run();
    }
    boolean isEnded = !channel.isOpen();
    channel.close();
    loop.run();
    channel.checkException();
    String said = said(channel);
    long refused = lab.ledger.refusedRequests() - refusedBefore;
    return new HttpTalk(said, lab.end(), refused, isEnded);
  }

  private static String said(EmbeddedChannel channel) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      byte[] bytes = new byte[part.readableBytes()];
      part.readBytes(bytes);
      said.writeBytes(bytes);
    }
    return said.toString(ISO_8859_1);
  }

  /** The answers, in their order. */
  List<Answer> answers() {
    List<Answer> answers = new ArrayList<>();
    int at = 0;
    while (at < said.length()) {
      assertTrue(said.startsWith("HTTP/1.1 ", at), "no answer begins here");
      int status = Integer.parseInt(said, at + 9, at + 12, 10);
      int end = said.indexOf("\r\n\r\n", at) + 4;
      assertTrue(end > 4, "no end of a head");
      Matcher length = LENGTH.matcher(said).region(at, end);
      boolean isLast = said.substring(at, end).contains("\r\nConnection: close\r\n");
      at = end;
      if (status != 100) {
        assertTrue(length.find(), "an answer without its length");
        // An answer to HEAD has none of the body that it tells the length of.
        boolean hasBody = !said.startsWith("HTTP/1.1 ", end) && end < said.length();
        at += hasBody ? Integer.parseInt(length.group(1)) : 0;
        answers.add(new Answer(status, isLast, said.substring(end, at)));
      }
    }
    assertEquals(said.length(), at);
    return answers;
  }
}
