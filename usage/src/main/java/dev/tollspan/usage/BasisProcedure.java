package dev.tollspan.usage;

/**
 * Settles what counts mean: does input hold the cached tokens, does output hold reasoning? Twelve
 * rules in the order sanity, certain arithmetic, table, likely arithmetic, default; the first that
 * settles a question settles it. Rule 1, sanity, is the caller's: no count here is bad.
 *
 * <p>The table stands before "the total is input plus output, so input holds all" because several
 * emitters compute that total themselves, from an input that does not.
 */
final class BasisProcedure {
  // Which readings of the counts add up to the total, a bit each.
  private static final int INCLUSIVE_INSIDE = 1;
  private static final int INCLUSIVE_BESIDE = 2;
  private static final int EXCLUSIVE_INSIDE = 4;
  private static final int EXCLUSIVE_BESIDE = 8;
  private static final int INCLUSIVE = INCLUSIVE_INSIDE | INCLUSIVE_BESIDE;
  private static final int EXCLUSIVE = EXCLUSIVE_INSIDE | EXCLUSIVE_BESIDE;
  private static final int INSIDE = INCLUSIVE_INSIDE | EXCLUSIVE_INSIDE;
  private static final int BESIDE = INCLUSIVE_BESIDE | EXCLUSIVE_BESIDE;

  private BasisProcedure() {}

  /** Answers a question. */
  static void decide(BasisQuestion asked, BasisVerdict verdict) {
    verdict.clear();
    verdict.reasoningTokens = asked.reasoning;
    verdict.inputTotal = orZero(asked.input);
    long cached = orZero(asked.cacheRead) + orZero(asked.cacheWrite);
    int sums = 0;
    if (asked.total >= 0 && (cached > 0 || asked.reasoning > 0 || asked.toolInput > 0)) {
      int withTools = asked.toolInput > 0 ? sums(asked, asked.toolInput) : 0;
      int plain = sums(asked, 0);
      sums = plain | withTools;
      verdict.toolInputBeside = plain == 0 || withTools != 0;
    } else {
      verdict.toolInputBeside = true;
      verdict.inconsistent = asked.total > 0 && isOff(asked);
      verdict.approximate = verdict.inconsistent;
    }
    verdict.toolInputBeside &= asked.toolInput > 0;
    cache(asked, sums, cached, verdict);
    reasoning(asked, sums, verdict);
  }

  /** Whether input and output are told, and the total is another than theirs. */
  private static boolean isOff(BasisQuestion asked) {
    return asked.input >= 0 && asked.output >= 0 && asked.total != asked.input + asked.output;
  }

  private static void cache(BasisQuestion asked, int sums, long cached, BasisVerdict verdict) {
    long input = verdict.inputTotal;
    if (asked.uncached >= 0) {
      verdict.cacheRule = 2;
      verdict.inputTotal = asked.uncached + cached;
      verdict.exclusive = asked.input >= 0 && input != verdict.inputTotal;
      verdict.inconsistent = verdict.exclusive && input != asked.uncached;
    } else if (cached > 0) {
      verdict.cacheRule = cacheRule(asked, sums, cached, input);
      verdict.exclusive =
          switch (verdict.cacheRule) {
            case 3, 4, 11 -> true;
            case 6 -> asked.userCache == Code.EXCLUSIVE;
            case 7 -> asked.tableCache == Code.EXCLUSIVE;
            default -> false;
          };
      verdict.inputTotal = verdict.exclusive ? input + cached : input;
      verdict.approximate |= verdict.cacheRule == 11;
    }
    if (cached > 0) {
      settle(verdict, verdict.cacheRule);
      int rule = asked.userCache != 0 ? asked.userCache : asked.tableCache;
      verdict.contradicted |=
          verdict.cacheRule < 6 && rule != 0 && verdict.exclusive != (rule == Code.EXCLUSIVE);
    }
  }

