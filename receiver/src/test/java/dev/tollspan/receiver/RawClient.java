package dev.tollspan.receiver;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.Codec;
import io.grpc.CompressorRegistry;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A client on one connection that sends just the bytes it is given, whatever they are. Safe for all
 * threads; what follows an answer runs on the thread of the connection.
 */
public final class RawClient implements AutoCloseable {
  static final String TRACES = OtlpReceiver.SERVICE + "/Export";

  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream in) {
          try {
            return in.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  /** The OTLP trace service's method with plain bytes on both sides, for clients and servers. */
  public static final MethodDescriptor<byte[], byte[]> EXPORT =
      method(TRACES, MethodDescriptor.MethodType.UNARY);

  private final ManagedChannel channel;
  private final Metadata headers;

  /** What came back. */
  public record Reply(Status status, Metadata headers, Metadata trailers, byte[] message) {
    public Status.Code code() {
      return status.getCode();
    }

    ExportTraceServiceResponse response() throws InvalidProtocolBufferException {
      return ExportTraceServiceResponse.parseFrom(message);
    }

    boolean hasDetails() {
      com.google.rpc.Status rich = StatusProto.fromStatusAndTrailers(status, trailers);
      return rich.getDetailsCount() > 0;
    }

    Duration retryDelay() throws InvalidProtocolBufferException {
      com.google.rpc.Status rich = StatusProto.fromStatusAndTrailers(status, trailers);
      com.google.protobuf.Duration delay =
          rich.getDetails(0).unpack(RetryInfo.class).getRetryDelay();
      return Duration.ofSeconds(delay.getSeconds(), delay.getNanos());
    }
  }

  /** Says that it compresses and passes on what was compressed before. */
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

  /** Connects to this port of the loopback interface with the first call. */
  public RawClient(int port) {
    this(port, InsecureChannelCredentials.create(), new Metadata());
  }

  /** The same with TLS, and with these headers in each call. */
  RawClient(int port, ChannelCredentials credentials, Metadata headers) {
    this.headers = headers;
    CompressorRegistry compressors = CompressorRegistry.newEmptyInstance();
    for (String encoding : new String[] {"gzip", "zstd", "foo"}) {
      compressors.register(new Passing(encoding));
    }
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port, credentials)
            .directExecutor()
            .compressorRegistry(compressors)
            .build();
  }

  /** Sends one plain trace request and waits for the answer. */
  public Reply export(byte[] message) {
    return await(send(message));
  }

  /** Sends bytes that are said to be so encoded. */
  Reply export(String encoding, byte[] encoded) {
    return await(send(TRACES, CallOptions.DEFAULT.withCompression(encoding), encoded));
  }

  /** Sends one plain trace request and does not wait. */
  public CompletableFuture<Reply> send(byte[] message) {
    return send(EXPORT, CallOptions.DEFAULT, message);
  }

  CompletableFuture<Reply> send(String method, CallOptions options, byte[] message) {
    return send(method(method, MethodDescriptor.MethodType.UNARY), options, message);
  }

  private CompletableFuture<Reply> send(
      MethodDescriptor<byte[], byte[]> method, CallOptions options, byte[] message) {
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    ClientCall<byte[], byte[]> call = open(method, options, reply);
    call.sendMessage(message);
    call.halfClose();
    return reply;
  }

  /**
   * Starts a call without sending anything but its headers. To the server a streaming client looks
   * the same, but grpc-java keeps the headers of a unary call back until there is a message.
   */
  ClientCall<byte[], byte[]> open(CompletableFuture<Reply> reply) {
    MethodDescriptor.MethodType streaming = MethodDescriptor.MethodType.CLIENT_STREAMING;
    return open(method(TRACES, streaming), CallOptions.DEFAULT, reply);
  }

  private ClientCall<byte[], byte[]> open(
      MethodDescriptor<byte[], byte[]> method,
      CallOptions options,
      CompletableFuture<Reply> reply) {
    ClientCall<byte[], byte[]> call = channel.newCall(method, options);
    Metadata sent = new Metadata();
    sent.merge(headers);
    call.start(
        new ClientCall.Listener<>() {
          private byte[] message;
          private Metadata first = new Metadata();

          @Override
          public void onHeaders(Metadata received) {
            first = received;
          }

          @Override
          public void onMessage(byte[] bytes) {
            message = bytes;
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            reply.complete(new Reply(status, first, trailers, message));
          }
        },
        sent);
    call.request(2);
    return call;
  }

  private static MethodDescriptor<byte[], byte[]> method(
      String name, MethodDescriptor.MethodType type) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(type)
        .setFullMethodName(name)
        .setRequestMarshaller(BYTES)
        .setResponseMarshaller(BYTES)
        .build();
  }

  static Reply await(CompletableFuture<Reply> reply) {
    try {
      return reply.get(30, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("no answer", e);
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    try {
      channel.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
