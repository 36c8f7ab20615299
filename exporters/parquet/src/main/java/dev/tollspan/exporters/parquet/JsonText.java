package dev.tollspan.exporters.parquet;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tollspan.spans.NestedJson;
import java.util.Arrays;
import java.util.Base64;
import org.apache.parquet.io.api.Binary;

/**
 * A nested value, ArrayValue or KeyValueList of the protocol's common.proto, as JSON. Integers keep
 * all their digits, bytes become base64, numbers that JSON lacks become text. One thread.
 */
final class JsonText implements NestedJson.Sink {
  private static final byte[] HEX = "0123456789abcdef".getBytes(UTF_8);

  private final NestedJson nested = new NestedJson(this);
  private byte[] out = new byte[256];
  private int length;

  /** The value whose content is {@code [from, to)}; good until the next call. */
  Binary of(byte[] bytes, int type, int from, int to) {
    length = 0;
    nested.write(bytes, type, from, to);
    return Binary.fromReusedByteArray(out, 0, length);
  }

  @Override
  public void raw(char ascii) {
    append(ascii);
  }

  @Override
  public void nothing() {
    append("null");
  }

  @Override
  public void bool(boolean value) {
    append(value ? "true" : "false");
  }

  @Override
  public void int64(long value) {
    append(Long.toString(value));
  }

  @Override
  public void float64(double value) {
    if (Double.isFinite(value)) {
      append(Double.toString(value));
    } else {
      append('"');
      append(Double.toString(value));
      append('"');
    }
  }

  @Override
  public void base64(byte[] bytes, int offset, int count) {
    append('"');
    append(Base64.getEncoder().encodeToString(Arrays.copyOfRange(bytes, offset, offset + count)));
    append('"');
  }

  @Override
  public void text(byte[] bytes, int offset, int count) {
    append('"');
    int clean = offset;
    int end = offset + count;
    for (int i = offset; i < end; i++) {
      byte c = bytes[i];
      if ((c >= 0 && c < 0x20) || c == '"' || c == '\\') {
        append(bytes, clean, i - clean);
        clean = i + 1;
        append('\\');
        if (c >= 0x20) {
          append(c);
        } else {
          append("u00");
          append(HEX[c >> 4]);
          append(HEX[c & 15]);
        }
      }
    }
    append(bytes, clean, end - clean);
    append('"');
  }

  private void append(int c) {
    room(1);
    out[length++] = (byte) c;
  }

  private void append(String ascii) {
    byte[] bytes = ascii.getBytes(UTF_8);
    append(bytes, 0, bytes.length);
  }

  private void append(byte[] bytes, int from, int count) {
    room(count);
    System.arraycopy(bytes, from, out, length, count);
    length += count;
  }

  private void room(int more) {
    if (length + more > out.length) {
      out = Arrays.copyOf(out, Math.max(out.length * 2, length + more));
    }
  }
}
