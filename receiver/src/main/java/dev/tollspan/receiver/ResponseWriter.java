package dev.tollspan.receiver;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Response messages are bytes already. */
final class ResponseWriter implements MethodDescriptor.Marshaller<byte[]> {
  @Override
  public InputStream stream(byte[] message) {
    return new Bytes(message);
  }

  /** Servers only write responses. */
  @Override
  public byte[] parse(InputStream in) {
    throw new UnsupportedOperationException("a server does not receive responses");
  }

  /** Drainable, because grpc-java otherwise makes a copy buffer of 8 KiB for each answer. */
  private static final class Bytes extends ByteArrayInputStream implements Drainable, KnownLength {
    Bytes(byte[] message) {
      super(message);
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      return (int) transferTo(target);
    }
  }
}
