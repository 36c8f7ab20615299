package dev.tollspan.canary;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A key under which marks are sent, and what it holds: a row of keys.tsv. */
record Key(String name, Holds holds) {
  /** Where the key of an attribute makes no difference. */
  static final Key ANY = new Key("note", Holds.TEXT);

  /** By what is known of those who write the key. */
  enum Holds {
    /** Prompts, completions, tools, retrieval, headers, URLs, and what callers add. */
    CONTENT,
    /** An id of a person or a session. */
    PERSON,
    NUMBER,
    /** What only a pipeline writes. */
    OWN,
    /** The name or the id of a thing, in one word. */
    WORD,
    /** Nobody knows. */
    TEXT
  }

  /** Whether a text that is short and no sentence could be what belongs there. */
  boolean admitsShortText() {
    return holds == Holds.TEXT || holds == Holds.WORD;
  }

  /** All of the table. */
  static List<Key> all() {
    List<Key> keys = new ArrayList<>();
    try (InputStream in = Key.class.getResourceAsStream("keys.tsv");
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          int tab = line.indexOf('\t');
          String holds = line.substring(tab + 1).toUpperCase(Locale.ROOT);
          keys.add(new Key(line.substring(0, tab), Holds.valueOf(holds)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return keys;
  }
}
