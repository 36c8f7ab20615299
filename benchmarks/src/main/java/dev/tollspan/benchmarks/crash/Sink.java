package dev.tollspan.benchmarks.crash;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tollspan.receiver.RawClient;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The OTLP server that the pipeline forwards to. It can be a bad one. */
final class Sink implements AutoCloseable {
  private static final byte[] NOTHING = {};
  private static final String COST = "estimated_cost_nanousd";

  private final Tally tally;
  private final InetSocketAddress address;
  private @Nullable Server server; // owned by the main thread
  private final AtomicInteger taking = new AtomicInteger();
  private volatile Mood mood = Mood.TAKES; // written by the main thread

  /** What it does with a request. */
  enum Mood {
    TAKES,
    REFUSES,
    HANGS,
    /** Nobody listens. */
    GONE
  }

  Sink(Tally tally, int port) throws IOException {
    this.tally = tally;
    this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.server = open();
  }

  private Server open() throws IOException {
    ServerServiceDefinition service =
        ServerServiceDefinition.builder("opentelemetry.proto.collector.trace.v1.TraceService")
            .addMethod(RawClient.EXPORT, ServerCalls.asyncUnaryCall(this::answer))
            .build();
    return NettyServerBuilder.forAddress(address)
        .maxInboundMessageSize(64 << 20)
        .addService(service)
        .build()
        .start();
  }

  int port() {
    return address.getPort();
  }

  void mood(Mood now) throws IOException, InterruptedException {
    mood = now;
    Server listening = server;
    if (now == Mood.GONE && listening != null) {
      close();
      listening.awaitTermination();
    } else if (now != Mood.GONE && listening == null) {
      server = open();
    }
  }

  /** Waits until all that was answered is in the tally. */
  void settle() throws InterruptedException {
    while (taking.get() > 0) {
      Thread.sleep(10);
    }
  }

  private void answer(byte[] request, StreamObserver<byte[]> answer) {
    switch (mood) {
      case TAKES -> {
        taking.incrementAndGet();
        answer.onNext(NOTHING); // at once: who waits too long for it sends again
        answer.onCompleted();
        take(request);
        taking.decrementAndGet();
      }
      case REFUSES -> answer.onError(Status.UNAVAILABLE.asRuntimeException());
      case HANGS, GONE -> {
        // Its caller gives up.
      }
    }
  }

  private void take(byte[] request) {
    try {
      take(TracesData.parseFrom(request));
    } catch (InvalidProtocolBufferException _) {
      tally.broken("a request");
    }
  }

  private void take(TracesData request) {
    for (ResourceSpans resource : request.getResourceSpansList()) {
      Map<String, AnyValue> service = values(resource.getResource().getAttributesList());
      for (ScopeSpans scope : resource.getScopeSpansList()) {
        for (Span span : scope.getSpansList()) {
          Map<String, AnyValue> values = values(span.getAttributesList());
          Specimen found =
              new Specimen(
                  hex(span.getTraceId()),
                  hex(span.getSpanId()),
                  hex(span.getParentSpanId()),
                  span.getName(),
                  span.getStartTimeUnixNano(),
                  span.getEndTimeUnixNano(),
                  text(service, Specimen.SERVICE),
                  text(values, Specimen.TENANT),
                  text(values, Specimen.MODEL),
                  number(values, Specimen.INPUT),
                  number(values, Specimen.OUTPUT));
          tally.found(found, number(values, COST), "a request");
        }
      }
    }
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  private static String text(Map<String, AnyValue> values, String key) {
    return values.getOrDefault(key, AnyValue.getDefaultInstance()).getStringValue();
  }

  private static long number(Map<String, AnyValue> values, String key) {
    return values.getOrDefault(key, AnyValue.getDefaultInstance()).getIntValue();
  }

  private static Map<String, AnyValue> values(List<KeyValue> attributes) {
    Map<String, AnyValue> values = new HashMap<>();
    attributes.forEach(each -> values.put(each.getKey(), each.getValue()));
    return values;
  }

  @Override
  public void close() {
    Server listening = server;
    server = null;
    if (listening != null) {
      listening.shutdownNow();
    }
  }
}
