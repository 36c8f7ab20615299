package dev.tollspan.exporters.otlp;

import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.SocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultEventExecutor;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.netty.shaded.io.netty.util.concurrent.EventExecutorGroup;
import java.util.concurrent.TimeUnit;

/**
 * The only two threads that there are for a destination: one event loop, and one that looks names
 * up, which can block. Both end with {@link #close}.
 */
record Threads(
    EventLoopGroup group, EventExecutorGroup lookup, Class<? extends SocketChannel> channelType)
    implements AutoCloseable {

  static Threads open() {
    boolean epoll = Epoll.isAvailable(); // half the garbage of NIO, and less time in each write
    return new Threads(
        new MultiThreadIoEventLoopGroup(
            1,
            new DefaultThreadFactory("otlp-exporter", true),
            epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory()),
        new DefaultEventExecutor(new DefaultThreadFactory("otlp-exporter-lookup", true)),
        epoll ? EpollSocketChannel.class : NioSocketChannel.class);
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    lookup.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }
}
