package dev.tollspan.exporters.otlp;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import io.grpc.Codec;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * An OTLP back end on a real socket. Like grpc-go it answers in the encoding of the request; it
 * notes a request before it answers, as one that fails after having taken the spans.
 */
final class Destination implements AutoCloseable {
  /** What to answer. */
  record Answer(Status status, Metadata trailers, byte[] reply) {
    static final Answer OK = ok(new byte[0]);

    /** Leaves the call open for ever. */
    static final Answer NONE = new Answer(Status.OK, new Metadata(), new byte[1]);

    static Answer ok(byte[] reply) {
      return new Answer(Status.OK, new Metadata(), reply);
    }

    static Answer partial(long rejected, String text) {
      return ok(
          ExportTraceServiceResponse.newBuilder()
              .setPartialSuccess(
                  ExportTracePartialSuccess.newBuilder()
                      .setRejectedSpans(rejected)
                      .setErrorMessage(text))
              .build()
              .toByteArray());
    }

    static Answer failed(Status status) {
      return new Answer(status, new Metadata(), new byte[0]);
    }

    static Answer retryAfter(Status status, Duration delay) {
      Any info =
          Any.pack(
              RetryInfo.newBuilder()
                  .setRetryDelay(
                      com.google.protobuf.Duration.newBuilder()
                          .setSeconds(delay.getSeconds())
                          .setNanos(delay.getNano()))
                  .build());
      com.google.rpc.Status details =
          com.google.rpc.Status.newBuilder()
              .setCode(status.getCode().value())
              .addDetails(Any.pack(com.google.rpc.BadRequest.getDefaultInstance()))
              .addDetails(info)
              .build();
      return detailed(status, details.toByteArray());
    }

    static Answer detailed(Status status, byte[] details) {
      Metadata trailers = new Metadata();
      trailers.put(
          Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER), details);
      return new Answer(status, trailers, new byte[0]);
    }
  }

  /** The requests as they came, unpacked. */
  final List<byte[]> requests = new CopyOnWriteArrayList<>();

  final List<Metadata> headers = new CopyOnWriteArrayList<>();
  final CountDownLatch cancelled = new CountDownLatch(1);
  private volatile Runnable first = () -> {};
  private final ConcurrentLinkedQueue<Answer> script = new ConcurrentLinkedQueue<>();
  private final Server server;

  /** Of its own: whatever goes wrong on it concerns no other test. */
  private final EventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("destination", true), NioIoHandler.newFactory());

  /**
   * A free port below those that systems give to outgoing connections: one that knocks where nobody
   * listens yet would now and then be given that very port, and nobody could listen there any more.
   */
  static int portOfItsOwn() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
      try (Destination probe = new Destination(port, InsecureServerCredentials.create())) {
        return probe.port();
      } catch (UncheckedIOException taken) {
        // The next one may be free.
      }
    }
  }

  Destination(Answer... answers) {
    this(0, InsecureServerCredentials.create(), answers);
  }

  /** One that takes no larger messages. */
  static Destination upTo(int bytesMax, Answer... answers) {
    return new Destination(0, InsecureServerCredentials.create(), bytesMax, answers);
  }

  Destination(int port, ServerCredentials credentials, Answer... answers) {
    this(port, credentials, 64 << 20, answers);
  }

  private Destination(int port, ServerCredentials credentials, int bytesMax, Answer... answers) {
    script.addAll(List.of(answers));
    try {
      server =
          NettyServerBuilder.forAddress(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), port), credentials)
              .channelType(NioServerSocketChannel.class)
              .bossEventLoopGroup(loop)
              .workerEventLoopGroup(loop)
              .addService(service())
              .maxInboundMessageSize(bytesMax)
              .compressorRegistry(compressors())
              .decompressorRegistry(decompressors())
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Answers the next request so. */
  void next(Answer answer) {
    script.add(answer);
  }

  /** Does this with each request before it is answered. */
  Destination first(Runnable deed) {
    first = deed;
    return this;
  }

  int port() {
    return server.getPort();
  }

  /** The ids of all spans that came, in order. */
  List<String> spanIds() {
    List<String> ids = new ArrayList<>();
    requests.forEach(request -> ids.addAll(spanIds(request)));
    return ids;
  }

  static List<String> spanIds(byte[] request) {
    List<String> ids = new ArrayList<>();
    for (ResourceSpans resource : parsed(request).getResourceSpansList()) {
      for (ScopeSpans scope : resource.getScopeSpansList()) {
        for (Span span : scope.getSpansList()) {
          ids.add(HexFormat.of().formatHex(span.getSpanId().toByteArray()));
        }
      }
    }
    return ids;
  }

  static ExportTraceServiceRequest parsed(byte[] request) {
    try {
      return ExportTraceServiceRequest.parseFrom(request);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    kill();
  }

  /** Ends at once, with calls open as they are. */
  void kill() {
    try {
      if (!server.shutdownNow().awaitTermination(20, TimeUnit.SECONDS)) {
        throw new AssertionError("the server does not end");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      var _ = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  private ServerServiceDefinition service() {
    MethodDescriptor<byte[], byte[]> export =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("opentelemetry.proto.collector.trace.v1.TraceService/Export")
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build();
    return ServerServiceDefinition.builder("opentelemetry.proto.collector.trace.v1.TraceService")
        .addMethod(export, handler())
        .build();
  }

  private ServerCallHandler<byte[], byte[]> handler() {
    return (call, metadata) -> {
      call.request(2);
      return new ServerCall.Listener<>() {
        @Override
        public void onMessage(byte[] request) {
          requests.add(request);
          headers.add(metadata);
          first.run();
          Answer scripted = script.poll();
          answer(call, metadata, scripted == null ? Answer.OK : scripted);
        }

        @Override
        public void onCancel() {
          cancelled.countDown();
        }
      };
    };
  }

  private static void answer(ServerCall<byte[], byte[]> call, Metadata metadata, Answer answer) {
    if (answer.equals(Answer.NONE)) {
      return;
    }
    if (answer.status().isOk()) {
      String encoding =
          metadata.get(Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER));
      if (encoding != null) {
        call.setCompression(encoding);
      }
      call.sendHeaders(new Metadata());
      call.sendMessage(answer.reply());
    }
    Metadata trailers = new Metadata(); // the call writes into it, and many share an answer
    trailers.merge(answer.trailers());
    call.close(answer.status(), trailers);
  }

  private static CompressorRegistry compressors() {
    CompressorRegistry registry = CompressorRegistry.newEmptyInstance();
    registry.register(Codec.Identity.NONE);
    registry.register(new Codec.Gzip());
    registry.register(new ZstdCodec());
    return registry;
  }

  private static DecompressorRegistry decompressors() {
    return DecompressorRegistry.emptyInstance()
        .with(Codec.Identity.NONE, false)
        .with(new Codec.Gzip(), true)
        .with(new ZstdCodec(), true);
  }

  private static final class ZstdCodec implements Codec {
    @Override
    public String getMessageEncoding() {
      return "zstd";
    }

    @Override
    public OutputStream compress(OutputStream target) throws IOException {
      return new ZstdOutputStream(target);
    }

    @Override
    public InputStream decompress(InputStream source) throws IOException {
      return new ZstdInputStream(source);
    }
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
