package dev.tollspan.pipelineconfig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ComponentsTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[a-z][^|]*) \\|");
  private static final Pattern CODE = Pattern.compile("`([a-z_.]+)`");

  /** Nothing is left to add but who runs, so what is listed is what the reader takes. */
  @Test
  void theListIsAConfigurationOfEveryDefault() {
    String service =
        """
        service:
          extensions: [health_check]
          pipelines:
            traces:
              receivers: [otlp]
              processors: [estimate_cost, drop_content]
              exporters: [ndjson, parquet, otlp_grpc]
        """;
    PipelineConfig listed = Configs.valid(Components.toYaml() + service);
    PipelineConfig standard = ((Reading.Valid) PipelineConfig.defaults()).config();
    assertEquals(standard.receivers(), listed.receivers());
    assertEquals(standard.processors(), listed.processors());
    standard
        .exporters()
        .forEach((id, settings) -> assertEquals(settings, listed.exporters().get(id)));
    standard
        .extensions()
        .forEach((id, settings) -> assertEquals(settings, listed.extensions().get(id)));
  }

  /**
   * Each component is a record of one of these interfaces; the last part of a type's name is its.
   */
  @Test
  void everyComponentOfTheCodeIsListed() {
    String list = Components.toYaml().replace("_", "").toLowerCase(Locale.ROOT);
    int components = 0;
    for (Class<?> kind :
        List.of(
            ReceiverSettings.class,
            ProcessorSettings.class,
            ExporterSettings.class,
            ExtensionSettings.class)) {
      for (Class<?> component : kind.getPermittedSubclasses()) {
        String type = component.getSimpleName().toLowerCase(Locale.ROOT);
        assertTrue(list.matches("(?s).*(\n  |\n# [a-z]+: |^  )" + type + ":.*"), type);
        components++;
      }
    }
    assertEquals(11, components, "none was looked at, or one is new: list it here, too");
  }

  /** Of keys the last part, as the page sets others apart by words. */
  @Test
  void thePageAndTheListTellTheSameKeys() throws IOException {
    Path root = Path.of(System.getProperty("tollspan.root"));
    String[] sections = Files.readString(root.resolve("docs/configuration.md")).split("\n###? ");
    Set<String> lacking = new TreeSet<>();
    Map<String, Set<String>> listed = listed();
    listed.forEach(
        (type, keys) -> {
          String page =
              Arrays.stream(sections)
                  .filter(section -> section.lines().findFirst().orElse("").contains(type))
                  .findFirst()
                  .orElse("");
          for (String key : keys) {
            if (!Pattern.compile("`[^`\\n]*\\b" + key + "\\b").matcher(page).find()) {
              lacking.add("page: " + type + "." + key);
            }
          }
        });
    for (String section : sections) {
      String title = section.lines().findFirst().orElse("");
      Set<String> keys = new TreeSet<>();
      listed.forEach((type, own) -> keys.addAll(title.contains(type) ? own : Set.of()));
      for (MatchResult row : ROW.matcher(keys.isEmpty() ? "" : section).results().toList()) {
        for (MatchResult key : CODE.matcher(row.group(1)).results().toList()) {
          String last = key.group(1).replaceFirst(".*\\.", "");
          if (!keys.contains(last)) {
            lacking.add("list: " + title + ": " + key.group(1));
          }
        }
      }
    }
    assertEquals(Set.of(), lacking);
  }

  /** By type the keys of the list, those above others too. */
  private static Map<String, Set<String>> listed() {
    Map<String, Set<String>> listed = new TreeMap<>();
    String type = "";
    for (String line : Components.toYaml().lines().toList()) {
      Matcher key = Pattern.compile("( +)(\\w+):.*").matcher(line);
      Matcher more = Pattern.compile("# \\w+\\.(\\w+): (.*)").matcher(line);
      if (key.matches()) {
        type = key.group(1).length() == 2 ? key.group(2) : type;
        Set<String> keys = listed.computeIfAbsent(type, _ -> new TreeSet<>());
        if (key.group(1).length() > 2) {
          keys.add(key.group(2));
        }
      } else if (more.matches()) {
        Set<String> keys = listed.computeIfAbsent(more.group(1), _ -> new TreeSet<>());
        keys.addAll(List.of(more.group(2).replace("NAME.", "").replace("[]", "").split("[.,] ?")));
      }
    }
    return listed;
  }

  @Test
  void everyTypeOfTheTableIsListedOnceWithItsKeys() {
    String list = Components.toYaml();
    for (Kind kind : Kind.values()) {
      for (String type : kind.types) {
        String line =
            kind.warning(type) == null ? "  " + type + ":" : "# " + kind.key + ": " + type + ":";
        assertEquals(1, list.lines().filter(l -> l.startsWith(line)).count(), line);
      }
    }
    assertTrue(list.contains("    max_connections: 1024\n".indent(4)), list);
    assertTrue(list.contains("    compression: gzip\n"), list);
    assertTrue(list.contains("    endpoint: NEEDED:4317\n"), list);
  }
}
