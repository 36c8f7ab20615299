package dev.tollspan.detectors;

/** User and password before a URL's host (RFC 3986, section 3.2.1). */
final class Urls {
  private static final int LENGTH_MAX = 256;
  private static final String ENDS = "/?# \t\r\n\"'<>\\`{}";

  private Urls() {}

  /** Adds what stands between this "://" and the host's @; where the host begins, or -1. */
  static int find(Scan scan, int colon) {
    int start = colon + 3;
    int limit = Math.min(scan.end, start + LENGTH_MAX);
    int password = -1;
    int at = -1;
    for (int p = start; p < limit && ENDS.indexOf(scan.at(p)) < 0; p++) {
      if (scan.at(p) == ':' && password < 0) {
        password = p + 1;
      } else if (scan.at(p) == '@') {
        at = p;
      }
    }
    if (password < 0 || at <= password) {
      return -1;
    }
    scan.hits.add(start, at, Kind.URL_CREDENTIALS);
    return at + 1;
  }
}
