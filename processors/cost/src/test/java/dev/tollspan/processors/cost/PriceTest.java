package dev.tollspan.processors.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriceTest {
  private static final Price.Origin ORIGIN = new Price.Origin("test", "1", "model");

  @ParameterizedTest
  @CsvSource({
    "0.0000000005, 1, 0", // half a nano-dollar: to the even neighbour below
    "0.0000000005, 3, 2", // one and a half: to the even neighbour above
    "0.0000000005, 5, 2",
    "0.00000000051, 1, 1",
    "0.00000000049, 1, 0",
    "0.000000000000000001, 500000000, 0",
    "0.000000000000000001, 500000001, 1",
    "0, 9223372036854775807, 0",
    "0.000000001, 9223372036854775807, 9223372036854775807",
    "0.000000002, 9223372036854775807, -1",
  })
  void roundsOnceAndHalfToEven(BigDecimal usd, long tokens, long nanos) {
    assertEquals(nanos, new Price(ORIGIN, usd, BigDecimal.ZERO).nanos(tokens, 0));
    assertEquals(nanos, new Price(ORIGIN, BigDecimal.ZERO, usd).nanos(0, tokens));
  }

  @Test
  void agreesWithDecimalArithmetic() {
    Random random = new Random(42);
    for (int i = 0; i < 200_000; i++) {
      int unitPower = 3 * random.nextInt(3);
      BigDecimal input = price(random, unitPower);
      BigDecimal output = price(random, unitPower);
      long in = count(random);
      long out = count(random);
      BigInteger expected =
          input
              .multiply(BigDecimal.valueOf(in))
              .add(output.multiply(BigDecimal.valueOf(out)))
              .setScale(9, RoundingMode.HALF_EVEN)
              .unscaledValue();
      long nanos = expected.bitLength() < 64 ? expected.longValue() : -1;
      assertEquals(
          nanos,
          new Price(ORIGIN, input, output).nanos(in, out),
          () -> in + " at " + input + ", " + out + " at " + output);
      if (nanos >= 0) {
        assertEquals(new BigDecimal(expected, 9).doubleValue(), Price.usd(nanos));
      }
    }
  }

  /** As any file may say it: up to six digits and twelve decimals, per 1, 1,000 or 1,000,000. */
  private static BigDecimal price(Random random, int unitPower) {
    int scale = random.nextInt(13);
    long limit = (long) Math.pow(10, random.nextInt(scale + 7));
    return BigDecimal.valueOf(random.nextLong(limit), scale).scaleByPowerOfTen(-unitPower);
  }

  private static long count(Random random) {
    return random.nextLong() >>> (1 + random.nextInt(63));
  }
}
