package dev.tollspan.receiver;

import io.grpc.netty.shaded.io.netty.channel.ChannelDuplexHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * In front of gRPC: nothing more is read from a client while too many bytes of answers wait for it,
 * and it is cut off if that lasts. By itself gRPC reads on and keeps whatever is not taken. Belongs
 * to the connection's event loop.
 */
final class Unread extends ChannelDuplexHandler {
  private final Duration wait;
  private long changes; // owned by the event loop

  /** {@code wait} is how long a client may leave its answers. */
  Unread(Duration wait) {
    this.wait = wait;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    long change = ++changes;
    boolean isTaken = ctx.channel().isWritable();
    ctx.channel().config().setAutoRead(isTaken);
    if (!isTaken) {
      var _ =
          ctx.executor()
              .schedule(
                  () -> {
                    if (changes == change) {
                      var _ = ctx.close();
                    }
                  },
                  wait.toNanos(),
                  TimeUnit.NANOSECONDS);
    }
    ctx.fireChannelWritabilityChanged();
  }

  /** HTTP/2 asks for more by itself where nothing is read automatically. */
  @Override
  public void read(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      ctx.read();
    }
  }
}
