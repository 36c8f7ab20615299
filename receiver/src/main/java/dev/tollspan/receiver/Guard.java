package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Lets in who shows one of the credentials. Keeps their SHA-256 alone, and compares that with all
 * of them, whatever it finds, so that the time taken tells nothing. Immutable.
 */
final class Guard {
  /** What those are told who may not come in. */
  static final String REFUSAL = "the credentials are missing or wrong";

  /** Of lower case. */
  private final String scheme;

  private final List<byte[]> hashes;

  /** {@code scheme} stands before the credentials, which are as they come over the wire. */
  Guard(String scheme, List<String> credentials) {
    this.scheme = scheme.toLowerCase(Locale.ROOT);
    hashes = new ArrayList<>();
    for (String each : credentials) {
      byte[] bytes = each.getBytes(ISO_8859_1);
      hashes.add(hash(bytes, 0, bytes.length));
    }
  }

  /** Whether the value of a header field, {@code [from, to)}, is one of the credentials. */
  boolean admits(byte[] value, int from, int to) {
    int start = from;
    if (!scheme.isEmpty()) {
      start = from + scheme.length();
      if (start >= to || value[start] != ' ' || !Ascii.isWord(value, from, start, scheme)) {
        return false;
      }
      start++;
    }
    byte[] shown = hash(value, start, to);
    boolean known = false;
    for (byte[] hash : hashes) {
      known |= MessageDigest.isEqual(hash, shown);
    }
    return known;
  }

  private static byte[] hash(byte[] bytes, int from, int to) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(bytes, from, to - from);
      return sha.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
