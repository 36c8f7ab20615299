package dev.tollspan.detectors;

import static dev.tollspan.detectors.Ascii.ALNUM;
import static dev.tollspan.detectors.Ascii.DOT;
import static dev.tollspan.detectors.Ascii.TOKEN;

/**
 * E-mail addresses (RFC 5321, without quoted names): a name, a domain, a known top-level domain.
 */
final class Mail {
  private static final int NAME_MAX = 64;
  private static final int DOMAIN_MAX = 253;
  private static final String NAME_SIGNS =
      "!#$*+^~%"; // those that rarely part an address from text

  private Mail() {}

  /** Adds the address around this @; where it ends, or -1. */
  static int find(Scan scan, int at) {
    int start = start(scan, at);
    int end = end(scan, at + 1);
    if (start == at || end < 0 || isRemote(scan, start, at, end)) {
      return -1;
    }
    scan.hits.add(start, end, Kind.EMAIL);
    return end;
  }

  private static int start(Scan scan, int at) {
    int p = at;
    int limit = Math.max(scan.begin, at - NAME_MAX);
    while (p > limit && isName(scan, p - 1)) {
      p--;
    }
    while (p < at && !scan.is(p, ALNUM) && scan.at(p) != '_') {
      p++;
    }
    return p;
  }

  private static boolean isName(Scan scan, int p) {
    int c = scan.at(p);
    return scan.is(p, TOKEN | DOT) || NAME_SIGNS.indexOf(c) >= 0;
  }

  /** Where the longest domain ends whose last label is a top-level domain, or -1. */
  private static int end(Scan scan, int from) {
    int limit = Math.min(scan.end, from + DOMAIN_MAX);
    int found = -1;
    int label = from;
    boolean dots = false;
    for (int p = from; p <= limit; p++) {
      if (p < limit && isLabel(scan, p)) {
        continue;
      }
      boolean dot = p < limit && scan.at(p) == '.';
      if (p == label) {
        return found;
      }
      if (dots && Tlds.isKnown(scan.text, label, trimmed(scan, label, p))) {
        found = trimmed(scan, label, p);
      }
      if (!dot || !isLabel(scan, p + 1)) {
        return found;
      }
      dots = true;
      label = p + 1;
    }
    return found;
  }

  private static boolean isLabel(Scan scan, int p) {
    return scan.is(p, ALNUM) || scan.at(p) == '-';
  }

  private static int trimmed(Scan scan, int from, int to) {
    int p = to;
    while (p > from && scan.at(p - 1) == '-') {
      p--;
    }
    return p;
  }

  /** git@host:path and scheme://git@host/path name a repository, not a person. */
  private static boolean isRemote(Scan scan, int start, int at, int end) {
    boolean git = at - start == 3 && scan.at(start) == 'g' && scan.at(start + 1) == 'i';
    return git && scan.at(start + 2) == 't' && (scan.at(end) == ':' || scan.at(end) == '/');
  }
}
