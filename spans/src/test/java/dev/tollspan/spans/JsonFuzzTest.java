package dev.tollspan.spans;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Any bytes at all, read as OTLP/JSON, end in a sound batch or a refusal. Runs the inputs that are
 * checked in; with JAZZER_FUZZ=1 in the environment it looks for more.
 */
class JsonFuzzTest {
  private static final int MUTANTS = 4_000;
  private static final int MUTANTS_PER_REQUEST = 40;
  private static final int BYTES_MAX = 6_000;

  @FuzzTest(maxDuration = "3m")
  void translatesAndDecodesAnything(byte[] json) {
    check(json);
  }

  @Test
  void noMutantGetsPastTranslating() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    RandomTraces traces = new RandomTraces(random);
    JsonTraces writer = new JsonTraces(seed);
    byte[] request = {};
    int whole = 0;
    for (int i = 0; i < MUTANTS; i++) {
      if (i % MUTANTS_PER_REQUEST == 0) {
        do {
          request = writer.shuffled(traces.traces());
        } while (request.length < 10 || request.length > BYTES_MAX);
      }
      byte[] mutant = request;
      for (int j = 1 + random.nextInt(3); j > 0; j--) {
        mutant = MutantsTest.mutate(mutant, random);
      }
      try {
        whole += check(mutant) ? 1 : 0;
      } catch (AssertionError | RuntimeException e) {
        fail("with seed " + seed + "L: " + new String(mutant, UTF_8), e);
      }
    }
    assertTrue(whole > MUTANTS / 20, "only " + whole + " were taken");
  }

  @Test
  void whatIsCutOffIsRefused() {
    byte[] json = JsonTraces.inOrder(Traces.full());
    for (int length = 0; length < json.length; length++) {
      byte[] part = Arrays.copyOf(json, length);
      assertInstanceOf(Decoded.Malformed.class, Requests.decodeJson(part), "at " + length);
    }
    assertEquals(1, Rules.spans(Requests.takeJson(json).message()));
  }

  /** Whether it was taken. */
  private static boolean check(byte[] json) {
    Decoded decoded = Requests.decodeJson(json);
    if (decoded instanceof Decoded.Whole whole) {
      Requests.taken(whole);
      return true;
    }
    return false;
  }
}
