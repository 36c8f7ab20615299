package dev.tollspan.pipelineconfig;

import dev.tollspan.pipelineconfig.YamlValue.Entries;
import dev.tollspan.pipelineconfig.YamlValue.Entry;
import dev.tollspan.pipelineconfig.YamlValue.Items;
import dev.tollspan.pipelineconfig.YamlValue.Scalar;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One map of the file, asked key by key. Every question makes its key a known one; {@link #finish}
 * reports the others. A value that cannot be read is a problem, and the fallback stands in for it,
 * so that reading goes on. For one thread.
 */
final class Section {
  private static final Pattern KEY = Pattern.compile("(?:([a-z_]+)\\.)?([a-z_]+)(:?) (.*)");

  private final Findings findings;
  private final Expansion expansion;
  private final String path;
  private final Position position;
  private final Map<String, Entry> entries;
  private final Set<String> known = new TreeSet<>();
  private final Set<String> asked; // paths, of the whole file

  private Section(Section parent, String path, Position position, Map<String, Entry> entries) {
    findings = parent.findings;
    expansion = parent.expansion;
    asked = parent.asked;
    this.path = path;
    this.position = position;
    this.entries = entries;
  }

  private Section(Findings findings, Expansion expansion) {
    this.findings = findings;
    this.expansion = expansion;
    asked = new TreeSet<>();
    path = "";
    position = Position.START;
    entries = Map.of();
  }

  /** One word of a list, and where it stands. */
  record Word(String text, Position position) {
    static List<String> texts(List<Word> words) {
      return words.stream().map(Word::text).toList();
    }
  }

  /** The whole file. */
  static Section root(@Nullable YamlValue value, Expansion expansion, Findings findings) {
    Section nothing = new Section(findings, expansion);
    return value == null ? nothing : nothing.mapAt("", Position.START, value);
  }

  private void ask(String key) {
    known.add(key);
    asked.add(path(key));
  }

  /** The paths of all keys that were looked for in the file, whether it gives them or not. */
  Set<String> asked() {
    return Collections.unmodifiableSet(asked);
  }

  /** The keys that the file gives, in its order. */
  Set<String> keys() {
    return entries.keySet();
  }

  String path() {
    return path;
  }

  String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** Where the key stands; where the section stands if the file does not give it. */
  Position position(String key) {
    Entry entry = entries.get(key);
    return entry == null ? position : entry.position();
  }

  /** Where the value stands; where the section stands if the file does not give it. */
  Position valuePosition(String key) {
    Entry entry = entries.get(key);
    return entry == null ? position : entry.value().position();
  }

  /** Whether the file gives this key, be it empty. */
  boolean has(String key) {
    ask(key);
    return entries.containsKey(key);
  }

  /** Something is wrong with the value of this key; only said of a value that could be read. */
  void problem(String key, String message) {
    if (!isUnreadable(key)) {
      findings.problem(valuePosition(key), path(key), message);
    }
  }

  /** Whether the value of this key could not be read, so that the fallback stands in for it. */
  boolean isUnreadable(String key) {
    return findings.isUnreadable(path(key));
  }

  private void unreadable(String key, String message) {
    findings.unreadable(valuePosition(key), path(key), message);
  }

  void warn(String key, String message) {
    findings.warn(position(key), path(key), message);
  }

  /**
   * Takes this key, should the file give it, for one that changes nothing. It becomes no known one
   * before, so that no problem proposes it.
   */
  void withoutEffect(String key, String why) {
    if (entries.containsKey(key)) {
      known.add(key);
      findings.withoutEffect(position(key), path(key), why);
    }
  }

  /** The map below this key; an empty one if it is left out or empty. */
  Section section(String key) {
    ask(key);
    Entry entry = entries.get(key);
    return entry == null
        ? new Section(this, path(key), position, Map.of())
        : mapAt(path(key), entry.position(), entry.value());
  }

  /** The maps of a list; empty if it is left out. An item that is none is a problem. */
  List<Section> sections(String key) {
    ask(key);
    Entry entry = entries.get(key);
    List<Section> sections = new ArrayList<>();
    if (entry == null || (entry.value() instanceof Scalar scalar && scalar.isNull())) {
      return sections;
    }
    if (!(entry.value() instanceof Items items)) {
      unreadable(key, "expected a list of maps, each behind a dash");
      return sections;
    }
    for (int i = 0; i < items.values().size(); i++) {
      String at = path(key) + "[" + i + "]";
      if (items.values().get(i) instanceof Entries map) {
        sections.add(new Section(this, at, map.position(), map.byKey()));
      } else {
        findings.unreadable(items.values().get(i).position(), at, "expected a map of keys");
      }
    }
    return sections;
  }

  private Section mapAt(String below, Position at, YamlValue value) {
    if (value instanceof Entries map) {
      return new Section(this, below, at, map.byKey());
    }
    if (!(value instanceof Scalar scalar && scalar.isNull())) {
      findings.unreadable(value.position(), below, "expected a map of keys");
    }
    return new Section(this, below, at, Map.of());
  }

  /** A value that has a fallback: an empty one counts as left out, as does an empty variable. */
  <T> T value(String key, T fallback, Function<String, T> reader) {
    String text = text(key);
    if (text == null) {
      return fallback;
    }
    String plain = text.strip();
    return plain.isEmpty() || plain.equals("~") || plain.equals("null")
        ? fallback
        : read(key, plain, fallback, reader);
  }

  /** Text, exactly as it is written. */
  <T> T text(String key, T fallback, Function<String, T> reader) {
    String text = text(key);
    return text == null ? fallback : read(key, text, fallback, reader);
  }

  boolean flag(String key, boolean fallback) {
    return value(key, fallback, Section::parseFlag);
  }

  long number(String key, long fallback, long min, long max) {
    return value(key, fallback, text -> parseNumber(text, min, max));
  }

  /** One of the words, the first if it is left out; those of {@code later} are known problems. */
  String choice(String key, List<String> words, List<String> later) {
    String word = text(key, words.getFirst(), Function.identity());
    if (later.contains(word)) {
      Position at = valuePosition(key);
      findings.notInThisVersion(at, path(key), words);
      return words.getFirst();
    }
    return isAllowed(key, word, words) ? word : words.getFirst();
  }

  /** One of the words; null if it is left out, or another. */
  @Nullable String choice(String key, Collection<String> words) {
    String word = text(key);
    return word != null && isAllowed(key, word, words) ? word : null;
  }

  private boolean isAllowed(String key, String word, Collection<String> words) {
    if (!words.contains(word)) {
      findings.wrongWord(valuePosition(key), path(key), "not a word for this key", word, words);
    }
    return words.contains(word);
  }

  /**
   * What a room makes of values, unless it refuses them: its message starts with the key, below
   * this section, and then the fallback stands in.
   */
  <T> T checked(T fallback, Supplier<T> maker) {
    try {
      return maker.get();
    } catch (IllegalArgumentException refused) {
      refuse(String.valueOf(refused.getMessage()));
      return fallback;
    }
  }

  /** The words of a list; empty if it is left out. */
  List<Word> words(String key) {
    ask(key);
    Entry entry = entries.get(key);
    List<Word> words = new ArrayList<>();
    if (entry == null || (entry.value() instanceof Scalar scalar && scalar.isNull())) {
      return words;
    }
    if (!(entry.value() instanceof Items items)) {
      unreadable(key, "expected a list, such as [a, b]");
      return words;
    }
    for (YamlValue item : items.values()) {
      if (item instanceof Scalar scalar && !scalar.isNull()) {
        String text = expansion.expand(scalar, path(key));
        if (text != null) {
          words.add(new Word(text, scalar.position()));
        }
      } else {
        findings.unreadable(item.position(), path(key), "expected one word");
      }
    }
    return words;
  }

  /** All keys of a free map with their text; a value without one is empty. */
  Map<String, String> texts() {
    Map<String, String> texts = new LinkedHashMap<>();
    for (String key : entries.keySet()) {
      String text = text(key);
      texts.put(key, text == null ? "" : text);
    }
    return texts;
  }

  /** Whether the value of this key is written out, not taken from the environment. */
  boolean isLiteral(String key) {
    Entry entry = entries.get(key);
    return entry != null && entry.value() instanceof Scalar scalar && !Expansion.isExpanded(scalar);
  }

  /** Reports the keys that nobody asked for. */
  void finish() {
    for (Map.Entry<String, Entry> entry : entries.entrySet()) {
      if (!known.contains(entry.getKey())) {
        Position at = entry.getValue().position();
        findings.wrongWord(at, path(entry.getKey()), "unknown key", entry.getKey(), known);
      }
    }
  }

  private @Nullable String text(String key) {
    ask(key);
    Entry entry = entries.get(key);
    if (entry == null || (entry.value() instanceof Scalar scalar && scalar.isNull())) {
      return null;
    }
    if (entry.value() instanceof Scalar scalar) {
      return expansion.expand(scalar, path(key));
    }
    unreadable(key, "expected one value, not a list or map");
    return null;
  }

  private void refuse(String message) {
    Matcher start = KEY.matcher(message);
    if (!start.matches() || !known.contains(start.group(start.group(1) == null ? 2 : 1))) {
      findings.problem(position, path, message);
      return;
    }
    Section below = start.group(1) == null ? this : section(start.group(1));
    boolean saysKey = start.group(3).equals(":") || start.group(4).startsWith("must");
    below.problem(start.group(2), saysKey ? start.group(4) : message);
  }

  private <T> T read(String key, String text, T fallback, Function<String, T> reader) {
    try {
      return reader.apply(text);
    } catch (IllegalArgumentException wrong) {
      String message = String.valueOf(wrong.getMessage());
      unreadable(
          key, message.startsWith(key + " ") ? message.substring(key.length() + 1) : message);
      return fallback;
    }
  }

  private static boolean parseFlag(String text) {
    return switch (text) {
      case "true", "True", "TRUE" -> true;
      case "false", "False", "FALSE" -> false;
      default -> throw new IllegalArgumentException("expected true or false");
    };
  }

  private static long parseNumber(String text, long min, long max) {
    if (text.matches("[+-]?[0-9]{1,18}")) {
      long number = Long.parseLong(text);
      if (number >= min && number <= max) {
        return number;
      }
    }
    throw new IllegalArgumentException("expected a whole number from " + min + " to " + max);
  }
}
