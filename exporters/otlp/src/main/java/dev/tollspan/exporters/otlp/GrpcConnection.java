package dev.tollspan.exporters.otlp;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The channel to a destination that speaks gRPC. Not connected before the first call. All fields
 * that change are owned by the one caller's thread.
 */
final class GrpcConnection implements Connection {
  private static final MethodDescriptor<List<Slice>, Reply> EXPORT =
      MethodDescriptor.<List<Slice>, Reply>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("opentelemetry.proto.collector.trace.v1.TraceService/Export")
          .setRequestMarshaller(new RequestMarshaller())
          .setResponseMarshaller(new ReplyMarshaller())
          .build();

  /** Held, because java.util.logging forgets loggers, and their levels, that nobody holds. */
  private static final Logger GRPC_LOG = Logger.getLogger("io.grpc");

  private final OtlpConfig config;
  private final String userAgent;
  private final GrpcAnswers answers;
  private final CallHeaders headers;
  private final CallOptions options;
  private final @Nullable TlsFiles tls;
  private final Threads threads;
  private ManagedChannel channel;

  GrpcConnection(OtlpConfig config, String userAgent, InstantSource clock) {
    this.config = config;
    this.userAgent = userAgent;
    answers = new GrpcAnswers(config.calls().retriesExhausted());
    headers = new CallHeaders(config);
    tls = config.plaintext() ? null : new TlsFiles(config.tls(), true, clock);
    if (GRPC_LOG.getLevel() == null) {
      // At INFO, each frame that comes after a failed call is a line.
      GRPC_LOG.setLevel(Level.WARNING);
    }
    CallOptions plain = CallOptions.DEFAULT;
    options =
        config.compression() == Compression.NONE
            ? plain
            : plain.withCompression(config.compression().encoding());
    threads = Threads.open();
    channel = open();
  }

  private ManagedChannel open() {
    NettyChannelBuilder builder =
        NettyChannelBuilder.forTarget("dns:///" + config.endpoint().getAuthority());
    if (tls == null) {
      builder.usePlaintext();
    } else {
      builder.useTransportSecurity().sslContext(tls.context());
      String serverName = config.tls().serverName();
      if (serverName != null) {
        builder.overrideAuthority(serverName);
      }
    }
    return builder
        .eventLoopGroup(threads.group())
        .channelType(threads.channelType())
        .directExecutor()
        .offloadExecutor(threads.lookup())
        .compressorRegistry(Codecs.out(config.compression()))
        .decompressorRegistry(Codecs.in())
        .maxInboundMessageSize(Reply.BYTES_MAX)
        .userAgent(userAgent)
        .disableServiceConfigLookUp()
        .disableRetry()
        .build();
  }

  @Override
  public Call begin(List<Slice> message) {
    CallOptions now =
        options.withDeadlineAfter(config.calls().timeout().toNanos(), TimeUnit.NANOSECONDS);
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      // gRPC's own back-off reaches minutes; whoever calls us has one already. The first failure is
      // told at once, but from then on a try is worth its whole time.
      channel.resetConnectBackoff();
      now = now.withWaitForReady();
    }
    // A call begun in another call's context would be cancelled when that one is answered.
    Context outer = Context.ROOT.attach();
    try {
      Exchange exchange = new Exchange(channel.newCall(EXPORT, now));
      exchange.start(metadata(), message);
      return exchange;
    } finally {
      Context.ROOT.detach(outer);
    }
  }

  @Override
  public void renew() {
    if (tls != null && tls.renew()) {
      channel.shutdownNow();
      channel = open();
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
    threads.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private Metadata metadata() {
    Metadata metadata = new Metadata();
    headers
        .now()
        .forEach(
            (name, value) ->
                metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value));
    return metadata;
  }

  /** One call: answered by the event loop, awaited by the caller. */
  private final class Exchange extends ClientCall.Listener<Reply> implements Call {
    private final ClientCall<List<Slice>, Reply> call;
    private final CountDownLatch closed = new CountDownLatch(1);
    private Reply reply = Reply.FULL_SUCCESS; // until closed, owned by gRPC, as the next two
    private Status status = Status.UNKNOWN;
    private @Nullable Metadata trailers;

    Exchange(ClientCall<List<Slice>, Reply> call) {
      this.call = call;
    }

    void start(Metadata metadata, List<Slice> message) {
      call.start(this, metadata);
      call.request(1);
      call.sendMessage(message);
      call.halfClose();
    }

    @Override
    public void onMessage(Reply message) {
      reply = message;
      call.request(1);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      this.status = status;
      this.trailers = trailers;
      closed.countDown();
    }

    @Override
    public Ending await() {
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
      Status ended = status;
      if (ended.getCode() == Status.Code.DEADLINE_EXCEEDED) {
        switch (channel.getState(false)) {
          // The connection may be dead without our knowing; TCP would take minutes to notice.
          case READY -> channel.enterIdle();
          // It waited for a connection that nobody took.
          case TRANSIENT_FAILURE -> ended = Status.UNAVAILABLE;
          case CONNECTING, IDLE, SHUTDOWN -> {}
        }
      }
      return answers.ending(ended, Objects.requireNonNull(trailers), reply);
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
