package dev.tollspan.detectors;

import java.util.ArrayList;
import java.util.List;

/**
 * National numbers of digits alone, as a table: how many digits, which check, and the separators
 * that are as good as a word nearby. A check digit lets one in ten random numbers pass, so bare
 * digits are an id only where a word says so, and so are groups parted by spaces, as columns of
 * measurements are, unless grouping and check together are rare.
 */
final class NationalIds {
  private static final int DIGITS_MIN = 8;
  private static final Rule[][] RULES = rules();

  private NationalIds() {}

  /** What tells an id from other digits. */
  private interface Check {
    boolean passes(byte[] digits);
  }

  /** A row of the table. */
  private static final class Rule {
    final Kind kind;
    final int digits;
    final Check check;
    final long[] shapes;

    Rule(Kind kind, int digits, Check check, String... canonical) {
      this.kind = kind;
      this.digits = digits;
      this.check = check;
      shapes = new long[canonical.length];
      for (int i = 0; i < shapes.length; i++) {
        shapes[i] = Digits.shape(canonical[i]);
      }
    }

    boolean knows(long shape) {
      for (long known : shapes) {
        if (known == shape) {
          return true;
        }
      }
      return false;
    }
  }

  /** Adds the id that begins with the first group and has its word nearby; where it ends, or -1. */
  static int findNamed(Scan scan, Digits digits) {
    int end = digits.end(digits.groups() - 1);
    return scan.isNumberNear(digits.begin(), end) ? find(scan, digits, true) : -1;
  }

  /** Adds the id that begins with the first group and is grouped its own way; its end, or -1. */
  static int findGrouped(Scan scan, Digits digits) {
    return digits.groups() == 1 || digits.isInRow() ? -1 : find(scan, digits, false);
  }

  private static int find(Scan scan, Digits digits, boolean named) {
    if (!digits.mayBegin()) {
      return -1;
    }
    for (int group = digits.groups() - 1; group >= 0; group--) {
      int count = digits.count(group);
      if (count >= DIGITS_MIN && count < RULES.length && digits.mayEnd(group)) {
        for (Rule rule : RULES[count]) {
          if (scan.wants(rule.kind)
              && (named || rule.knows(digits.shape(group)))
              && rule.check.passes(digits.values())
              && (!named || scan.near(rule.kind, digits.begin(), digits.end(group)))) {
            scan.hits.add(digits.begin(), digits.end(group), rule.kind);
            return digits.end(group);
          }
        }
      }
    }
    return -1;
  }

  private static Rule[][] rules() {
    List<Rule> rules = new ArrayList<>();
    rules.add(new Rule(Kind.US_SSN, 9, AmericanIds::ssn, "3-2-4"));
    rules.add(new Rule(Kind.US_ITIN, 9, AmericanIds::itin, "3-2-4"));
    rules.add(new Rule(Kind.US_ABA, 9, AmericanIds::aba));
    rules.add(new Rule(Kind.CA_SIN, 9, AmericanIds::sin, "3-3-3"));
    rules.add(new Rule(Kind.NL_BSN, 9, EuropeanIds::bsn, "4.2.3"));
    rules.add(new Rule(Kind.AU_TFN, 9, PacificIds::tfn9));
    rules.add(new Rule(Kind.AU_TFN, 8, PacificIds::tfn8));
    rules.add(new Rule(Kind.US_NPI, 10, AmericanIds::npi));
    rules.add(new Rule(Kind.UK_NHS, 10, EuropeanIds::nhs));
    rules.add(new Rule(Kind.SE_PERSONNUMMER, 10, d -> EuropeanIds.personnummer(d, 0), "6-4"));
    rules.add(new Rule(Kind.AU_MEDICARE, 10, PacificIds::medicare, "4 5 1", "4-5-1"));
    rules.add(
        new Rule(Kind.AU_MEDICARE, 11, PacificIds::medicare, "4 5 1-1", "4 5 1/1", "4-5-1-1"));
    rules.add(new Rule(Kind.BR_CPF, 11, AmericanIds::cpf, "3.3.3-2"));
    rules.add(new Rule(Kind.DE_TAX_ID, 11, EuropeanIds::taxId, "2 3 3 3", "2-3-3-3"));
    rules.add(new Rule(Kind.AU_ABN, 11, PacificIds::abn, "2 3 3 3", "2-3-3-3"));
    rules.add(new Rule(Kind.PL_PESEL, 11, EuropeanIds::pesel));
    rules.add(new Rule(Kind.IN_AADHAAR, 12, PacificIds::aadhaar, "4 4 4", "4-4-4"));
    rules.add(new Rule(Kind.SE_PERSONNUMMER, 12, d -> EuropeanIds.personnummer(d, 2)));
    rules.add(new Rule(Kind.KR_RRN, 13, PacificIds::rrn, "6-7"));
    rules.add(new Rule(Kind.BR_CNPJ, 14, AmericanIds::cnpj, "2.3.3/4-2"));
    rules.add(new Rule(Kind.FR_NIR, 15, EuropeanIds::nir, "1 2 2 2 3 3 2", "13 2"));
    Rule[][] table = new Rule[16][];
    for (int digits = 0; digits < table.length; digits++) {
      int count = digits;
      table[digits] = rules.stream().filter(r -> r.digits == count).toArray(Rule[]::new);
    }
    return table;
  }
}
