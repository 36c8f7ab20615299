package dev.tollspan.usage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** The tables that come with this room: lines of fields between tabs, # begins a remark. */
final class Rows {
  private Rows() {}

  /** All rows behind the head line, each of as many fields as the head line has. */
  static List<String[]> read(String name) {
    List<String[]> rows = new ArrayList<>();
    int columns = -1;
    for (String line : text(name).split("\n", -1)) {
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String[] fields = line.split("\t", -1);
      if (columns >= 0) {
        if (fields.length != columns) {
          throw new IllegalStateException(name + " has a row of another width: " + line);
        }
        rows.add(fields);
      } else {
        columns = fields.length;
      }
    }
    return rows;
  }

  private static String text(String name) {
    try (InputStream in = Rows.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("missing from the jar: " + name);
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
