package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.grpc.Attributes;
import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.channel.ChannelFutureListener;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslHandler;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Finds out by its first bytes what a connection speaks, and makes way for whoever understands it:
 * first TLS, where the port asks for it, then gRPC or HTTP/1.1. Nothing is said to the client
 * before. Belongs to the connection's event loop; gRPC's handshake timeout ends those that stay
 * silent.
 */
final class Greeting extends ChannelInboundHandlerAdapter {
  /** RFC 9113, section 3.4. */
  private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);

  /** RFC 8446, section 5.1. */
  private static final byte TLS_HANDSHAKE = 22;

  private static final byte[] TLS_NEEDED = tlsNeeded();

  private final Host host;
  private final GrpcHttp2ConnectionHandler grpc;
  private @Nullable ByteBuf held;
  private boolean isSecured;

  /**
   * Those who wait behind the door.
   *
   * @param threads for the arithmetic of TLS handshakes
   * @param handshake how long one may take
   */
  record Host(Door door, HttpService http, Executor threads, Duration handshake) {}

  Greeting(Host host, GrpcHttp2ConnectionHandler grpc) {
    this.host = host;
    this.grpc = grpc;
  }

  /** gRPC begins with this event; it is held back until gRPC is needed. */
  @Override
  public void userEventTriggered(ChannelHandlerContext connection, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
      host.door().sawFailedHandshake(connection.channel(), handshake.cause());
      var _ = connection.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext connection, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (held != null) {
      in = Unpooled.wrappedBuffer(held, in);
      held = null;
    }
    if (!in.isReadable()) {
      in.release();
      return;
    }
    Port port = connection.channel().attr(Port.OF_CONNECTION).get();
    byte first = in.getByte(in.readerIndex());
    SslContext tls = port.tls();
    if (tls != null && !isSecured) {
      secure(connection, in, tls);
    } else if (mayBeHttp(first)) {
      decide(connection, in, port);
    } else {
      boolean isTls = !isSecured && first == TLS_HANDSHAKE;
      in.release();
      cutOff(connection, isTls ? Stranger.TLS : Stranger.UNKNOWN);
    }
  }

  private void secure(ChannelHandlerContext connection, ByteBuf in, SslContext tls) {
    byte first = in.getByte(in.readerIndex());
    if (first == TLS_HANDSHAKE) {
      isSecured = true;
      SslHandler handler = tls.newHandler(connection.alloc(), host.threads());
      handler.setHandshakeTimeoutMillis(host.handshake().toMillis());
      connection.pipeline().addBefore(connection.name(), null, handler);
      connection.pipeline().fireChannelRead(in);
      return;
    }
    boolean isHttp2 = in.readableBytes() > 1 && in.getByte(in.readerIndex() + 1) == PREFACE[1];
    in.release();
    if (mayBeHttp(first) && !isHttp2) {
      var _ = connection.write(Unpooled.wrappedBuffer(TLS_NEEDED));
    }
    cutOff(connection, Stranger.PLAIN);
  }

  /** A method is a word, and an empty line may come before it (RFC 9112, section 2.2). */
  private static boolean mayBeHttp(byte first) {
    return Ascii.isLetter(first) || first == '\r';
  }

  private void decide(ChannelHandlerContext connection, ByteBuf in, Port port) {
    int size = Math.min(in.readableBytes(), PREFACE.length);
    int same = 0;
    while (same < size && in.getByte(in.readerIndex() + same) == PREFACE[same]) {
      same++;
    }
    if (same < size) {
      host.door().sawGuest(connection.channel(), port, Port.Home.HTTP);
      grpc.notifyUnused();
      connection.pipeline().replace(this, null, new HttpConnection(host.http(), port));
    } else if (size < PREFACE.length) {
      held = in;
      return;
    } else {
      host.door().sawGuest(connection.channel(), port, Port.Home.GRPC);
      Http2Frames.watch(grpc, connection.channel());
      var plain = InternalProtocolNegotiators.serverPlaintext().newHandler(grpc);
      connection.pipeline().replace(this, null, plain);
      Attributes attributes =
          Attributes.newBuilder()
              .set(Port.OF_CALL, port)
              .set(ExportHandler.CONNECTION, connection.channel())
              .build();
      connection
          .pipeline()
          .fireUserEventTriggered(
              InternalProtocolNegotiationEvent.withAttributes(
                  InternalProtocolNegotiationEvent.getDefault(), attributes));
    }
    connection.fireChannelRead(in);
  }

  /** What the request is encoded in nobody has read yet. */
  private static byte[] tlsNeeded() {
    byte[] body =
        StatusMessage.refused(new Answer.Refused(Refusal.BROKEN, "this port speaks TLS only"))
            .toByteArray();
    byte[] head =
        """
        HTTP/1.1 400 Bad Request\r
        Connection: close\r
        Content-Type: application/x-protobuf\r
        Content-Length: %d\r
        \r
        """
            .formatted(body.length)
            .getBytes(US_ASCII);
    byte[] answer = Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, answer, head.length, body.length);
    return answer;
  }

  private void cutOff(ChannelHandlerContext connection, Stranger stranger) {
    host.door().sawStranger(connection.channel(), stranger);
    var _ =
        connection.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext connection) {
    if (held != null) {
      held.release();
      held = null;
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext connection, Throwable cause) {
    var _ = connection.close(); // of TLS or of the network: the event says which, where it matters
  }
}
