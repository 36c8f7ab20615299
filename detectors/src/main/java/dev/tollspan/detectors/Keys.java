package dev.tollspan.detectors;

import static dev.tollspan.detectors.Ascii.BASE64;
import static java.nio.charset.StandardCharsets.US_ASCII;

/** Private keys in blocks: PEM (RFC 7468) and its relatives, PuTTY, PKCS#12 in base64. */
final class Keys {
  private static final byte[] BEGIN = "-----BEGIN ".getBytes(US_ASCII);
  private static final byte[] END = "-----END ".getBytes(US_ASCII);
  private static final byte[] PRIVATE = "PRIVATE KEY".getBytes(US_ASCII);
  private static final byte[] PUTTY = "PuTTY-User-Key-File-".getBytes(US_ASCII);
  private static final int LABEL_MAX = 48;
  private static final int BODY_MAX = 32 << 10;
  private static final String BODY_SIGNS = " \n\r\t=:,.-()"; // headers within a block have some

  private Keys() {}

  /** Adds the private key whose block begins with this hyphen; its end, or -1. */
  static int find(Scan scan, int hyphen) {
    if (!scan.startsWith(hyphen, BEGIN)) {
      return -1;
    }
    int label = hyphen + BEGIN.length;
    boolean secret = false;
    int p = label;
    while (p < label + LABEL_MAX && scan.at(p) != '-' && scan.at(p) != 0) {
      secret |= scan.startsWith(p++, PRIVATE);
    }
    return secret && scan.at(p) == '-' ? accept(scan, hyphen, endOfBlock(scan, p + 5)) : -1;
  }

  static int putty(Scan scan, int from) {
    boolean begins = scan.at(from) == 'P' && scan.startsWith(from, PUTTY);
    return begins ? accept(scan, from, endOfBlock(scan, from)) : -1;
  }

  /** PKCS#12 begins with 30 82 LL LL 02 01 03 30 82. */
  static int pkcs12(Scan scan, int from) {
    boolean magic =
        scan.at(from) == 'M'
            && scan.at(from + 1) == 'I'
            && scan.at(from + 2) == 'I'
            && "AQgw".indexOf(scan.at(from + 5)) >= 0
            && scan.at(from + 6) == 'I'
            && scan.at(from + 7) == 'B'
            && scan.at(from + 8) == 'A'
            && scan.at(from + 9) == 'z'
            && scan.at(from + 10) == 'C'
            && scan.at(from + 11) == 'C';
    return magic ? accept(scan, from, Secrets.padded(scan, scan.run(from, BASE64, BODY_MAX))) : -1;
  }

  private static int endOfBlock(Scan scan, int from) {
    int limit = Math.min(scan.end, from + BODY_MAX);
    int p = Math.min(from, scan.end);
    while (p < limit && (scan.is(p, BASE64) || BODY_SIGNS.indexOf(scan.at(p)) >= 0)) {
      if (scan.at(p) == '-' && scan.startsWith(p, END)) {
        int label = p + END.length;
        while (label < p + LABEL_MAX && scan.at(label) != '-' && scan.at(label) != 0) {
          label++;
        }
        return Math.min(scan.end, scan.at(label) == '-' ? label + 5 : label);
      }
      p++;
    }
    return p;
  }

  private static int accept(Scan scan, int from, int end) {
    scan.hits.add(from, end, Kind.PRIVATE_KEY);
    return end;
  }
}
