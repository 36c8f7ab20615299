package dev.tollspan.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Numbers that the journal's owner counts and wants back after a restart. They are written when
 * they have changed, now and then: the end of a process may lose the last second of them.
 *
 * <p>Owned by the upkeep, but for the source, which the owner sets.
 */
final class Tallies {
  private static final String FILE = "tallies";
  private static final String FORMAT = "tollspan-tallies 1";

  private final Parts parts;
  private final TextFile file;
  private volatile Supplier<Map<String, Long>> source = Map::of;
  private Map<String, Long> saved = Map.of();
  private boolean lost;

  Tallies(Parts parts) {
    this.parts = parts;
    this.file = new TextFile(parts, FILE, "tallies");
  }

  /** What was kept; nothing if that cannot be read or trusted. */
  Map<String, Long> load() {
    Map<String, Long> found = new TreeMap<>();
    try {
      if (parts.disk().names().contains(FILE)) {
        List<String> lines = TextFile.read(parts.disk(), FILE);
        lost = lines == null || !lines.getFirst().equals(FORMAT);
        if (lines != null && !lost) {
          for (String line : lines.subList(1, lines.size())) {
            int space = line.lastIndexOf(' ');
            found.put(line.substring(0, space), Long.parseLong(line.substring(space + 1)));
          }
        }
      }
    } catch (IOException e) {
      lost = true; // they are a courtesy; the journal starts
    }
    saved = Map.copyOf(found);
    source = () -> saved;
    return saved;
  }

  /** Whether {@link #load} found some that cannot be read or trusted. */
  boolean lost() {
    return lost;
  }

  void keep(Supplier<Map<String, Long>> from) {
    source = from;
  }

  void save() throws IOException {
    Map<String, Long> now = Map.copyOf(source.get());
    if (!now.equals(saved)) {
      List<String> lines = new ArrayList<>();
      new TreeMap<>(now).forEach((name, count) -> lines.add(name + " " + count));
      lines.addFirst(FORMAT);
      file.write(lines);
      saved = now;
    }
  }
}
