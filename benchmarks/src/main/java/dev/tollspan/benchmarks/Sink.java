package dev.tollspan.benchmarks;

import dev.tollspan.receiver.RawClient;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * An OTLP server that counts spans and keeps nothing. It can be a black hole for a while, which
 * takes what comes and never answers. Guarded by its monitor, but for the counts.
 */
final class Sink implements AutoCloseable {
  private static final byte[] NOTHING = {};

  private final LongAdder spans = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final List<StreamObserver<byte[]>> unanswered = new ArrayList<>();
  private final Server server;
  private boolean hole;

  Sink() throws IOException {
    ServerServiceDefinition service =
        ServerServiceDefinition.builder("opentelemetry.proto.collector.trace.v1.TraceService")
            .addMethod(
                RawClient.EXPORT,
                ServerCalls.asyncUnaryCall((request, answer) -> take(request, answer)))
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

  private void take(byte[] request, StreamObserver<byte[]> answer) {
    synchronized (this) {
      if (hole) {
        unanswered.add(answer);
        return;
      }
    }
    spans.add(countSpans(request));
    bytes.add(request.length);
    answer.onNext(NOTHING);
    answer.onCompleted();
  }

  /** Never answers from here on. */
  synchronized void hang() {
    hole = true;
  }

  synchronized boolean hangs() {
    return hole;
  }

  /** Answers again. What it swallowed has to come once more. */
  void goOn() {
    List<StreamObserver<byte[]>> swallowed;
    synchronized (this) {
      hole = false;
      swallowed = List.copyOf(unanswered);
      unanswered.clear();
    }
    swallowed.forEach(each -> each.onError(Status.UNAVAILABLE.asRuntimeException()));
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

  /** How many spans a request holds, by walking its framing only. */
  private static int countSpans(byte[] request) {
    return count(request, 0, request.length, 0);
  }

  /** Resources are field 1 of the request; scopes and spans are field 2 of what holds them. */
  private static int count(byte[] bytes, int from, int end, int depth) {
    int wanted = depth == 0 ? 0x0a : 0x12;
    int spans = 0;
    int p = from;
    while (p < end) {
      int tag = bytes[p++];
      int length = 0;
      for (int shift = 0; ; shift += 7) {
        byte b = bytes[p++];
        length |= (b & 0x7f) << shift;
        if (b >= 0) {
          break;
        }
      }
      if (tag == wanted) {
        spans += depth == 2 ? 1 : count(bytes, p, p + length, depth + 1);
      }
      p += length;
    }
    return spans;
  }
}
