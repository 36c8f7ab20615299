package dev.tollspan.exporters.otlp;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Objects;

/**
 * Slices one behind the other as one message, written into gRPC's buffers without an array between:
 * {@code resource_spans} is a repeated field, so the messages of two batches, one behind the other,
 * are one message.
 */
final class SliceStream extends InputStream implements Drainable, KnownLength {
  private final List<Slice> slices;
  private int current;
  private int position;

  SliceStream(List<Slice> slices) {
    this.slices = slices;
  }

  @Override
  public int drainTo(OutputStream target) throws IOException {
    int drained = 0;
    for (; current < slices.size(); current++) {
      Slice slice = slices.get(current);
      int length = slice.length() - position;
      target.write(slice.bytes(), slice.offset() + position, length);
      drained += length;
      position = 0;
    }
    return drained;
  }

  @Override
  public int available() {
    int available = -position;
    for (int i = current; i < slices.size(); i++) {
      available += slices.get(i).length();
    }
    return available;
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, into.length);
    while (current < slices.size() && position == slices.get(current).length()) {
      current++;
      position = 0;
    }
    if (current == slices.size()) {
      return length == 0 ? 0 : -1;
    }
    Slice slice = slices.get(current);
    int count = Math.min(length, slice.length() - position);
    System.arraycopy(slice.bytes(), slice.offset() + position, into, offset, count);
    position += count;
    return count;
  }
}
