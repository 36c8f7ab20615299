package dev.tollspan.spans;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Any bytes at all end in a sound batch or a refusal. Runs the inputs that are checked in; with
 * JAZZER_FUZZ=1 in the environment it looks for more.
 */
class DecodeFuzzTest {
  @FuzzTest(maxDuration = "3m")
  void decodesViewsAndSplicesAnything(byte[] request) {
    Soundness.check(request);
  }
}
