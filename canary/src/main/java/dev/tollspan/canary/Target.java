package dev.tollspan.canary;

import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * Where a pipeline forwards to: an OTLP/gRPC back end on a free port of the loopback interface that
 * takes everything and keeps it. Safe for all threads.
 */
public final class Target implements AutoCloseable {
  private static final int MESSAGE_BYTES_MAX = 64 << 20;
  private static final int CLOSE_SECONDS = 5;

  private final List<byte[]> requests = new CopyOnWriteArrayList<>();
  private final List<String> headers = new CopyOnWriteArrayList<>();
  private final Server server;

  private Target() throws IOException {
    ServerServiceDefinition service =
        ServerServiceDefinition.builder(Bytes.SERVICE).addMethod(Bytes.EXPORT, handler()).build();
    server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                InsecureServerCredentials.create())
            .addService(service)
            .maxInboundMessageSize(MESSAGE_BYTES_MAX)
            .build()
            .start();
  }

  /** Listens. */
  public static Target open() throws IOException {
    return new Target();
  }

  /** The port that it listens on. */
  public int port() {
    return server.getPort();
  }

  /** The requests that came, unpacked. */
  public List<byte[]> requests() {
    return List.copyOf(requests);
  }

  /** The headers that came, as text. */
  public String headers() {
    return String.join("\n", headers);
  }

  @Override
  public void close() {
    try {
      server.shutdownNow().awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private ServerCallHandler<byte[], byte[]> handler() {
    return (call, metadata) -> {
      headers.add(metadata.toString());
      call.request(2);
      return new ServerCall.Listener<>() {
        @Override
        public void onMessage(byte[] request) {
          requests.add(request);
          call.sendHeaders(new Metadata());
          call.sendMessage(new byte[0]);
          call.close(Status.OK, new Metadata());
        }
      };
    };
  }
}
