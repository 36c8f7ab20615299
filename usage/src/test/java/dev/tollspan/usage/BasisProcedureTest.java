package dev.tollspan.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BasisProcedureTest {
  private static final int RUNS = 200_000;

  private final BasisQuestion asked = new BasisQuestion();
  private final BasisVerdict verdict = new BasisVerdict();

  private BasisVerdict decide() {
    BasisProcedure.decide(asked, verdict);
    return verdict;
  }

  private void cache(CacheBasis basis, int rule, Confidence confidence, long inputTotal) {
    decide();
    assertEquals(basis, verdict.cache());
    assertEquals(rule, verdict.cacheRule);
    assertEquals(confidence, verdict.confidence());
    assertEquals(inputTotal, verdict.inputTotal);
  }

  private void counts(long input, long output, long read, long write, long total) {
    asked.clear();
    asked.input = input;
    asked.output = output;
    asked.cacheRead = read;
    asked.cacheWrite = write;
    asked.total = total;
  }

  @Test
  void asksNothingWhenNothingIsCached() {
    counts(100, 10, 0, 0, -1);
    cache(CacheBasis.INCLUSIVE, 0, Confidence.CERTAIN, 100);
    assertEquals(0, verdict.reasoningRule);
  }

  @Test
  void takesTheUncachedCountFirst() {
    counts(100, 10, 900, 50, -1);
    asked.uncached = 100;
    cache(CacheBasis.EXCLUSIVE, 2, Confidence.CERTAIN, 1050);
    counts(1050, 10, 900, 50, -1);
    asked.uncached = 100;
    cache(CacheBasis.INCLUSIVE, 2, Confidence.CERTAIN, 1050);
    assertFalse(verdict.inconsistent);
  }

  @Test
  void letsTheUncachedCountWinAgainstAnInputThatFitsNothing() {
    counts(777, 10, 900, 50, -1);
    asked.uncached = 100;
    cache(CacheBasis.EXCLUSIVE, 2, Confidence.CERTAIN, 1050);
    assertTrue(verdict.inconsistent);
  }

  @Test
  void knowsExclusiveByMoreCachedThanInput() {
    counts(100, 50, 9000, 900, -1);
    cache(CacheBasis.EXCLUSIVE, 3, Confidence.CERTAIN, 10_000);
  }

  /** Vector A3. */
  @Test
  void knowsExclusiveByTheTotal() {
    counts(5000, 100, 1000, 0, 6100);
    cache(CacheBasis.EXCLUSIVE, 4, Confidence.CERTAIN, 6000);
  }

  @Test
  void knowsExclusiveByATotalWithoutWrites() {
    counts(5000, 100, 1000, 300, 6100);
    cache(CacheBasis.EXCLUSIVE, 4, Confidence.CERTAIN, 6300);
  }

  @Test
  void letsTheUsersRuleComeBeforeTheTable() {
    counts(5000, 100, 1000, 0, 5100);
    asked.tableCache = Code.INCLUSIVE;
    asked.userCache = Code.EXCLUSIVE;
    cache(CacheBasis.EXCLUSIVE, 6, Confidence.TABLE, 6000);
  }

  @Test
  void letsTheTableComeBeforeATotalThatTheEmitterComputed() {
    counts(5000, 100, 1000, 0, 5100);
    asked.tableCache = Code.EXCLUSIVE;
    cache(CacheBasis.EXCLUSIVE, 7, Confidence.TABLE, 6000);
    assertFalse(verdict.contradicted);
  }

  @Test
  void letsCertainArithmeticBeatTheTableAndSaysSo() {
    counts(100, 50, 9000, 0, -1);
    asked.tableCache = Code.INCLUSIVE;
    cache(CacheBasis.EXCLUSIVE, 3, Confidence.CERTAIN, 9100);
    assertTrue(verdict.contradicted);
  }

  @Test
  void holdsInclusiveLikelyWhenTheTotalIsInputPlusOutput() {
    counts(5000, 100, 1000, 0, 5100);
    cache(CacheBasis.INCLUSIVE, 8, Confidence.LIKELY, 5000);
  }

  @Test
  void decidesNothingByATotalThatFitsBothReadings() {
    counts(1000, 100, 300, 0, 1400);
    asked.reasoning = 300; // I + O + K = I + R + O
    asked.tableCache = Code.EXCLUSIVE;
    asked.tableReasoning = Code.INCLUSIVE;
    asked.output = 400;
    asked.total = 1700;
    cache(CacheBasis.EXCLUSIVE, 7, Confidence.TABLE, 1300);
    assertEquals(7, verdict.reasoningRule);
  }

  @Test
  void takesRawNamesOfAnthropicForExclusiveWithoutOtherEvidence() {
    counts(5000, 100, 1000, 0, -1);
    asked.family = Family.ANTHROPIC;
    asked.rawCacheKeys = true;
    cache(CacheBasis.EXCLUSIVE, 11, Confidence.DEFAULT, 6000);
    assertTrue(verdict.approximate);
  }

  @Test
  void takesRawNamesForExclusiveWhereverClaudeRuns() {
    counts(10_000, 100, 5000, 1000, -1);
    asked.family = Family.HOSTED_CLAUDE;
    asked.rawCacheKeys = true;
    cache(CacheBasis.EXCLUSIVE, 11, Confidence.DEFAULT, 16_000);
    asked.tableCache = Code.INCLUSIVE;
    cache(CacheBasis.INCLUSIVE, 7, Confidence.TABLE, 10_000);
    asked.tableCache = 0;
    asked.family = Family.OPENAI;
    cache(CacheBasis.INCLUSIVE, 12, Confidence.DEFAULT, 10_000);
  }

  @Test
  void doubtsReasoningAtXaiThatNothingPlaces() {
    counts(1000, 500, 0, 0, -1);
    asked.reasoning = 300;
    decide();
    assertFalse(verdict.approximate);
    asked.family = Family.XAI;
    decide();
    assertTrue(verdict.approximate);
    assertEquals(12, verdict.reasoningRule);
    asked.total = 1800;
    decide();
    assertFalse(verdict.approximate);
    assertEquals(ReasoningBasis.BESIDE, verdict.reasoning());
    asked.total = 1500;
    decide();
    assertFalse(verdict.approximate);
    assertEquals(ReasoningBasis.INSIDE, verdict.reasoning());
  }

  @Test
  void takesAnythingElseForInclusive() {
    counts(5000, 100, 1000, 0, -1);
    asked.family = Family.ANTHROPIC;
    cache(CacheBasis.INCLUSIVE, 12, Confidence.DEFAULT, 5000);
    assertFalse(verdict.approximate);
  }

  @Test
  void knowsReasoningBesideOutput() {
    counts(100, 50, 0, 0, -1);
    asked.reasoning = 60;
    assertEquals(ReasoningBasis.BESIDE, decide().reasoning());
    assertEquals(5, verdict.reasoningRule);
    counts(100, 50, 0, 0, 180);
    asked.reasoning = 30;
    assertEquals(ReasoningBasis.BESIDE, decide().reasoning());
    assertEquals(5, verdict.reasoningRule);
  }

  @Test
  void holdsReasoningInsideLikelyByTheTotal() {
    counts(100, 50, 0, 0, 150);
    asked.reasoning = 30;
    assertEquals(ReasoningBasis.INSIDE, decide().reasoning());
    assertEquals(9, verdict.reasoningRule);
    assertEquals(Confidence.LIKELY, verdict.confidence());
  }

  @Test
  void fillsTheGapThatGeminiLeaves() {
    counts(100, 50, 20, 0, 400);
    asked.family = Family.GEMINI;
    asked.toolInput = 10;
    decide();
    assertEquals(240, verdict.reasoningTokens);
    assertEquals(ReasoningBasis.BESIDE, verdict.reasoning());
    assertEquals(10, verdict.reasoningRule);
    assertTrue(verdict.approximate);
    assertTrue(verdict.toolInputBeside);
  }

  @Test
  void leavesAGapOfOthersAlone() {
    counts(100, 50, 0, 0, 400);
    assertEquals(-1, decide().reasoningTokens);
    asked.family = Family.GEMINI;
    asked.tableReasoning = Code.INCLUSIVE;
    assertEquals(-1, decide().reasoningTokens);
  }

  @Test
  void tellsToolInputBesideFromToolInputInside() {
    counts(100, 50, 0, 0, 150);
    asked.toolInput = 20;
    assertFalse(decide().toolInputBeside);
    asked.total = 170;
    assertTrue(decide().toolInputBeside);
    asked.total = -1;
    assertTrue(decide().toolInputBeside);
  }

  @Test
  void neverFindsLessInputThanCachedTokens() {
    Random random = new Random(1);
    for (int i = 0; i < RUNS; i++) {
      randomQuestion(random);
      decide();
      long cached = Math.max(0, asked.cacheRead) + Math.max(0, asked.cacheWrite);
      assertTrue(verdict.inputTotal >= cached, this::describe);
      assertTrue(verdict.inputTotal >= asked.uncached, this::describe);
      assertEquals(cached == 0 && asked.uncached < 0, verdict.cacheRule == 0, this::describe);
    }
  }

  @Test
  void readsBackWhatAnExactEmitterWrites() {
    Random random = new Random(2);
    for (int i = 0; i < RUNS; i++) {
      long uncached = 1 + random.nextInt(1000);
      long read = random.nextInt(1000);
      long write = random.nextInt(1000);
      long output = random.nextInt(1000);
      boolean exclusive = random.nextBoolean();
      long input = exclusive ? uncached : uncached + read + write;
      counts(input, output, read, write, uncached + read + write + output);
      asked.tableCache = exclusive ? Code.EXCLUSIVE : Code.INCLUSIVE;
      decide();
      assertEquals(uncached + read + write, verdict.inputTotal, this::describe);
      asked.uncached = uncached;
      asked.tableCache = exclusive ? Code.INCLUSIVE : Code.EXCLUSIVE;
      decide();
      assertEquals(uncached + read + write, verdict.inputTotal, this::describe);
      assertFalse(verdict.inconsistent, this::describe);
    }
  }

  @Test
  void doesNotHearTheTableAgainstCertainArithmetic() {
    Random random = new Random(3);
    for (int i = 0; i < RUNS; i++) {
      randomQuestion(random);
      asked.tableCache = Code.INCLUSIVE;
      asked.tableReasoning = Code.INCLUSIVE;
      decide();
      int rule = verdict.cacheRule;
      long total = verdict.inputTotal;
      asked.tableCache = Code.EXCLUSIVE;
      asked.tableReasoning = Code.EXCLUSIVE;
      decide();
      if (rule > 0 && rule < 6) {
        assertEquals(rule, verdict.cacheRule, this::describe);
        assertEquals(total, verdict.inputTotal, this::describe);
      }
    }
  }

  private void randomQuestion(Random random) {
    counts(
        count(random), count(random), count(random), count(random), random.nextInt(4) * 100L - 1);
    asked.reasoning = count(random);
    asked.uncached = random.nextInt(4) == 0 ? count(random) : -1;
    asked.toolInput = random.nextInt(4) == 0 ? count(random) : -1;
    asked.family = Family.values()[random.nextInt(Family.values().length)];
    asked.rawCacheKeys = random.nextBoolean();
  }

  private static long count(Random random) {
    return random.nextInt(5) == 0 ? -1 : random.nextInt(100);
  }

  private String describe() {
    return "I=%d O=%d R=%d W=%d K=%d T=%d N=%d X=%d"
        .formatted(
            asked.input,
            asked.output,
            asked.cacheRead,
            asked.cacheWrite,
            asked.reasoning,
            asked.total,
            asked.uncached,
            asked.toolInput);
  }
}