  private static int cacheRule(BasisQuestion asked, int sums, long cached, long input) {
    if (cached > input) {
      return 3;
    }
    if (only(sums, EXCLUSIVE)) {
      return 4;
    }
    if (asked.userCache != 0) {
      return 6;
    }
    if (asked.tableCache != 0) {
      return 7;
    }
    if (only(sums, INCLUSIVE)) {
      return 8;
    }
    boolean raw =
        switch (asked.family) {
          case ANTHROPIC, BEDROCK, HOSTED_CLAUDE -> true;
          case UNKNOWN, OPENAI, GEMINI, XAI, OTHER -> false;
        };
    return raw && asked.rawCacheKeys ? 11 : 12;
  }

  private static void reasoning(BasisQuestion asked, int sums, BasisVerdict verdict) {
    int table = asked.userReasoning != 0 ? asked.userReasoning : asked.tableReasoning;
    if (asked.reasoning > 0) {
      verdict.reasoningRule = reasoningRule(asked, sums);
      verdict.beside =
          switch (verdict.reasoningRule) {
            case 5 -> true;
            case 6, 7 -> table == Code.EXCLUSIVE;
            default -> false;
          };
      verdict.approximate |= verdict.reasoningRule == 12 && asked.family == Family.XAI;
      settle(verdict, verdict.reasoningRule);
      verdict.contradicted |= verdict.reasoningRule == 5 && table == Code.INCLUSIVE;
    } else if (asked.reasoning < 0) {
      if (table == Code.EXCLUSIVE) {
        verdict.beside = true;
        verdict.reasoningRule = asked.userReasoning != 0 ? 6 : 7;
        settle(verdict, verdict.reasoningRule);
      }
      if (verdict.beside || (table == 0 && asked.family == Family.GEMINI)) {
        fillGap(asked, verdict);
      }
    }
  }

  private static int reasoningRule(BasisQuestion asked, int sums) {
    if (asked.reasoning > orZero(asked.output) || only(sums, BESIDE)) {
      return 5;
    }
    if (asked.userReasoning != 0) {
      return 6;
    }
    if (asked.tableReasoning != 0) {
      return 7;
    }
    return only(sums, INSIDE) ? 9 : 12;
  }

  private static void fillGap(BasisQuestion asked, BasisVerdict verdict) {
    long gap = asked.total - verdict.inputTotal - orZero(asked.output) - orZero(asked.toolInput);
    if (asked.total >= 0 && gap > 0) {
      verdict.reasoningTokens = gap;
      verdict.beside = true;
      verdict.reasoningRule = 10;
      verdict.approximate = true;
      settle(verdict, 10);
    }
  }

  /** The readings whose sum is the total. */
  private static int sums(BasisQuestion asked, long toolInput) {
    long rest = asked.total - orZero(asked.output) - toolInput;
    long restBeside = rest - orZero(asked.reasoning);
    long input = orZero(asked.input);
    boolean reasons = asked.reasoning > 0;
    int found = input == rest ? INCLUSIVE_INSIDE : 0;
    found |= reasons && input == restBeside ? INCLUSIVE_BESIDE : 0;
    long read = orZero(asked.cacheRead);
    long cached = read + orZero(asked.cacheWrite);
    if (cached > 0) {
      found |= input + cached == rest || input + read == rest ? EXCLUSIVE_INSIDE : 0;
      boolean beside = input + cached == restBeside || input + read == restBeside;
      found |= reasons && beside ? EXCLUSIVE_BESIDE : 0;
    }
    return found;
  }

  private static boolean only(int sums, int allowed) {
    return sums != 0 && (sums & ~allowed) == 0;
  }

  private static void settle(BasisVerdict verdict, int rule) {
    verdict.settle(
        switch (rule) {
          case 2, 3, 4, 5 -> Confidence.CERTAIN;
          case 6, 7 -> Confidence.TABLE;
          case 8, 9 -> Confidence.LIKELY;
          case 10 -> Confidence.LOW;
          default -> Confidence.DEFAULT;
        });
  }

  private static long orZero(long count) {
    return Math.max(0, count);
  }
}
