package dev.tollspan.receiver;

import dev.tollspan.receiver.OtlpReceiverConfig.Grpc;
import dev.tollspan.receiver.OtlpReceiverConfig.KeepAlive;
import io.grpc.netty.shaded.io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator.ProtocolNegotiator;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.grpc.netty.shaded.io.netty.channel.ChannelFactory;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
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
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
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

  /** Of 64 KiB; then other connections have their turn. Tiny frames take long to be read. */
  private static final int READS_MAX = 1;

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
   * A server on these ports with every limit set, whatever the library's default is.
   *
   * @param negotiator sees each connection first, and calls gRPC if it is needed
   * @param handshake for all that a client begins with, before its first call; then the connection
   *     is closed
   */
  NettyServerBuilder server(
      List<Port> ports, Door door, ProtocolNegotiator negotiator, Duration handshake) {
    Iterator<Port> next = ports.iterator();
    NettyServerBuilder server =
        NettyServerBuilder.forAddress(
            ports.getFirst().address(), InternalNettyServerCredentials.create(negotiator));
    ports.stream().skip(1).forEach(port -> server.addListenAddress(port.address()));
    return server
        .channelFactory(() -> guarded(door, next.next()))
        .bossEventLoopGroup(loops)
        .workerEventLoopGroup(loops)
        .maxInboundMetadataSize(METADATA_BYTES_MAX)
        .flowControlWindow(WINDOW_BYTES)
        .withChildOption(
            ChannelOption.RECVBUF_ALLOCATOR,
            new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(READS_MAX))
        .maxRstFramesPerWindow(RST_FRAMES_MAX, RST_WINDOW_SECONDS)
        .handshakeTimeout(handshake.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** The limits that can be chosen. */
  static void limit(NettyServerBuilder server, Grpc grpc) {
    KeepAlive times = grpc.keepAlive();
    server
        .maxConcurrentCallsPerConnection(grpc.callsMax())
        .keepAliveTime(times.pingAfter().toNanos(), TimeUnit.NANOSECONDS)
        .keepAliveTimeout(times.pingTimeout().toNanos(), TimeUnit.NANOSECONDS)
        .permitKeepAliveTime(times.clientPingMin().toNanos(), TimeUnit.NANOSECONDS)
        .permitKeepAliveWithoutCalls(times.pingsWithoutCalls())
        .maxConnectionIdle(times.idleMax().toNanos(), TimeUnit.NANOSECONDS)
        .maxConnectionAge(times.ageMax().toNanos(), TimeUnit.NANOSECONDS)
        .maxConnectionAgeGrace(times.ageGrace().toNanos(), TimeUnit.NANOSECONDS);
  }

  /** A thread beside the event loops, which {@link #close} waits for as well. */
  Thread sweeper(Runnable task) {
    Thread thread = Thread.ofPlatform().daemon().name(THREAD_NAME + "-sweeper").unstarted(task);
    threads.add(thread);
    return thread;
  }

  /** What listens; the door stands before its first handler. */
  private ServerChannel guarded(Door door, Port port) {
    ServerChannel listening = channels.newChannel();
    listening.pipeline().addLast(door.at(port));
    port.opened(listening);
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
