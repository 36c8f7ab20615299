package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Compares the first bytes of one connection with those of HTTP/2, passes all of them on, and goes
 * once it knows. Belongs to the connection's event loop.
 */
final class Greeting extends ChannelInboundHandlerAdapter {
  /** RFC 9113, section 3.4. */
  private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);

  private final Door door;
  private int seen;

  Greeting(Door door) {
    this.door = door;
  }

  @Override
  public void channelRead(ChannelHandlerContext connection, Object message) {
    if (message instanceof ByteBuf bytes) {
      int start = bytes.readerIndex();
      int end = start + Math.min(bytes.readableBytes(), PREFACE.length - seen);
      byte first = seen == 0 && start < end ? bytes.getByte(start) : PREFACE[0];
      int at = start;
      while (at < end && bytes.getByte(at) == PREFACE[seen]) {
        at++;
        seen++;
      }
      if (at < end) {
        door.sawStranger(connection.channel().localAddress(), first);
      }
      if (at < end || seen == PREFACE.length) {
        connection.pipeline().remove(this);
      }
    }
    connection.fireChannelRead(message);
  }
}
