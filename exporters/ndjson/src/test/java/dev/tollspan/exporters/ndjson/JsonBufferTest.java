package dev.tollspan.exporters.ndjson;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class JsonBufferTest {
  private static final long EXACT_MAX = 1L << 53;

  private final Random random = new Random(42);
  private final JsonBuffer reused = new JsonBuffer();

  @Test
  void escapesWhatJsonDemandsAndNothingElse() throws Exception {
    StringBuilder all = new StringBuilder();
    for (char c = 0; c < 0x250; c++) {
      all.append(c);
    }
    all.append("\u2028\ud7ff\ue000\uffff\ud83d\ude80");
    assertEquals(all.toString(), Lines.parse(text(all.toString().getBytes(UTF_8))).textValue());
    assertEquals(
        "\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f \\\"\\\\/\u007f\u00e9\"",
        text("\0\b\t\n\u000b\f\r\u001f \"\\/\u007f\u00e9".getBytes(UTF_8)));
  }

  @Test
  void findsASpecialByteAtEachPlaceAndLength() throws Exception {
    for (String special : new String[] {"\"", "\\", "\n", "\u001f", "\u00e9", "\ud83d\ude80"}) {
      for (int length = 0; length < 34; length++) {
        for (int at = 0; at <= length; at++) {
          String text = "x".repeat(at) + special + "\u007f".repeat(length - at);
          assertEquals(text, Lines.parse(text(text.getBytes(UTF_8))).textValue());
        }
      }
    }
  }

  @Test
  void replacesInvalidUtf8AsUnicodeRecommends() throws Exception {
    byte[] surrogate = {(byte) 0xed, (byte) 0xa0, (byte) 0x80, 'x'}; // the JDK writes one for all
    assertEquals("\ufffd\ufffd\ufffdx", Lines.parse(text(surrogate)).textValue());
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = new byte[random.nextInt(24)];
      random.nextBytes(bytes);
      if (round % 2 == 0) { // more beginnings and ends of sequences than chance would bring
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = (byte) (bytes[i] | (random.nextBoolean() ? 0x80 : 0xe0));
        }
      }
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = bytes[i] == (byte) 0xed ? (byte) 0xec : bytes[i];
      }
      reused.clear();
      reused.text(bytes, 0, bytes.length);
      String json = new String(reused.bytes(), 0, reused.length(), UTF_8);
      assertEquals(
          new String(bytes, UTF_8),
          Lines.parse(json).textValue(),
          () -> HexFormat.of().formatHex(bytes));
    }
  }

  @Test
  void writesIntegersOfEachWidth() {
    for (int bits = 0; bits < 64; bits++) {
      for (long near = -2; near <= 2; near++) {
        long value = (1L << bits) + near;
        assertEquals(Long.toString(value), json(out -> out.number(value)));
        assertEquals(Long.toString(-value), json(out -> out.number(-value)));
        assertEquals(Long.toUnsignedString(value), json(out -> out.unsigned(value)));
      }
    }
    long power = 1;
    for (int digits = 1; digits <= 19; digits++, power *= 10) {
      for (long value : new long[] {power - 1, power, power + 1}) {
        assertEquals(Long.toString(value), json(out -> out.number(value)));
      }
    }
  }

  @Test
  void writesIntegersAsTextOnlyWhereADoubleLosesThem() {
    for (long value : new long[] {0, EXACT_MAX - 1, EXACT_MAX}) {
      assertEquals(Long.toString(value), json(out -> out.int64(value)));
      assertEquals(Long.toString(-value), json(out -> out.int64(-value)));
    }
    for (long value : new long[] {EXACT_MAX + 1, Long.MAX_VALUE, Long.MIN_VALUE}) {
      assertEquals("\"" + value + "\"", json(out -> out.int64(value)));
    }
    assertEquals("\"-9007199254740993\"", json(out -> out.int64(-EXACT_MAX - 1)));
  }

  @Test
  void writesFixedPoint() {
    for (long value :
        new long[] {0, 1, 9, 10, 999, 1_000, 1_001, 12_345, 18_446_744_073_709_552L}) {
      assertEquals(BigDecimal.valueOf(value, 3).toPlainString(), json(out -> out.fixed(value, 3)));
    }
    assertEquals("0.000000001", json(out -> out.fixed(1, 9)));
  }

  @Test
  void writesDoublesThatReadBackTheSameAndNoLongerThanTheJdk() {
    double[] known = {
      0.0,
      -0.0,
      1,
      -1,
      0.1,
      0.3,
      1 / 3.0,
      0.000000001,
      1e-10,
      123456.789012345,
      999999.999999999,
      1e6,
      1e6 + 0.5,
      1_700_000_000.123,
      1e12,
      1e15,
      1e22,
      1e23,
      4.9e-324,
      Double.MIN_NORMAL,
      Double.MAX_VALUE,
      9007199254740993.0,
      0.07500000000000001,
      2.5e-7,
      100.0,
      1e-9 * 3
    };
    for (double value : known) {
      assertSame(value);
    }
    for (int round = 0; round < 5_000; round++) {
      assertSame(Double.longBitsToDouble(random.nextLong()));
      assertSame(random.nextInt(10_000_000) / 1e9);
      assertSame(random.nextGaussian() * Math.pow(10, random.nextInt(24) - 8));
      assertSame(Math.round(random.nextGaussian() * 1e8) / 1e3);
    }
  }

  @Test
  void hasNoNumberForWhatIsNone() {
    assertEquals("null", json(out -> out.float64(Double.NaN)));
    assertEquals("null", json(out -> out.float64(Double.POSITIVE_INFINITY)));
    assertEquals("null", json(out -> out.float64(Double.NEGATIVE_INFINITY)));
  }

  @Test
  void writesBytesAsBase64AndHex() {
    for (int length = 0; length < 70; length++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      assertEquals(
          "\"" + Base64.getEncoder().encodeToString(bytes) + "\"",
          json(out -> out.base64(bytes, 0, bytes.length)));
      assertEquals(
          "\"" + HexFormat.of().formatHex(bytes) + "\"",
          json(out -> out.hex(bytes, 0, bytes.length)));
    }
  }

  private void assertSame(double value) {
    if (Double.isFinite(value)) {
      reused.clear();
      reused.float64(value);
      String json = new String(reused.bytes(), 0, reused.length(), UTF_8);
      assertEquals(value, Double.parseDouble(json), json);
      assertEquals(
          new BigDecimal(Double.toString(value)).stripTrailingZeros(),
          new BigDecimal(json).stripTrailingZeros());
    }
  }

  private static String text(byte[] bytes) {
    return json(out -> out.text(bytes, 0, bytes.length));
  }

  /** What is written behind a buffer's first array, so that growth is met on the way too. */
  private static String json(Consumer<JsonBuffer> write) {
    JsonBuffer out = new JsonBuffer();
    int before = out.bytes().length - 3;
    out.raw(new byte[before]);
    write.accept(out);
    return new String(out.bytes(), before, out.length() - before, UTF_8);
  }
}
