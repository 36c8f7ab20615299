package dev.tollspan.canary;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Codec;
import io.grpc.CompressorRegistry;
import io.grpc.InternalMetadata;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** OTLP over gRPC, on one connection to the loopback interface. */
public final class GrpcSender implements Sender {
  private static final int ANSWER_SECONDS = 30;
  private static final int CLOSE_SECONDS = 5;

  /** Says that it compresses, and passes on what was compressed before. */
  private record Passing(String encoding) implements Codec {
    @Override
    public String getMessageEncoding() {
      return encoding;
    }

    @Override
    public InputStream decompress(InputStream in) {
      return in;
    }

    @Override
    public OutputStream compress(OutputStream out) {
      return out;
    }
  }

  private final ManagedChannel channel;

  /** Connects to this port with the first call. */
  public GrpcSender(int port) {
    CompressorRegistry compressors = CompressorRegistry.newEmptyInstance();
    for (String packing : List.of("gzip", "zstd", "unheard-of")) {
      compressors.register(new Passing(packing));
    }
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port)
            .usePlaintext()
            .directExecutor()
            .compressorRegistry(compressors)
            .build();
  }

  @Override
  public Transport transport() {
    return Transport.GRPC;
  }

  @Override
  public String exportMethod() {
    return Bytes.EXPORT.getFullMethodName();
  }

  @Override
  public Answer send(Request request) throws InterruptedException {
    MethodDescriptor<byte[], byte[]> method =
        Bytes.EXPORT.toBuilder().setFullMethodName(request.method()).build();
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(ANSWER_SECONDS, TimeUnit.SECONDS);
    if (!request.packing().isEmpty()) {
      options = options.withCompression(request.packing());
    }
    Metadata headers = new Metadata();
    request.headers().forEach((name, value) -> headers.put(key(name), value));
    Waiting waiting = new Waiting();
    ClientCall<byte[], byte[]> call = channel.newCall(method, options);
    call.start(waiting, headers);
    call.request(2);
    call.sendMessage(request.body());
    call.halfClose();
    return waiting.answer.take(); // the deadline ends every call
  }

  @Override
  public void close() {
    channel.shutdownNow();
    try {
      channel.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  /** Collects all that is said of one call. Belongs to the thread of the connection. */
  private static final class Waiting extends ClientCall.Listener<byte[]> {
    private final BlockingQueue<Answer> answer = new ArrayBlockingQueue<>(1);
    private final StringBuilder text = new StringBuilder();
    private byte[] message = {};

    @Override
    public void onHeaders(Metadata headers) {
      append(headers);
    }

    @Override
    public void onMessage(byte[] body) {
      message = body;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      append(trailers);
      text.append(status.getCode()).append(' ').append(status.getDescription()).append('\n');
      text.append(new String(message, ISO_8859_1));
      long rejected = Transport.GRPC.rejectedSpans(message);
      answer.add(new Answer(status.isOk(), rejected, text.toString()));
    }

    private void append(Metadata metadata) {
      for (byte[] part : InternalMetadata.serialize(metadata)) {
        text.append(new String(part, ISO_8859_1)).append('\n');
      }
    }
  }
}
