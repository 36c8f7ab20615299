package dev.tollspan.processors.content;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tollspan.spans.Attributes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A key for hashes of ids, made ready for HMAC-SHA-256 (RFC 2104). Immutable; tells nobody. */
final class HashKey {
  private static final int BYTES_MIN = 32;
  private static final int BLOCK = 64;
  private static final int ID_DIGITS = 8;
  private static final HashKey OF_PROCESS = random();

  private final byte[] inner;
  private final byte[] outer;

  /** {@code hmac:ID:}, which each hash begins with. */
  private final byte[] prefix;

  private HashKey(byte[] key, String id) {
    byte[] block = Arrays.copyOf(key.length > BLOCK ? sha256().digest(key) : key, BLOCK);
    inner = new byte[BLOCK];
    outer = new byte[BLOCK];
    for (int i = 0; i < BLOCK; i++) {
      inner[i] = (byte) (block[i] ^ 0x36);
      outer[i] = (byte) (block[i] ^ 0x5c);
    }
    prefix = (Attributes.HASH_START + id + ":").getBytes(US_ASCII);
  }

  byte[] inner() {
    return inner;
  }

  byte[] outer() {
    return outer;
  }

  byte[] prefix() {
    return prefix;
  }

  /** The key that only this process has: the same for all its gates. */
  static HashKey ofProcess() {
    return OF_PROCESS;
  }

  static HashKey random() {
    byte[] key = new byte[BYTES_MIN];
    new SecureRandom().nextBytes(key);
    return new HashKey(key, "run-" + fingerprint(key));
  }

  /**
   * The key that a configuration names; null if it names none.
   *
   * @throws IllegalArgumentException with a sentence for the operator, if it is not there or short
   */
  static @Nullable HashKey load(HashKeySource source, UnaryOperator<@Nullable String> environment) {
    byte[] key;
    Path file = source.file();
    String variable = source.variable();
    if (file != null) {
      key = read(file);
    } else if (variable != null) {
      String text = environment.apply(variable);
      if (text == null) {
        throw new IllegalArgumentException("the variable with the key for hashes is not set");
      }
      key = text.getBytes(UTF_8);
    } else {
      return null;
    }
    if (key.length < BYTES_MIN) {
      throw new IllegalArgumentException(
          "the key for hashes has less than " + BYTES_MIN + " bytes");
    }
    String id = source.id();
    return new HashKey(key, id == null ? fingerprint(key) : id);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static byte[] read(Path file) {
    try {
      String text = Files.readString(file, ISO_8859_1); // a byte each, whatever it is
      return text.replaceFirst("[\\r\\n]+$", "").getBytes(ISO_8859_1);
    } catch (IOException e) {
      throw new IllegalArgumentException("the file with the key for hashes cannot be read", e);
    }
  }

  private static String fingerprint(byte[] key) {
    return HexFormat.of().formatHex(sha256().digest(key)).substring(0, ID_DIGITS);
  }
}
