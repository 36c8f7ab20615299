package dev.tollspan.pipelineconfig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class ComponentsTest {
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
