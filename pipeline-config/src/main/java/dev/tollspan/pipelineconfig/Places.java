package dev.tollspan.pipelineconfig;

import dev.tollspan.pipelineconfig.YamlValue.Entries;
import dev.tollspan.pipelineconfig.YamlValue.Entry;
import dev.tollspan.pipelineconfig.YamlValue.Items;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where each value of a file stands, for what turns out once the file has been read.
 *
 * @param byPath by the path of the key; an item of a list by {@code path[0]} and so on
 */
record Places(String file, Map<String, Position> byPath) {
  static Places of(String file, @Nullable YamlValue document) {
    Map<String, Position> byPath = new HashMap<>();
    if (document != null) {
      collect("", document, byPath);
    }
    return new Places(file, Map.copyOf(byPath));
  }

  /** Where the value is, or what it is left out of. */
  Position of(String path) {
    for (String at = path; !at.isEmpty(); at = parent(at)) {
      Position position = byPath.get(at);
      if (position != null) {
        return position;
      }
    }
    return Position.START;
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['))));
  }

  private static void collect(String path, YamlValue value, Map<String, Position> byPath) {
    byPath.put(path, value.position());
    if (value instanceof Entries map) {
      for (Map.Entry<String, Entry> entry : map.byKey().entrySet()) {
        String below = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
        collect(below, entry.getValue().value(), byPath);
      }
    } else if (value instanceof Items items) {
      for (int i = 0; i < items.values().size(); i++) {
        collect(path + "[" + i + "]", items.values().get(i), byPath);
      }
    }
  }
}
