package dev.tollspan.exporters.delivery;

import dev.tollspan.pipeline.Outcome.Fault;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What the name of a dead letter's file says. Numbers and words of ours alone: nothing of telemetry
 * gets into it.
 *
 * @param epoch the life of the journal that the sequences belong to
 * @param first the sequence of the first batch that spans in it are of
 * @param last that of the last one
 * @param part its number among the letters of one export
 * @param crc over what stands before it in the name, and the content
 */
record Letter(long epoch, long first, long last, int part, int spans, Fault fault, int crc) {
  static final String SUFFIX = ".binpb";
  private static final Pattern NAME =
      Pattern.compile(
          "([0-9a-f]{16})-([0-9]{12,18})-([0-9]{12,18})-([0-9]{1,9})-([0-9]{1,9})"
              + "-(refused_spans|refused_sender)-([0-9a-f]{8})\\.binpb");

  /** The letter with this content; its {@code crc} is made out. */
  Letter with(List<ByteBuffer> content) {
    CRC32C sum = new CRC32C();
    sum.update(start().getBytes(StandardCharsets.US_ASCII));
    content.forEach(each -> sum.update(each.duplicate()));
    return new Letter(epoch, first, last, part, spans, fault, (int) sum.getValue());
  }

  /** What this name says; null if it is not that of a letter. */
  static @Nullable Letter of(String file) {
    Matcher parts = NAME.matcher(file);
    return parts.matches()
        ? new Letter(
            Long.parseUnsignedLong(parts.group(1), 16),
            Long.parseLong(parts.group(2)),
            Long.parseLong(parts.group(3)),
            Integer.parseInt(parts.group(4)),
            Integer.parseInt(parts.group(5)),
            Fault.valueOf(parts.group(6).replaceFirst(".*_", "").toUpperCase(Locale.ROOT)),
            Integer.parseUnsignedInt(parts.group(7), 16))
        : null;
  }

  /** Why it was not delivered, in one word. */
  String why() {
    return "refused_" + fault.name().toLowerCase(Locale.ROOT);
  }

  String file() {
    return start() + String.format(Locale.ROOT, "-%08x", crc) + SUFFIX;
  }

  private String start() {
    return String.format(
        Locale.ROOT, "%016x-%012d-%012d-%d-%d-%s", epoch, first, last, part, spans, why());
  }
}
