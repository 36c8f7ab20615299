package dev.tollspan.canary;

import dev.tollspan.canary.Policies.Policy;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What may become of a mark, told by its place, its key and its clothes alone: never by what a gate
 * did with it.
 */
final class Leeway {
  private static final int SHORT_CHARACTERS_MAX = 256;
  private static final int SHORT_WORDS_MAX = 11;
  private static final Pattern BETWEEN_WORDS =
      Pattern.compile("[\\s\\p{Punct}&&[^-./:]]+", Pattern.UNICODE_CHARACTER_CLASS);

  /** How a program writes a key. */
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._:/-]{1,100}");

  /** Deeper values are not kept, whatever they are. */
  private static final int DEPTH_MAX = 32;

  private static final String SCOPE_ATTRIBUTES =
      "opentelemetry.proto.common.v1.InstrumentationScope.attributes";

  private Leeway() {}

  /**
   * Whether it is a short text under a key that belongs to no family of content, alone or as the
   * one item of a list; or such a key itself. That is what profile balanced does not promise to
   * remove.
   */
  static boolean isShortText(Place place, Key key, String text) {
    if (!place.counts()
        || text.codePointCount(0, text.length()) > SHORT_CHARACTERS_MAX
        || BETWEEN_WORDS.split(text).length > SHORT_WORDS_MAX) {
      return false;
    }
    boolean isKey = place.isAttributeKey() && KEY.matcher(text).matches();
    return isKey || (place.isTextOfAttribute() && key.admitsShortText());
  }

  /**
   * Which stores hold it behind a gate that is as open as may be: files of a pipeline that keeps
   * everything; and since such a pipeline forwards nothing, short words elsewhere.
   */
  static Set<Store> stores(Place place, Key key, Encoding encoding, Map<String, Policy> policies) {
    Set<Store> stores = EnumSet.noneOf(Store.class);
    if (place.counts() && place.depth() <= DEPTH_MAX && key.holds() != Key.Holds.OWN) {
      boolean ofScope =
          place.path().stream().anyMatch(field -> field.getFullName().equals(SCOPE_ATTRIBUTES));
      if (!ofScope) {
        stores.addAll(files(place, policies));
      }
    }
    boolean isWord = encoding.isWord() && key.holds() == Key.Holds.TEXT;
    if (isWord && isShortText(place, key, "word")) {
      stores.add(Store.FORWARDED);
    }
    return stores;
  }

  private static Set<Store> files(Place place, Map<String, Policy> policies) {
    if (place.kind() instanceof Place.Kind.Leaf leaf) {
      Policy policy = policies.get(leaf.field().getFullName());
      return policy == null ? Set.of() : policy.files(); // nobody writes what nobody knows
    }
    return EnumSet.of(Store.NDJSON, Store.PARQUET);
  }
}
