package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Attributes;
import io.grpc.Codec;
import io.grpc.Context;
import io.grpc.Decompressor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.internal.MessageDeframer;
import io.grpc.internal.ReadableBuffers;
import io.grpc.internal.StatsTraceContext;
import io.grpc.internal.StreamListener;
import io.grpc.internal.TransportTracer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.io.InputStream;
import java.util.List;

/** One call, from the bytes of its stream on; the framing of messages is grpc-java's own. */
final class GrpcTalk extends ServerCall<InputStream, byte[]> implements MessageDeframer.Listener {
  private final Lab lab;
  private final StatsTraceContext wire;
  private final MessageDeframer deframer;
  private final Attributes connection;
  private ServerCall.Listener<InputStream> listener;
  private Status failure; // of the stream itself
  private Status status;
  private byte[] response = {};

  private GrpcTalk(Lab lab, Packing packing) {
    this.lab = lab;
    connection = lab.connection();
    Metadata headers = new Metadata();
    wire = StatsTraceContext.newServerContext(List.of(lab.tracers()), "any", headers);
    Decompressor known = Unpackers.registry().lookupDecompressor(packing.coding());
    Decompressor none = Codec.Identity.NONE;
    deframer =
        new MessageDeframer(
            this, packing == Packing.NONE ? none : known, Lab.LIMIT, wire, new TransportTracer());
    wire.serverFilterContext(Context.ROOT)
        .run(() -> listener = lab.grpc().startCall(this, headers));
  }

  /**
   * Sends the frames in pieces, and says what became of the request.
   *
   * @param framed a message behind its five bytes, if it is one
   */
  static Fate of(Lab lab, byte[] framed, Packing packing, int pieceBytes) {
    GrpcTalk talk = new GrpcTalk(lab, packing);
    for (int at = 0; at < framed.length && talk.failure == null; at += pieceBytes) {
      talk.deframe(framed, at, Math.min(pieceBytes, framed.length - at));
    }
    return talk.end();
  }

  private void deframe(byte[] framed, int at, int size) {
    try {
      deframer.deframe(ReadableBuffers.wrap(framed, at, size));
    } catch (StatusRuntimeException e) { // as the transport does
      deframeFailed(e);
    }
  }

  private Fate end() {
    if (failure == null) {
      deframer.closeWhenComplete();
    }
    boolean worked = lab.work();
    if (failure != null) {
      listener.onCancel();
      wire.streamClosed(failure);
    } else {
      listener.onComplete();
      wire.streamClosed(status);
    }
    deframer.close();
    return worked || failure == null ? fate() : new Fate(status(failure), 0, lab.end());
  }

  private Fate fate() {
    try {
      long rejected =
          ExportTraceServiceResponse.parseFrom(response).getPartialSuccess().getRejectedSpans();
      return new Fate(status(status), rejected, lab.end());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("the answer is no protobuf", e);
    }
  }

  /** As the same answer is told over HTTP. */
  private static int status(Status status) {
    return switch (status.getCode()) {
      case OK -> 200;
      case INVALID_ARGUMENT -> 400;
      case RESOURCE_EXHAUSTED -> 413;
      case UNAVAILABLE -> 503;
      default -> 500;
    };
  }

  @Override
  public void messagesAvailable(StreamListener.MessageProducer producer) {
    for (InputStream next = producer.next(); next != null; next = producer.next()) {
      listener.onMessage(next);
    }
  }

  @Override
  public void bytesRead(int bytes) {}

  @Override
  public void deframerClosed(boolean hasPartialMessage) {
    if (hasPartialMessage) {
      failure = Status.INTERNAL;
    } else {
      listener.onHalfClose();
    }
  }

  @Override
  public void deframeFailed(Throwable cause) {
    failure = Status.fromThrowable(cause);
  }

  @Override
  public void request(int messages) {
    deframer.request(messages);
  }

  @Override
  public void sendHeaders(Metadata headers) {}

  @Override
  public void sendMessage(byte[] message) {
    assertEquals(0, response.length, "a second response");
    response = message;
  }

  @Override
  public void close(Status said, Metadata trailers) {
    assertNull(status, "a second answer");
    status = said;
  }

  @Override
  public boolean isCancelled() {
    return failure != null;
  }

  @Override
  public Attributes getAttributes() {
    return connection;
  }

  @Override
  public MethodDescriptor<InputStream, byte[]> getMethodDescriptor() {
    throw new AssertionError("nobody asks");
  }
}
