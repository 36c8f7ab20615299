package dev.tollspan.receiver;

import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelFactory;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.IoHandlerFactory;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * A small group of event loops of our own, which move bytes and never wait, and the limits that
 * hold before any request is seen.
 */
record Transport(
    EventLoopGroup loops, ChannelFactory<? extends ServerChannel> channels, Queue<Thread> threads) {
  static final String THREAD_NAME = "tollspan-otlp-receiver";

  private static final int LOOPS_MAX = 4;
  private static final int METADATA_BYTES_MAX = 8 << 10;

  /** What one connection can make us buffer without any call of it having had its turn. */
  private static final int WINDOW_BYTES = 128 << 10;

  private static final int CONNECTION_CALLS_MAX = 100;
  private static final int RST_FRAMES_MAX = 200;
  private static final int RST_WINDOW_SECONDS = 30;
  private static final int CLOSE_SECONDS_MAX = 5;

  /** Starts one event loop for each two processors, four at most. */
  static Transport open() {
    int threads = Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, LOOPS_MAX);
    ThreadFactory factory = new DefaultThreadFactory(THREAD_NAME, true);
    Queue<Thread> started = new ConcurrentLinkedQueue<>();
    ThreadFactory remembering =
        task -> {
          Thread thread = factory.newThread(task);
          started.add(thread);
          return thread;
        };
    boolean epoll = Epoll.isAvailable();
    IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    return new Transport(
        new MultiThreadIoEventLoopGroup(threads, remembering, handlers),
        epoll ? EpollServerSocketChannel::new : NioServerSocketChannel::new,
        started);
  }

  /**
   * A server with every limit set, whatever the library's default is.
   *
   * @param handshake for the preface and the settings that a client of HTTP/2 begins with; then the
   *     connection is closed
   */
  NettyServerBuilder server(
      InetSocketAddress address, int messageBytesMax, Door door, Duration handshake) {
    return NettyServerBuilder.forAddress(address)
        .channelFactory(() -> guarded(door))
        .bossEventLoopGroup(loops)
        .workerEventLoopGroup(loops)
        .maxInboundMessageSize(messageBytesMax)
        .maxInboundMetadataSize(METADATA_BYTES_MAX)
        .flowControlWindow(WINDOW_BYTES)
        .maxConcurrentCallsPerConnection(CONNECTION_CALLS_MAX)
        .maxRstFramesPerWindow(RST_FRAMES_MAX, RST_WINDOW_SECONDS)
        .permitKeepAliveTime(10, TimeUnit.SECONDS)
        .permitKeepAliveWithoutCalls(true)
        .handshakeTimeout(handshake.toNanos(), TimeUnit.NANOSECONDS)
        .maxConnectionIdle(5, TimeUnit.MINUTES)
        .maxConnectionAge(30, TimeUnit.MINUTES)
        .maxConnectionAgeGrace(1, TimeUnit.MINUTES);
  }

  /** A thread beside the event loops, which {@link #close} waits for as well. */
  Thread sweeper(Runnable task) {
    Thread thread = Thread.ofPlatform().daemon().name(THREAD_NAME + "-sweeper").unstarted(task);
    threads.add(thread);
    return thread;
  }

  /** What listens; its first handler is the door. */
  private ServerChannel guarded(Door door) {
    ServerChannel listening = channels.newChannel();
    listening.pipeline().addLast(door);
    return listening;
  }

  /**
   * Ends the event loops. Waits for the threads themselves: Netty calls a loop terminated shortly
   * before its thread ends.
   */
  void close() throws InterruptedException {
    var _ = loops.shutdownGracefully(0, CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
    for (Thread thread : threads) {
      thread.join(Duration.ofSeconds(2 * CLOSE_SECONDS_MAX));
    }
  }
}
