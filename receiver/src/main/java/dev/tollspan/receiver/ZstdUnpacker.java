package dev.tollspan.receiver;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;

/**
 * Zstandard in one call: frames with and without their content size, one or several.
 *
 * <p>If the array turns out too small the work starts again in one four times as large, so that all
 * attempts together cost at most a third more than the last.
 */
final class ZstdUnpacker implements Unpacker {
  private static final int GROWTH = 4;

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
    long room = Unpacker.firstRoom(claimed, size);
    while (out.startOver(room)) {
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
        room = (long) GROWTH * out.room();
      }
    }
    return Result.NO_ROOM;
  }

  @Override
  public void close() {
    context.close();
  }
}
