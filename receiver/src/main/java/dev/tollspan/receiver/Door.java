package dev.tollspan.receiver;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler.Sharable;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sees each connection before gRPC does: refuses what is above the limit, and counts those that do
 * not speak HTTP/2, of which grpc-java says nothing to an operator. The first of each kind is
 * logged. Called by the event loops; counters are for all threads.
 */
@Sharable
final class Door extends ChannelInboundHandlerAdapter {
  private static final System.Logger LOG = System.getLogger(Door.class.getPackageName());

  private final int connectionsMax;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicLong refused = new AtomicLong();
  private final Map<Stranger, AtomicLong> strangers = new EnumMap<>(Stranger.class);

  Door(int connectionsMax) {
    this.connectionsMax = connectionsMax;
    for (Stranger stranger : Stranger.values()) {
      strangers.put(stranger, new AtomicLong());
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext listening, Object accepted) {
    Channel connection = (Channel) accepted;
    if (open.incrementAndGet() > connectionsMax) {
      open.decrementAndGet();
      boolean isFirst = refused.getAndIncrement() == 0;
      connection.unsafe().closeForcibly();
      if (isFirst) {
        say(
            listening.channel().localAddress(),
            "%d connections are open: one more is refused".formatted(connectionsMax));
      }
      return;
    }
    var _ = connection.closeFuture().addListener(_ -> open.decrementAndGet());
    connection.pipeline().addLast(new Greeting(this));
    listening.fireChannelRead(accepted);
  }

  /** A client at this address of ours began with this byte. */
  void sawStranger(SocketAddress address, byte first) {
    Stranger stranger = Stranger.of(first);
    if (counter(stranger).getAndIncrement() == 0) {
      say(
          address,
          "a client is cut off; OTLP over gRPC is taken here, and it speaks " + stranger.said);
    }
  }

  int openConnections() {
    return open.get();
  }

  long refusedConnections() {
    return refused.get();
  }

  long count(Stranger stranger) {
    return counter(stranger).get();
  }

  private AtomicLong counter(Stranger stranger) {
    return Objects.requireNonNull(strangers.get(stranger));
  }

  private static void say(SocketAddress address, String what) {
    String port = address instanceof InetSocketAddress inet ? inet.getPort() + "" : "unknown";
    LOG.log(Level.WARNING, "port " + port + ": " + what + "; health counts those that follow");
  }
}
