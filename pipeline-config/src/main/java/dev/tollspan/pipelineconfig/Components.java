package dev.tollspan.pipelineconfig;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

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

  /** What makes the reader look for all its keys, right or not. */
  private static final Map<String, String> PROBES =
      Map.of(
          "otlp", "{protocols: {grpc: {tls: {}}, http: {tls: {}}}}",
          "estimate_cost", "{self_hosted: {NAME: }, usage_rules: [{}], span_classes: [{}]}",
          "basicauth", "{htpasswd: , client_auth: }");

  private Components() {}

  /**
   * Each component with its keys and their defaults, shaped like the file; below them, as comments,
   * the keys that are not given a value above, and the types that are read but do nothing, or go by
   * another name.
   */
  public static String toYaml() {
    Findings findings = new Findings("components");
    PipelineConfig config = reader(findings).read(root(NEEDED, findings));
    if (!findings.problems().isEmpty()) {
      throw new IllegalStateException("a type cannot be read: " + findings.problems());
    }
    Map<String, Object> listed = new YamlWriter(false).components(config);
    List<String> others = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (String type : kind.types) {
        String warning = kind.warning(type);
        if (warning != null) {
          others.add("# %s: %s: %s\n".formatted(kind.key, type, warning));
        }
      }
    }
    return YamlWriter.dump(listed) + furtherKeys(paths(listed)) + String.join("", others);
  }

  /** A line for each component; what is below a key stands for it. */
  private static String furtherKeys(Set<String> listed) {
    Findings ignored = new Findings("components");
    Section root = root(PROBES, ignored);
    reader(ignored).read(root);
    Set<String> all = new TreeSet<>(listed);
    root.asked().forEach(path -> all.add(path.replace("[0]", "[]")));
    Map<String, List<String>> missing = new TreeMap<>();
    for (String path : all) {
      String[] parts = path.split("\\.", 3);
      if (parts.length == 3 && !listed.contains(path) && !isAbove(path, all)) {
        missing.computeIfAbsent(parts[0] + "." + parts[1], _ -> new ArrayList<>()).add(parts[2]);
      }
    }
    StringBuilder lines = new StringBuilder("# Further keys:\n");
    missing.forEach(
        (id, keys) -> lines.append("# %s: %s\n".formatted(id, String.join(", ", keys))));
    return lines.toString();
  }

  private static boolean isAbove(String path, Set<String> all) {
    return all.stream()
        .anyMatch(other -> other.startsWith(path + ".") || other.startsWith(path + "[]"));
  }

  private static Set<String> paths(Map<String, Object> map) {
    Set<String> paths = new HashSet<>();
    map.forEach(
        (key, value) -> {
          paths.add(key);
          if (value instanceof Map<?, ?> below) {
            @SuppressWarnings("unchecked") // maps of what is written have text for keys
            Map<String, Object> keys = (Map<String, Object>) below;
            paths(keys).forEach(path -> paths.add(key + "." + path));
          }
        });
    return paths;
  }

  private static ComponentReader reader(Findings findings) {
    return new ComponentReader(findings, _ -> null, Long.MAX_VALUE);
  }

  private static Section root(Map<String, String> given, Findings findings) {
    StringBuilder file = new StringBuilder();
    for (Kind kind : Kind.values()) {
      file.append(kind.key).append(":\n");
      for (String type : kind.types) {
        if (kind.warning(type) == null) {
          file.append("  %s: %s\n".formatted(type, given.getOrDefault(type, "")));
        }
      }
    }
    return Section.root(
        YamlReader.read(file.toString(), findings), new Expansion(_ -> null, findings), findings);
  }
}
