package dev.tollspan.sampleinferenceservice;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.EncodingType;
import java.util.StringTokenizer;
import java.util.function.ToIntFunction;

/** Counts the tokens of a prompt. Safe for threads. */
final class Tokenizer {
  private final ToIntFunction<String> encoder;

  Tokenizer(ToIntFunction<String> encoder) {
    this.encoder = encoder;
  }

  /** Loads cl100k_base from the class path; takes a moment, so do it once. */
  static Tokenizer cl100k() {
    return new Tokenizer(
        // Ordinary: a prompt that spells a special token must be counted, not rejected.
        Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.CL100K_BASE)
            ::countTokensOrdinary);
  }

  /** Tokens of the text; its words, and at least 1, where the encoder fails. */
  int count(String text) {
    try {
      return encoder.applyAsInt(text);
    } catch (RuntimeException ignored) {
      return Math.max(1, new StringTokenizer(text).countTokens());
    }
  }
}
