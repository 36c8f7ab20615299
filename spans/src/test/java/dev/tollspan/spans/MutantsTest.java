package dev.tollspan.spans;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever happens to a request on its way, decoding it ends in a sound batch or a refusal. */
class MutantsTest {
  private static final int MUTANTS = 24_000;
  private static final int MUTANTS_PER_REQUEST = 40;
  private static final int BYTES_MAX = 3_000;

  @Test
  @Tag("D14")
  void noMutantGetsPastDecoding() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    RandomTraces traces = new RandomTraces(random);
    byte[] request = new byte[0];
    for (int i = 0; i < MUTANTS; i++) {
      if (i % MUTANTS_PER_REQUEST == 0) {
        do {
          request = traces.traces().toByteArray();
        } while (request.length == 0 || request.length > BYTES_MAX);
      }
      byte[] mutant = request.clone();
      for (int j = 1 + random.nextInt(3); j > 0; j--) {
        mutant = mutate(mutant, random);
      }
      try {
        Soundness.check(mutant);
      } catch (AssertionError | RuntimeException e) {
        fail("with seed " + seed + "L: " + HexFormat.of().formatHex(mutant), e);
      }
    }
  }

  static byte[] mutate(byte[] bytes, SplittableRandom random) {
    int from = random.nextInt(bytes.length + 1);
    int to = Math.min(bytes.length, from + 1 + random.nextInt(random.nextInt(20) + 1));
    byte[] out = bytes.clone();
    return switch (random.nextInt(5)) {
      case 0 -> {
        if (from < bytes.length) {
          out[from] ^= (byte) (1 << random.nextInt(8));
        }
        yield out;
      }
      case 1 -> {
        if (from < bytes.length) {
          out[from] = (byte) random.nextInt(256);
        }
        yield out;
      }
      case 2 -> { // a deletion
        System.arraycopy(bytes, to, out, from, bytes.length - to);
        yield Arrays.copyOf(out, bytes.length - (to - from));
      }
      case 3 -> { // a part twice
        out = Arrays.copyOf(bytes, bytes.length + to - from);
        System.arraycopy(bytes, from, out, to, bytes.length - from);
        yield out;
      }
      default -> {
        byte[] more = new byte[1 + random.nextInt(4)];
        random.nextBytes(more);
        out = Arrays.copyOf(bytes, bytes.length + more.length);
        System.arraycopy(bytes, from, out, from + more.length, bytes.length - from);
        System.arraycopy(more, 0, out, from, more.length);
        yield out;
      }
    };
  }
}
