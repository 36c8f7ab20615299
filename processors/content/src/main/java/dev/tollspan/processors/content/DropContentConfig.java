package dev.tollspan.processors.content;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/**
 * What the gate is told. Each list holds keys, and patterns of whole keys between two slashes; deny
 * beats hash, hash beats allow.
 *
 * @param profile how much is kept
 * @param allow more keys whose numbers, booleans and ids are kept
 * @param deny keys that go whatever they hold
 * @param hash more keys whose ids become keyed hashes
 * @param hashKey the key of these hashes
 * @param previousHashKey an older key, by which each hash is told a second time
 */
public record DropContentConfig(
    Profile profile,
    List<String> allow,
    List<String> deny,
    List<String> hash,
    HashKeySource hashKey,
    HashKeySource previousHashKey) {
  private static final int KEY_CHARACTERS_MAX = 128;
  private static final byte[][] OF_PIPELINE = {
    Names.ascii("content.removed."), Names.ascii("cost."), Names.ascii("estimated_cost"),
  };

  public DropContentConfig {
    allow = checked("allow", allow);
    deny = checked("deny", deny);
    hash = checked("hash", hash);
    if (previousHashKey.isGiven() && !hashKey.isGiven()) {
      throw new IllegalArgumentException(
          "hash_key_previous_file: there is no newer key to go with it");
    }
    if (previousHashKey.isGiven() && previousHashKey.isOfSamePlace(hashKey)) {
      throw new IllegalArgumentException("hash_key_previous_file: this is the newer key");
    }
  }

  /** Strict, without additions. */
  public static DropContentConfig defaults() {
    return of(Profile.STRICT);
  }

  /** A profile, without additions. */
  public static DropContentConfig of(Profile profile) {
    return new DropContentConfig(
        profile, List.of(), List.of(), List.of(), HashKeySource.NONE, HashKeySource.NONE);
  }

  /** Whether a key is one that the pipeline writes itself. */
  static boolean isOfPipeline(byte[] key, int from, int to) {
    for (byte[] prefix : OF_PIPELINE) {
      if (Names.startsWith(key, from, to, prefix)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOfPipeline(String key) {
    byte[] bytes = key.getBytes(UTF_8);
    return isOfPipeline(bytes, 0, bytes.length);
  }

  private static List<String> checked(String list, List<String> entries) {
    for (String entry : entries) {
      if (KeyPatterns.isPattern(entry)) {
        check(list, entry);
      } else if (entry.isEmpty() || entry.length() > KEY_CHARACTERS_MAX) {
        throw new IllegalArgumentException(
            list + ": a key has 1 to " + KEY_CHARACTERS_MAX + " characters");
      } else if (isOfPipeline(entry)) {
        throw new IllegalArgumentException(
            list + ": content.removed.*, cost.* and estimated_cost* are written by the pipeline");
      }
    }
    return List.copyOf(entries);
  }

  private static void check(String list, String pattern) {
    try {
      KeyPatterns.compile(pattern);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(list + ": " + e.getMessage(), e);
    }
  }
}
