package dev.tollspan.detectors;

import static dev.tollspan.detectors.Ascii.ALNUM;
import static dev.tollspan.detectors.Ascii.HEX;

/** Addresses of machines: IPv4, IPv6 (RFC 4291), MAC. Loopback and nobody's addresses are none. */
final class Addresses {
  private static final int VERSION_BEFORE = 24;
  private static final int IPV6_MAX = 39;

  private Addresses() {}

  /** Adds the IPv4 address that the first four groups are; where it ends, or -1. */
  static int ipv4(Scan scan, Digits digits) {
    if (digits.groups() < 4
        || digits.separator(1) != '.'
        || digits.separator(2) != '.'
        || digits.separator(3) != '.') {
      return -1;
    }
    boolean ends = digits.groups() == 4 ? digits.mayEnd(3) : digits.separator(4) != '.';
    if (!ends || !digits.mayBegin() || isVersion(scan, digits)) {
      return -1;
    }
    for (int group = 0; group < 4; group++) {
      int from = group == 0 ? 0 : digits.count(group - 1);
      boolean padded = digits.length(group) > 1 && digits.value(from) == 0;
      if (padded || digits.length(group) > 3 || digits.value(from, digits.count(group)) > 255) {
        return -1;
      }
    }
    int first = digits.value(0, digits.count(0));
    boolean all = first == 255 && digits.value(digits.count(2), digits.count(3)) == 255;
    if (first == 0 || first == 127 || all) {
      return -1;
    }
    scan.hits.add(digits.begin(), digits.end(3), Kind.IPV4);
    return digits.end(3);
  }

  /** "Chrome/1.2.3.4" and "version 1.2.3.4" are no addresses, "http://1.2.3.4" is one. */
  private static boolean isVersion(Scan scan, Digits digits) {
    int start = digits.begin();
    boolean product = scan.at(start - 1) == '/' && scan.is(start - 2, ALNUM);
    return product || scan.near(Words.VERSION, start, start, VERSION_BEFORE);
  }

  /** Adds the MAC or IPv6 address whose first colon this is; where it ends, or -1. */
  static int colon(Scan scan, int colon) {
    int start = colon;
    while (start > scan.begin && colon - start < 5 && scan.is(start - 1, HEX)) {
      start--;
    }
    if (scan.is(start - 1, ALNUM) || scan.at(start - 1) == ':' || scan.at(start - 1) == '.') {
      return -1;
    }
    if (colon - start == 2) {
      int end = mac(scan, start, ':');
      if (end >= 0) {
        return end;
      }
    }
    return scan.wants(Kind.IPV6) ? ipv6(scan, start) : -1;
  }

  /** Adds the MAC address of six or eight pairs that begins here; where it ends, or -1. */
  static int mac(Scan scan, int start, char separator) {
    boolean begins = !scan.is(start - 1, ALNUM) && scan.at(start - 1) != separator;
    if (!begins || !scan.wants(Kind.MAC) || scan.at(start + 5) != separator) {
      return -1;
    }
    int p = start;
    int pairs = 0;
    boolean letters = false;
    boolean differ = false;
    while (pairs < 8 && scan.is(p, HEX) && scan.is(p + 1, HEX) && !scan.is(p + 2, ALNUM)) {
      letters |= scan.is(p, Ascii.LETTER) || scan.is(p + 1, Ascii.LETTER);
      differ |= scan.at(p) != scan.at(start) || scan.at(p + 1) != scan.at(start + 1);
      pairs++;
      p += 2;
      if (scan.at(p) != separator || !scan.is(p + 1, HEX)) {
        break;
      }
      p++;
    }
    boolean ends = scan.at(p) != separator && scan.at(p - 1) != separator && !scan.is(p, ALNUM);
    if ((pairs != 6 && pairs != 8) || !ends || !differ) {
      return -1;
    }
    if (!letters && separator == '-' && !scan.near(Kind.MAC, start, p)) {
      return -1;
    }
    scan.hits.add(start, p, Kind.MAC);
    return p;
  }

  private static int ipv6(Scan scan, int start) {
    int p = start;
    int groups = 0;
    int gaps = 0;
    int limit = Math.min(scan.end, start + IPV6_MAX + 1);
    while (p < limit) {
      int stop = scan.run(p, HEX, 5);
      if (stop - p > 4) {
        return -1;
      }
      groups += stop > p ? 1 : 0;
      p = stop;
      if (scan.at(p) != ':' || !(scan.is(p + 1, HEX) || scan.at(p + 1) == ':')) {
        break;
      }
      boolean gap = scan.at(p + 1) == ':';
      gaps += gap ? 1 : 0;
      p += gap ? 2 : 1;
    }
    boolean ends = !scan.is(p, ALNUM) && !(scan.at(p) == ':' && scan.at(p + 1) == ':');
    boolean whole = gaps == 0 && groups == 8;
    boolean cut = gaps == 1 && groups >= 2 && groups < 8 && isRouted(scan, start);
    if (!ends || !(whole || cut)) {
      return -1;
    }
    scan.hits.add(start, p, Kind.IPV6);
    return p;
  }

  /** Global, local to a site or to a link: else "dead::beef" of some language would do. */
  private static boolean isRouted(Scan scan, int start) {
    if (scan.at(start) == ':' || scan.at(start + 4) != ':') {
      return false;
    }
    int first = Ascii.hex(scan.at(start));
    int second = Ascii.hex(scan.at(start + 1));
    boolean local = first == 15 && (second == 12 || second == 13 || second == 14);
    return first == 2 || first == 3 || local;
  }
}
