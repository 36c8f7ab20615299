package dev.tollspan.pipelineconfig;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a configuration may name in this version, from the tables that the reader goes by. */
public final class Components {
  /** What a type cannot do without; for an endpoint, a word that says so. */
  private static final Map<String, String> NEEDED =
      Map.of(
          "otlp", "{protocols: {grpc: , http: }}",
          "otlp_grpc", "{endpoint: NEEDED}",
          "otlp_http", "{endpoint: 'http://NEEDED'}",
          "bearertokenauth", "{filename: NEEDED}",
          "basicauth", "{htpasswd: {file: NEEDED}}");

  private Components() {}

  /**
   * Each component with its keys and their defaults, shaped like the file; below them, as comments,
   * the types that are read but do nothing, or go by another name.
   */
  public static String toYaml() {
    StringBuilder file = new StringBuilder();
    List<String> others = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      file.append(kind.key).append(":\n");
      for (String type : kind.types) {
        String warning = kind.warning(type);
        if (warning == null) {
          file.append("  %s: %s\n".formatted(type, NEEDED.getOrDefault(type, "")));
        } else {
          others.add("# %s: %s: %s\n".formatted(kind.key, type, warning));
        }
      }
    }
    Findings findings = new Findings("components");
    Section root =
        Section.root(
            YamlReader.read(file.toString(), findings),
            new Expansion(_ -> null, findings),
            findings);
    PipelineConfig config = new ComponentReader(findings, _ -> null, Long.MAX_VALUE).read(root);
    if (!findings.problems().isEmpty()) {
      throw new IllegalStateException("a type cannot be read: " + findings.problems());
    }
    return new YamlWriter(false).writeComponents(config) + String.join("", others);
  }
}
