package dev.tollspan.detectors;

import static dev.tollspan.detectors.Ascii.ALNUM;
import static dev.tollspan.detectors.Ascii.BASE64;
import static dev.tollspan.detectors.Ascii.DIGIT;
import static dev.tollspan.detectors.Ascii.DOT;
import static dev.tollspan.detectors.Ascii.HEX;
import static dev.tollspan.detectors.Ascii.JOINER;
import static dev.tollspan.detectors.Ascii.TOKEN;
import static dev.tollspan.detectors.Ascii.UPPER;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/**
 * Keys that say by their first letters whose they are, as a table: prefixes, characters, and how
 * many of these. The first three bytes find a rule, so text without keys costs one load a word.
 */
final class Secrets {
  private static final int BUCKETS = 4096;
  private static final int LONG = 512;

  private static final Rule[] NONE = {};
  private static final Rule[][] RULES = new Rule[BUCKETS][];

  static {
    Arrays.fill(RULES, NONE);
    keys(Kind.AWS_KEY, "AKIA ASIA ABIA ACCA", UPPER | DIGIT, 16, 16);
    keys(Kind.GOOGLE_KEY, "AIza", TOKEN, 35, 35);
    keys(Kind.GOOGLE_KEY, "ya29.", TOKEN | DOT, 20, LONG);
    keys(Kind.GOOGLE_KEY, "GOCSPX-", TOKEN, 28, 28);
    keys(Kind.ANTHROPIC_KEY, "sk-ant-", TOKEN, 80, LONG);
    keys(Kind.HUGGINGFACE, "hf_ api_org_", ALNUM, 34, 40);
    keys(Kind.PERPLEXITY, "pplx-", ALNUM, 48, 64);
    keys(Kind.BEDROCK_KEY, "ABSK", BASE64, 100, LONG);
    keys(Kind.BEDROCK_KEY, "bedrock-api-key-", BASE64, 40, LONG);
    keys(Kind.LANGSMITH, "lsv2_pt_ lsv2_sk_", HEX | JOINER, 43, 64);
    keys(Kind.LLM_VENDOR_KEY, "sk-or-v1-", HEX, 64, 64);
    keys(Kind.LLM_VENDOR_KEY, "sk-lf- pk-lf-", HEX | JOINER, 36, 36);
    keys(Kind.LLM_VENDOR_KEY, "gsk_", ALNUM, 52, 52);
    keys(Kind.LLM_VENDOR_KEY, "xai-", ALNUM, 80, 80);
    keys(Kind.LLM_VENDOR_KEY, "r8_", ALNUM, 37, 37);
    keys(Kind.LLM_VENDOR_KEY, "csk-", ALNUM, 48, 48);
    keys(Kind.LLM_VENDOR_KEY, "nvapi- pcsk_ tgp_v1_", TOKEN, 40, LONG);
    keys(Kind.GITHUB, "ghp_ gho_ ghu_ ghs_ ghr_", ALNUM, 36, LONG);
    keys(Kind.GITHUB, "github_pat_", TOKEN, 80, LONG);
    keys(Kind.GITLAB, "glpat- glptt- gldt- glrt- glcbt- glsoat- glimt- glagent-", TOKEN, 20, LONG);
    keys(Kind.SLACK, "xoxb- xoxp- xoxa- xoxr- xoxs- xoxc- xoxd- xoxe- xapp-", TOKEN, 20, LONG);
    keys(Kind.SLACK, "hooks.slack.com/services/", BASE64, 40, 100);
    keys(Kind.STRIPE, "sk_live_ sk_test_ rk_live_ rk_test_", ALNUM, 16, LONG);
    keys(Kind.STRIPE, "whsec_", BASE64, 24, 100);
    keys(Kind.NPM, "npm_", ALNUM, 36, 36);
    keys(Kind.PYPI, "pypi-AgE", TOKEN, 50, LONG);
    keys(Kind.SENDGRID, "SG.", TOKEN | DOT, 60, 80);
    for (char third : "0123456789abcdef".toCharArray()) {
      keys(Kind.TWILIO, "SK" + third, HEX, 31, 31);
    }
    keys(Kind.DATABRICKS, "dapi", HEX | JOINER, 32, 34);
    keys(Kind.GRAFANA, "glsa_", ALNUM | JOINER, 41, 41);
    keys(Kind.GRAFANA, "glc_eyJ", BASE64, 32, LONG);
    keys(Kind.PRIVATE_KEY, "AGE-SECRET-KEY-1", UPPER | DIGIT, 58, 58);
    keys(Kind.PLATFORM_KEY, "dop_v1_ doo_v1_ dor_v1_ sntryu_", HEX, 64, 64);
    keys(Kind.PLATFORM_KEY, "shpat_ shpss_ shpca_ shppa_", HEX, 32, 32);
    keys(Kind.PLATFORM_KEY, "sbp_ pul- sgp_", HEX, 40, 40);
    keys(Kind.PLATFORM_KEY, "rubygems_", HEX, 48, 48);
    keys(Kind.PLATFORM_KEY, "lin_api_ ntn_ nfp_ dp.pt.", ALNUM, 40, 64);
    keys(Kind.PLATFORM_KEY, "sq0atp- sq0csp- dckr_pat_ hvs. hvb. tskey-auth-", TOKEN, 22, LONG);
    keys(Kind.PLATFORM_KEY, "figd_ sntrys_ PMAK- pscale_tkn_ pscale_pw_", TOKEN, 32, LONG);
    keys(Kind.PLATFORM_KEY, "NRAK-", UPPER | DIGIT, 27, 27);
    keys(Kind.PLATFORM_KEY, "ATATT3 xkeysib-", TOKEN, 80, LONG);
  }

