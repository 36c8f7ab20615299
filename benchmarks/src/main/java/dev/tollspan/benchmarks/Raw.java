package dev.tollspan.benchmarks;

import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The OTLP trace service's method with plain bytes on both sides. */
final class Raw {
  static final CallOptions OPTIONS = CallOptions.DEFAULT;
  static final MethodDescriptor<byte[], byte[]> EXPORT =
      MethodDescriptor.<byte[], byte[]>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("opentelemetry.proto.collector.trace.v1.TraceService/Export")
          .setRequestMarshaller(new Bytes())
          .setResponseMarshaller(new Bytes())
          .build();

  private Raw() {}

  /** How many spans a request holds, by walking its framing only. */
  static int countSpans(byte[] request) {
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
