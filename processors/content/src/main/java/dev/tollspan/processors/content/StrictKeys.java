package dev.tollspan.processors.content;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tollspan.spans.KeyTable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Which keys strict keeps and under which grammar: strict.tsv, and what the operator adds. */
final class StrictKeys {
  private StrictKeys() {}

  /** The bundled list in its order, then the operator's keys as ids. */
  static Map<String, Grammar> of(DropContentConfig config) {
    Map<String, Grammar> grammars = new LinkedHashMap<>();
    try (InputStream in = StrictKeys.class.getResourceAsStream("strict.tsv");
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          int tab = line.indexOf('\t');
          grammars.put(
              line.substring(0, tab),
              Grammar.valueOf(line.substring(tab + 1).toUpperCase(Locale.ROOT)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (String key : config.allow()) {
      grammars.putIfAbsent(key, Grammar.ID);
    }
    return grammars;
  }

  /** The grammar of each key by its number; NOTHING for all keys that are not on the list. */
  static Grammar[] byNumber(DropContentConfig config, KeyTable keys) {
    Grammar[] grammars = new Grammar[keys.size() + 1];
    Arrays.fill(grammars, Grammar.NOTHING);
    of(config).forEach((key, grammar) -> grammars[keys.id(key)] = grammar);
    return grammars;
  }
}
