package dev.tollspan.exporters.otlp;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.util.List;

/**
 * One zstd frame a message, with its content size, by a context that is used again.
 *
 * <p>Batches are first copied into one array: frames one behind the other would be valid as well,
 * but some readers stop after the first. {@code in} and {@code out} are owned by the one caller's
 * thread.
 */
final class ZstdPacker implements Packer {
  private static final int KEPT_BYTES_MAX = 4 << 20;

  private final ZstdCompressCtx context = new ZstdCompressCtx();
  private byte[] in = {};
  private byte[] out = {};

  ZstdPacker() {
    context.setLevel(1).setContentSize(true);
  }

  @Override
  public List<Slice> pack(List<Slice> message, int bytes) {
    Slice source = message.size() == 1 ? message.getFirst() : joined(message, bytes);
    int bound = Math.toIntExact(Zstd.compressBound(bytes));
    byte[] target = out.length < bound ? new byte[bound] : out;
    int length =
        context.compressByteArray(
            target, 0, bound, source.bytes(), source.offset(), source.length());
    if (bound <= KEPT_BYTES_MAX) {
      out = target;
    }
    return List.of(new Slice(target, 0, length));
  }

  @Override
  public void close() {
    context.close();
  }

  private Slice joined(List<Slice> message, int bytes) {
    if (in.length < bytes) {
      in = new byte[bytes];
    }
    int length = 0;
    for (Slice slice : message) {
      System.arraycopy(slice.bytes(), slice.offset(), in, length, slice.length());
      length += slice.length();
    }
    return new Slice(in, 0, length);
  }
}
