package dev.tollspan.exporters.otlp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * One gzip member a message (RFC 1952), by a Deflater that is used again.
 *
 * <p>{@code out} is owned by the one caller's thread.
 */
final class GzipPacker implements Packer {
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 4, (byte) 0xff};
  private static final int TRAILER = 8;
  private static final int KEPT_BYTES_MAX = 4 << 20;

  private final Deflater deflater = new Deflater(1, true);
  private byte[] out = new byte[1 << 16];

  @Override
  public List<Slice> pack(List<Slice> message, int bytes) {
    CRC32 crc = new CRC32();
    byte[] target = out;
    System.arraycopy(HEADER, 0, target, 0, HEADER.length);
    int length = HEADER.length;
    deflater.reset();
    for (int i = 0; i < message.size(); i++) {
      Slice slice = message.get(i);
      crc.update(slice.bytes(), slice.offset(), slice.length());
      deflater.setInput(slice.bytes(), slice.offset(), slice.length());
      boolean last = i == message.size() - 1;
      if (last) {
        deflater.finish();
      }
      // Room for the trailer is always left.
      while (last ? !deflater.finished() : !deflater.needsInput()) {
        if (target.length - length <= TRAILER) {
          target = Arrays.copyOf(target, target.length * 2);
        }
        length += deflater.deflate(target, length, target.length - length - TRAILER);
      }
    }
    ByteBuffer.wrap(target, length, TRAILER)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt((int) crc.getValue())
        .putInt(bytes);
    if (target.length <= KEPT_BYTES_MAX) {
      out = target;
    }
    return List.of(new Slice(target, 0, length + TRAILER));
  }

  @Override
  public void close() {
    deflater.end();
  }
}