  private Secrets() {}

  /** A row of the table. */
  private static final class Rule {
    final byte[] prefix;
    final Kind kind;
    final int set;
    final int min;
    final int max;

    Rule(String prefix, Kind kind, int set, int min, int max) {
      this.prefix = prefix.getBytes(US_ASCII);
      this.kind = kind;
      this.set = set;
      this.min = min;
      this.max = max;
    }
  }

  /** Whether a key's prefix stands here. */
  static boolean mayBegin(byte[] text, int from, int to) {
    for (Rule rule : RULES[bucket(text, from)]) {
      int end = from + rule.prefix.length;
      if (end <= to && Arrays.equals(text, from, end, rule.prefix, 0, rule.prefix.length)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Adds the key that begins here, with a letter that no letter or digit precedes; its end or -1.
   */
  static int find(Scan scan, int from) {
    Rule[] rules = from + 2 < scan.end ? RULES[bucket(scan.text, from)] : NONE;
    for (Rule rule : rules) {
      int end = scan.wants(rule.kind) ? end(scan, from, rule) : -1;
      if (end >= 0) {
        scan.hits.add(from, end, rule.kind);
        return end;
      }
    }
    return -1;
  }

  /** A key may be longer than known where its characters allow no other reading. */
  private static int end(Scan scan, int from, Rule rule) {
    if (!scan.startsWith(from, rule.prefix)) {
      return -1;
    }
    int body = from + rule.prefix.length;
    int end = scan.run(body, rule.set, rule.max + 1);
    boolean tooLong = end - body > rule.max && rule.max < LONG;
    if (end - body < rule.min || tooLong) {
      return -1;
    }
    return (rule.set & BASE64) == BASE64 ? padded(scan, end) : end;
  }

  /** The end of base64 with its padding. */
  static int padded(Scan scan, int end) {
    int p = end;
    while (p < end + 2 && scan.at(p) == '=') {
      p++;
    }
    return p;
  }

  private static int bucket(byte[] text, int from) {
    return (text[from] * 31 + text[from + 1]) * 31 + text[from + 2] & BUCKETS - 1;
  }

  private static void keys(Kind kind, String prefixes, int set, int min, int max) {
    for (String prefix : prefixes.split(" ", -1)) {
      Rule rule = new Rule(prefix, kind, set, min, max);
      int bucket = bucket(rule.prefix, 0);
      Rule[] rules = Arrays.copyOf(RULES[bucket], RULES[bucket].length + 1);
      rules[rules.length - 1] = rule;
      RULES[bucket] = rules;
    }
  }
}
