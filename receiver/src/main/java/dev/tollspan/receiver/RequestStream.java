package dev.tollspan.receiver;

import io.grpc.MethodDescriptor;
import java.io.InputStream;

/**
 * Hands a request on as the stream it is, good until the call's listener returns. It is read there,
 * because grpc-java answers whatever a marshaller throws with UNKNOWN, which OTLP does not allow.
 */
final class RequestStream implements MethodDescriptor.Marshaller<InputStream> {
  @Override
  public InputStream parse(InputStream in) {
    return in;
  }

  /** Servers only read requests. */
  @Override
  public InputStream stream(InputStream value) {
    throw new UnsupportedOperationException("a server does not send requests");
  }
}
