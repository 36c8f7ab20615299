package dev.tollspan.processors.content;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a key for hashes comes from. At most one of file and variable.
 *
 * @param file holds the key, of at least 32 bytes; line ends behind it are no part of it
 * @param variable names the environment variable that holds the key
 * @param id stands in each hash; null: the first 8 hex digits of the key's SHA-256
 */
public record HashKeySource(@Nullable Path file, @Nullable String variable, @Nullable String id) {
  private static final int ID_CHARACTERS_MAX = 32;

  /** No key: a random one for each process. */
  public static final HashKeySource NONE = new HashKeySource(null, null, null);

  public HashKeySource {
    if (file != null && variable != null) {
      throw new IllegalArgumentException("hash_key_env: not beside a file");
    }
    if (id != null && !id.matches("[A-Za-z0-9_.-]{1," + ID_CHARACTERS_MAX + "}")) {
      throw new IllegalArgumentException(
          "hash_key_id: 1 to " + ID_CHARACTERS_MAX + " letters, digits, dots, _ or -");
    }
    if (id != null && file == null && variable == null) {
      throw new IllegalArgumentException("hash_key_id: names a key, but there is none");
    }
  }

  /**
   * Looks whether the key is there, and long enough.
   *
   * @throws IllegalArgumentException if it is not, with what is wrong
   */
  public void check() {
    var _ = HashKey.load(this, System::getenv);
  }

  /** Whether both name the same file or variable. */
  boolean isOfSamePlace(HashKeySource other) {
    return Objects.equals(file, other.file) && Objects.equals(variable, other.variable);
  }

  /** Whether there is a key. */
  boolean isGiven() {
    return file != null || variable != null;
  }
}
