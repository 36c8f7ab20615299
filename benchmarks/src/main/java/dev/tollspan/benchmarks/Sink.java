package dev.tollspan.benchmarks;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.LongAdder;

/** An OTLP server that counts spans and keeps nothing. */
final class Sink implements AutoCloseable {
  private static final byte[] NOTHING = {};

  private final LongAdder spans = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final Server server;

  Sink() throws IOException {
    ServerServiceDefinition service =
        ServerServiceDefinition.builder("opentelemetry.proto.collector.trace.v1.TraceService")
            .addMethod(
                Raw.EXPORT,
                ServerCalls.asyncUnaryCall(
                    (request, answer) -> {
                      spans.add(Raw.countSpans(request));
                      bytes.add(request.length);
                      answer.onNext(NOTHING);
                      answer.onCompleted();
                    }))
            .build();
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .directExecutor()
            .maxInboundMessageSize(256 << 20)
            .flowControlWindow(4 << 20)
            .addService(service)
            .build()
            .start();
  }

  int port() {
    return server.getPort();
  }

  long spans() {
    return spans.sum();
  }

  long bytes() {
    return bytes.sum();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
