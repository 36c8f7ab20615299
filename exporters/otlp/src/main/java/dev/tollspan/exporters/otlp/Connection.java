package dev.tollspan.exporters.otlp;

import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.Context;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultEventExecutor;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.netty.shaded.io.netty.util.concurrent.EventExecutorGroup;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The channel to the destination, with the only two threads that there are for it: one event loop,
 * and one that looks names up, which can block. Both end with {@link #close}.
 *
 * <p>Not connected before the first call. One caller's thread at a time.
 */
final class Connection implements AutoCloseable {
  private static final MethodDescriptor<List<Slice>, Reply> EXPORT =
      MethodDescriptor.<List<Slice>, Reply>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("opentelemetry.proto.collector.trace.v1.TraceService/Export")
          .setRequestMarshaller(new RequestMarshaller())
          .setResponseMarshaller(new ReplyMarshaller())
          .build();

  /** Held, because java.util.logging forgets loggers, and their levels, that nobody holds. */
  private static final Logger GRPC_LOG = Logger.getLogger("io.grpc");

  private final OtlpGrpcConfig config;
  private final CallOptions options;
  private final EventLoopGroup loop;
  private final EventExecutorGroup lookup;
  private final ManagedChannel channel;

  Connection(OtlpGrpcConfig config, String userAgent) {
    this.config = config;
    ChannelCredentials credentials = credentials(config);
    if (GRPC_LOG.getLevel() == null) {
      // At INFO, each frame that comes after a failed call is a line.
      GRPC_LOG.setLevel(Level.WARNING);
    }
    CallOptions plain = CallOptions.DEFAULT;
    options =
        config.compression() == Compression.NONE
            ? plain
            : plain.withCompression(config.compression().encoding());
    NettyChannelBuilder builder =
        NettyChannelBuilder.forTarget("dns:///" + config.authority(), credentials);
    boolean epoll = Epoll.isAvailable(); // half the garbage of NIO, and less time in each write
    loop =
        new MultiThreadIoEventLoopGroup(
            1,
            new DefaultThreadFactory("otlp-exporter", true),
            epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    lookup = new DefaultEventExecutor(new DefaultThreadFactory("otlp-exporter-lookup", true));
    channel =
        builder
            .eventLoopGroup(loop)
            .channelType(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
            .directExecutor()
            .offloadExecutor(lookup)
            .compressorRegistry(Codecs.out(config.compression()))
            .decompressorRegistry(Codecs.in())
            .maxInboundMessageSize(Reply.BYTES_MAX)
            .userAgent(userAgent)
            .disableServiceConfigLookUp()
            .disableRetry()
            .build();
  }

  /**
   * Makes one call and returns once it has ended for gRPC too, so that the slices may be used
   * again. An interrupt ends it early, as CANCELLED, and stays set.
   */
  Ending call(List<Slice> message) {
    CallOptions now = options.withDeadlineAfter(config.timeout().toNanos(), TimeUnit.NANOSECONDS);
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      // gRPC's own back-off reaches minutes; whoever calls us has one already. The first failure is
      // told at once, but from then on a try is worth its whole time.
      channel.resetConnectBackoff();
      now = now.withWaitForReady();
    }
    Exchange exchange = new Exchange();
    // A call begun in another call's context would be cancelled when that one is answered.
    Context outer = Context.ROOT.attach();
    try {
      ClientCall<List<Slice>, Reply> call = channel.newCall(EXPORT, now);
      call.start(exchange.listener(call), headers());
      call.request(1);
      call.sendMessage(message);
      call.halfClose();
      Ending ending = exchange.await(call);
      if (ending.status().getCode() == Status.Code.DEADLINE_EXCEEDED
          && channel.getState(false) == ConnectivityState.READY) {
        // The connection may be dead without our knowing; TCP would take minutes to notice.
        channel.enterIdle();
      }
      return ending;
    } finally {
      Context.ROOT.detach(outer);
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    boolean interrupted = false;
    try {
      channel.awaitTermination(2, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    lookup.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private Metadata headers() {
    Metadata headers = new Metadata();
    for (Map.Entry<String, String> header : config.headers().entrySet()) {
      headers.put(
          Metadata.Key.of(header.getKey(), Metadata.ASCII_STRING_MARSHALLER), header.getValue());
    }
    return headers;
  }

  private static ChannelCredentials credentials(OtlpGrpcConfig config) {
    if (config.plaintext()) {
      return InsecureChannelCredentials.create();
    }
    Tls tls = config.tls();
    Path ca = tls.caFile();
    Path certificate = tls.certFile();
    Path key = tls.keyFile();
    TlsChannelCredentials.Builder builder = TlsChannelCredentials.newBuilder();
    try {
      if (ca != null) {
        builder.trustManager(ca.toFile());
      }
      if (certificate != null && key != null) {
        builder.keyManager(certificate.toFile(), key.toFile());
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("a file of tls cannot be read", e);
    }
    return builder.build();
  }

  /** One call's answer, made by the event loop and awaited by the caller. */
  private static final class Exchange {
    private final CountDownLatch closed = new CountDownLatch(1);
    private Reply reply = Reply.FULL_SUCCESS; // until closed, owned by gRPC
    private @Nullable Ending ending; // as above

    ClientCall.Listener<Reply> listener(ClientCall<?, ?> call) {
      return new ClientCall.Listener<>() {
        @Override
        public void onMessage(Reply message) {
          reply = message;
          call.request(1);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
          ending = new Ending(status, trailers, reply);
          closed.countDown();
        }
      };
    }

    Ending await(ClientCall<?, ?> call) {
      boolean interrupted = false;
      while (true) {
        try {
          closed.await();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
          call.cancel("interrupted", null);
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      return Objects.requireNonNull(ending);
    }
  }

  private static final class RequestMarshaller implements MethodDescriptor.Marshaller<List<Slice>> {
    @Override
    public InputStream stream(List<Slice> message) {
      return new SliceStream(message);
    }

    @Override
    public List<Slice> parse(InputStream in) {
      throw new UnsupportedOperationException("requests are only sent");
    }
  }

  private static final class ReplyMarshaller implements MethodDescriptor.Marshaller<Reply> {
    @Override
    public InputStream stream(Reply reply) {
      throw new UnsupportedOperationException("replies are only received");
    }

    @Override
    public Reply parse(InputStream in) {
      return Reply.read(in);
    }
  }
}
