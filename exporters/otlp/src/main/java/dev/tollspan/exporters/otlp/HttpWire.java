package dev.tollspan.exporters.otlp;

import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.handler.codec.http.DefaultHttpContent;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpContent;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpResponse;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpUtil;
import io.grpc.netty.shaded.io.netty.handler.codec.http.LastHttpContent;
import io.grpc.netty.shaded.io.netty.handler.timeout.IdleStateEvent;
import io.grpc.netty.shaded.io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One connection: it carries one exchange at a time, and is given back for the next if that left it
 * in good order. All of it is owned by the event loop.
 *
 * <p>What the answer's head says stands, however its body ends: spans that were taken are not sent
 * again (rows F9 and F11 of the conformance table).
 */
final class HttpWire extends ChannelInboundHandlerAdapter {
  private static final int SWITCHING_PROTOCOLS = 101;

  /** What the decoder says where it finds no status. */
  private static final int STATUS_NONE = 999;

  private final Channel channel;
  private final HttpConnection home;
  private @Nullable HttpExchange exchange;
  private boolean used;
  private boolean sent; // the request, to its last byte
  private @Nullable HttpResponse head; // of the answer
  private ByteArrayOutputStream body = new ByteArrayOutputStream(0);
  private long bodyBytes;
  private String trouble = "the connection was closed without an answer";

  HttpWire(Channel channel, HttpConnection home) {
    this.channel = channel;
    this.home = home;
  }

  boolean isOpen() {
    return channel.isActive();
  }

  void close() {
    var _ = channel.close();
  }

  void send(HttpExchange next) {
    exchange = next;
    next.over(this);
    sent = false;
    head = null;
    body = new ByteArrayOutputStream(0);
    bodyBytes = 0;
    var _ = channel.write(next.head());
    for (Slice slice : next.message()) {
      ByteBuf bytes = Unpooled.wrappedBuffer(slice.bytes(), slice.offset(), slice.length());
      var _ = channel.write(new DefaultHttpContent(bytes));
    }
    var _ =
        channel
            .writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT)
            .addListener(done -> sent |= done.isSuccess() && exchange == next);
  }

  /** Ends the exchange with what is known of its answer by now, and the connection. */
  void cut(String reason) {
    trouble = reason;
    finish(false);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (exchange == null) {
        close(); // nobody has asked
        return;
      }
      if (message instanceof HttpResponse response) {
        if (response.status().code() < STATUS_NONE) {
          head = response; // its status can be read, be the rest as it may
        }
        if (response.decoderResult().isFailure()) {
          cut("the answer is not HTTP/1.1");
          return;
        }
        if (response.status().code() == SWITCHING_PROTOCOLS) {
          cut("the destination switches to a protocol that nobody asked for");
          return;
        }
      }
      if (message instanceof HttpContent content && !isInterim(head)) {
        read(content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void read(HttpContent content) {
    if (content.decoderResult().isFailure()) {
      finish(false);
      return;
    }
    ByteBuf bytes = content.content();
    bodyBytes += bytes.readableBytes();
    if (bodyBytes > Reply.BYTES_MAX) {
      finish(false);
      return;
    }
    if (head != null && HttpAnswers.isSuccess(head.status().code())) {
      try {
        bytes.readBytes(body, bytes.readableBytes());
      } catch (IOException e) {
        throw new IllegalStateException("memory can be written to", e);
      }
    }
    if (content instanceof LastHttpContent) {
      finish(true);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    home.closed(this);
    HttpExchange cut = exchange;
    if (cut != null && head == null && used) {
      // The destination gave an idle connection up just when we took it: no fault of anybody.
      exchange = null;
      home.connect(cut);
    } else {
      finish(false);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof IdleStateEvent && exchange == null) {
      close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    for (Throwable each = cause; each != null; each = each.getCause()) {
      if (each instanceof SSLException) {
        trouble = "TLS could not be agreed on";
      }
    }
    close();
  }

  private void finish(boolean complete) {
    HttpExchange done = exchange;
    if (done == null) {
      return;
    }
    exchange = null;
    used = true;
    HttpResponse answer = head;
    if (complete && sent && answer != null && HttpUtil.isKeepAlive(answer) && isOpen()) {
      home.idle(this);
    } else {
      // Before the end, after which the request's arrays may change; and at once, without the last
      // words of TLS, which would wait for what is still to be written.
      channel.unsafe().close(channel.voidPromise());
    }
    done.end(ending(answer, complete));
  }

  private Ending ending(@Nullable HttpResponse answer, boolean complete) {
    if (answer == null || isInterim(answer)) {
      return Ending.retry(trouble);
    }
    if (!HttpAnswers.isSuccess(answer.status().code())) {
      return home.answers().failure(answer.status().code(), answer.headers());
    }
    if (bodyBytes > Reply.BYTES_MAX) {
      return Ending.success(new Reply(0, true));
    }
    return Ending.success(
        complete ? Reply.read(new ByteArrayInputStream(body.toByteArray())) : Reply.FULL_SUCCESS);
  }

  /** A word before the answer, such as 100 Continue; it is never the answer (RFC 9110, 15.2). */
  private static boolean isInterim(@Nullable HttpResponse answer) {
    return answer != null && answer.status().code() < 200;
  }
}
