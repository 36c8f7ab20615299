package dev.tollspan.pipelineconfig;

import dev.tollspan.pipelineconfig.ProcessorSettings.DropContent;
import dev.tollspan.pipelineconfig.Section.Word;
import dev.tollspan.processors.content.DropContentConfig;
import dev.tollspan.processors.content.HashKeySource;
import dev.tollspan.processors.content.Profile;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads and writes the section of {@code drop_content}. */
final class GateReader {
  /** What the keys of both keys for hashes begin with. */
  static final String HASH_KEY = "hash_key";

  static final String PREVIOUS_HASH_KEY = "hash_key_previous";

  private GateReader() {}

  static ProcessorSettings read(Section section) {
    String profile =
        section.choice("profile", List.of("strict", "balanced", "passthrough"), List.of());
    List<String> allow = Word.texts(section.words("allow"));
    List<String> deny = Word.texts(section.words("deny"));
    List<String> hash = Word.texts(section.words("hash"));
    HashKeySource hashKey = hashKey(section, HASH_KEY);
    HashKeySource previous = hashKey(section, PREVIOUS_HASH_KEY);
    if (profile.equals("passthrough")) {
      warnOfNoEffect(section, "allow", allow);
      warnOfNoEffect(section, "deny", deny);
      warnOfNoEffect(section, "hash", hash);
    }
    return new DropContent(
        section.checked(
            DropContentConfig.defaults(),
            () ->
                new DropContentConfig(
                    Profile.valueOf(profile.toUpperCase(Locale.ROOT)),
                    allow,
                    deny,
                    hash,
                    hashKey,
                    previous)));
  }

  private static void warnOfNoEffect(Section section, String list, List<String> keys) {
    if (!keys.isEmpty()) {
      section.warn(list, "has no effect: profile passthrough keeps everything");
    }
  }

  /** The section again, with everything that was left out. */
  static Map<String, Object> write(DropContentConfig config) {
    Map<String, Object> map =
        YamlWriter.map(
            "profile", config.profile().name().toLowerCase(Locale.ROOT),
            "allow", YamlWriter.texts(config.allow()),
            "deny", YamlWriter.texts(config.deny()),
            "hash", YamlWriter.texts(config.hash()));
    write(map, HASH_KEY, config.hashKey());
    write(map, PREVIOUS_HASH_KEY, config.previousHashKey());
    return map;
  }

  private static HashKeySource hashKey(Section section, String prefix) {
    Path none = Path.of("");
    Path file = section.text(prefix + "_file", none, ComponentReader::parsePath);
    String variable = section.text(prefix + "_env", "", Function.identity());
    String id = section.text(prefix + "_id", "", Function.identity());
    return section.checked(
        HashKeySource.NONE,
        () -> {
          try {
            return new HashKeySource(file.equals(none) ? null : file, orNull(variable), orNull(id));
          } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(named(e, prefix), e);
          }
        });
  }

  /** A message that begins with the key that is meant. */
  static String named(IllegalArgumentException wrong, String prefix) {
    return String.valueOf(wrong.getMessage()).replaceFirst("^" + HASH_KEY, prefix);
  }

  private static void write(Map<String, Object> map, String prefix, HashKeySource source) {
    put(map, prefix + "_file", source.file());
    put(map, prefix + "_env", source.variable());
    put(map, prefix + "_id", source.id());
  }

  private static void put(Map<String, Object> map, String key, @Nullable Object value) {
    if (value != null) {
      map.put(key, YamlWriter.text(value));
    }
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
