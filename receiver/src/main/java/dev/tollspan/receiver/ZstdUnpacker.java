package dev.tollspan.receiver;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;

/**
 * Zstandard in one call: frames with and without their content size, one or several.
 *
 * <p>A size that a frame claims is believed only as far as its own length makes it likely; nobody
 * gets 64 MiB for a claim. If the array turns out too small the work starts again in one twice as
 * large, so that all attempts together cost at most about twice the last.
 */
final class ZstdUnpacker implements Unpacker {
  private static final int LIKELY_RATIO_MAX = 32;

  private final ZstdDecompressCtx context = new ZstdDecompressCtx();

  @Override
  public Result unpack(byte[] packed, int size, Inflated out) {
    if (size == 0) {
      return Result.BROKEN;
    }
    long claimed = Zstd.getFrameContentSize(packed, 0, size);
    if (claimed > out.limit()) {
      return Result.TOO_LARGE;
    }
    boolean likely = claimed > 0 && claimed <= (long) LIKELY_RATIO_MAX * size;
    long start = likely ? claimed : (long) USUAL_RATIO * size;
    while (out.grow(start)) {
      try {
        out.add(context.decompressByteArray(out.bytes(), 0, out.room(), packed, 0, size));
        return out.isTooLarge() ? Result.TOO_LARGE : Result.DONE;
      } catch (ZstdException e) {
        if (e.getErrorCode() != Zstd.errDstSizeTooSmall()) {
          return Result.BROKEN;
        }
        if (out.isFull()) {
          return Result.TOO_LARGE;
        }
      }
    }
    return Result.NO_ROOM;
  }

  @Override
  public void close() {
    context.close();
  }
}
