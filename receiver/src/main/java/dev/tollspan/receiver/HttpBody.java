package dev.tollspan.receiver;

import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The body of one HTTP/1.1 request, of known length or chunked (RFC 9112, sections 6 and 7). Copies
 * it into an array of the pool, which is paid for before it is there: at most four times as large
 * as what has come; the whole, if its length is known, once a sixteenth has come. Belongs to the
 * event loop of its connection, and is used again.
 */
final class HttpBody {
  private static final int GROWTH = 4;

  /**
   * While an array of the whole length is filled from the last one, so little is paid beside it.
   */
  private static final int WHOLE_PARTS = 16;

  private static final int CAPACITY_MIN = 4 << 10;
  private static final int SIZE_DIGITS_MAX = 8;
  private static final int EXTENSION_BYTES_MAX = 256;

  /** How far it is. */
  enum Step {
    MORE,
    DONE,
    BAD,
    TOO_LARGE,
    NO_ROOM
  }

  private enum Part {
    LENGTH,
    SIZE,
    BLANK,
    EXTENSION,
    SIZE_END,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILERS,
    END
  }

  private final int limit;
  private final HttpHead trailers = new HttpHead("");
  private Part part = Part.END;
  private long left;
  private int seen; // digits of a size, or bytes of extensions
  private int expected;
  private @Nullable Inflated out; // null: what comes is thrown away

  /** {@code limit} is the most bytes that a body may have. */
  HttpBody(int limit) {
    this.limit = limit;
  }

  /** What comes next is the body that this head announces; as yet it is thrown away. */
  void begin(HttpHead head) {
    if (head.isChunked) {
      expected = limit + 1;
      part = Part.SIZE;
      left = 0;
      seen = 0;
    } else {
      left = Math.max(0, head.contentLength);
      expected = (int) Math.min(left, limit + 1L);
      part = left == 0 ? Part.END : Part.LENGTH;
    }
  }

  /** What comes from now on is wanted. */
  void into(Inflated room) {
    out = room;
  }

  /** Whether what still comes is known to be no more than this. */
  boolean isRestWithin(long bytesMax) {
    return part == Part.END || (part == Part.LENGTH && left <= bytesMax);
  }

  /** Gives the array back, if there is one. */
  void drop() {
    if (out != null) {
      out.close();
      out = null;
    }
  }

  boolean isDone() {
    return part == Part.END;
  }

  /** What has come, which is whole. */
  Received.Body body() {
    if (out == null) {
      throw new IllegalStateException("the body was thrown away");
    }
    Received.Body body = out.body();
    out = null;
    return body;
  }

  /** Whether a body for which there was no room could fit another time. */
  boolean couldFit() {
    return out == null || out.couldFit();
  }

  /** Takes what belongs to the body. */
  Step read(ByteBuf in) {
    Step step = isDone() ? Step.DONE : Step.MORE;
    while (step == Step.MORE && in.isReadable()) {
      step =
          switch (part) {
            case LENGTH, DATA -> data(in);
            case SIZE, BLANK, EXTENSION, SIZE_END -> size(in.readByte());
            case DATA_CR -> mark(in.readByte() == '\r', Part.DATA_LF);
            case DATA_LF -> mark(in.readByte() == '\n', Part.SIZE);
            case TRAILERS -> trailers(in);
            case END -> Step.DONE;
          };
    }
    return step;
  }

  private Step mark(boolean expectedByte, Part next) {
    part = next;
    left = 0;
    seen = 0;
    return expectedByte ? Step.MORE : Step.BAD;
  }

  /** One byte of the line in front of a chunk. */
  private Step size(byte b) {
    if (part == Part.SIZE_END) {
      if (b != '\n') {
        return Step.BAD;
      }
      if (left == 0) {
        trailers.reset(true);
        part = Part.TRAILERS;
      } else {
        part = Part.DATA;
      }
      return Step.MORE;
    }
    if (part == Part.SIZE && Ascii.hex(b) >= 0) {
      left = left << 4 | Ascii.hex(b);
      return ++seen > SIZE_DIGITS_MAX ? Step.BAD : Step.MORE;
    }
    if (seen == 0) {
      return Step.BAD;
    }
    if (b == '\r') {
      boolean isEnd = part != Part.BLANK;
      part = Part.SIZE_END;
      return isEnd ? Step.MORE : Step.BAD;
    }
    boolean text = (b >= ' ' && b < 127) || b == '\t';
    if (part != Part.EXTENSION) { // blanks may stand before one: RFC 9112, section 7.1.1
      part = b == ';' ? Part.EXTENSION : Part.BLANK;
      text = b == ';' || Ascii.isBlank(b);
    }
    return text && ++seen <= EXTENSION_BYTES_MAX ? Step.MORE : Step.BAD;
  }

  private Step data(ByteBuf in) {
    int more = (int) Math.min(in.readableBytes(), left);
    Step step = store(in, more);
    if (step != Step.MORE) {
      return step;
    }
    left -= more;
    if (left == 0) {
      part = part == Part.DATA ? Part.DATA_CR : Part.END;
    }
    return isDone() ? Step.DONE : Step.MORE;
  }

  private Step store(ByteBuf in, int more) {
    Inflated to = out;
    if (to == null) {
      in.skipBytes(more);
      return Step.MORE;
    }
    long all = (long) to.length() + more;
    if (all > limit) {
      return Step.TOO_LARGE;
    }
    if (to.room() < more && !to.growTo(capacity(to, all))) {
      return Step.NO_ROOM;
    }
    in.readBytes(to.bytes(), to.length(), more);
    to.add(more);
    return Step.MORE;
  }

  /** How large the array shall be that takes all of these bytes. */
  private int capacity(Inflated to, long all) {
    boolean isKnown = part == Part.LENGTH;
    int last = isKnown ? expected : Math.min(expected, to.reach(GROWTH));
    int beforeLast = last / (isKnown ? WHOLE_PARTS : GROWTH);
    if (all > beforeLast) {
      return (int) Math.max(all, last);
    }
    return (int) Math.max(Math.min(CAPACITY_MIN, last), Math.min(GROWTH * all, beforeLast));
  }

  private Step trailers(ByteBuf in) {
    return switch (trailers.read(in)) {
      case MORE -> Step.MORE;
      case DONE -> {
        part = Part.END;
        yield Step.DONE;
      }
      case BAD, OTHER_VERSION -> Step.BAD;
      case TOO_LARGE -> Step.TOO_LARGE;
    };
  }
}
