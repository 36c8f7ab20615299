package dev.tollspan.prices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {
  @ParameterizedTest
  @CsvSource({
    "gpt-5*, gpt-5, true",
    "gpt-5*, gpt-5-mini, true",
    "gpt-5*, gpt-5-2025-08-07, true",
    "gpt-5*, gpt-5.6-sol, false",
    "gpt-5*, gpt-5-6, false",
    "gpt-5*, gpt-50, false",
    "gpt-5*, gpt-5:free, false",
    "gpt-5-*, gpt-5-6, false",
    "gpt-5-*, gpt-5-20250807, true",
    "gpt-5-*, gpt-5-nano, true",
    "gpt-*, gpt-5.6-sol, true",
    "GPT-*, gpt-4o, true",
    "*-instruct, llama-3-8b-instruct, true",
    "*-instruct, llama-3-8b-instruct-v2, false",
    "claude-*-4, claude-opus-4, true",
    "claude-*-4, claude-opus-4-6, false",
    "claude-opus-4*, claude-opus-4-6, false",
    "a*b*c, abc, true",
    "a*b*c, axxbyyc, true",
    "a*b*c, axxbyy, false"
  })
  void matchesWholeNamesOfOneVersion(String pattern, String name, boolean matches) {
    assertEquals(matches, glob(pattern).matches(name));
  }

  @ParameterizedTest
  @CsvSource({
    "a*, ab*, true",
    "a*, b*, false",
    "*a, b*, true",
    "a*c, ab*, true",
    "a*c, abd, false",
    "gpt-*-mini, gpt-5*mini, true",
    "*x*, *y*, true",
    "abc, abc, true",
    "abc, abd, false"
  })
  void knowsWhichPatternsMeet(String one, String other, boolean meet) {
    assertEquals(meet, glob(one).meets(glob(other)));
    assertEquals(meet, glob(other).meets(glob(one)));
  }

  @Test
  void isNotSlowWhereManyStarsAlmostFit() {
    assertFalse(glob("*a".repeat(40) + "b").matches("a".repeat(400)));
  }

  private static Glob glob(String pattern) {
    return new Glob(new Model(new Book("b", "1", 0, "f"), "*", pattern, List.of()));
  }
}
