package dev.tollspan.prices;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads one book: the bytes, the remarks in its head, the head line, and then row by row.
 *
 * <p>A file is read to its end whatever is wrong with it, so that all problems are told at once.
 * One thread, one file, one use; the loading thread owns every field.
 */
final class BookFile {
  private static final List<String> BUNDLED = List.of("builtin", "tutorial");
  private static final int BYTES_MAX = 32 << 20;
  private static final int HASH_CHARS = 12;
  private static final int REMARK_CHARS_MAX = 1000;
  private static final int CELLS_MAX = 100;
  private static final Pattern FACT =
      Pattern.compile("(source|version|unit)\\s*=\\s*(.*?)(?=\\t|\\s+\\w+\\s*=|\\s*$)");

  /** A cell and the column of its first character. */
  record Cell(String text, int column) {
    static final Cell NONE = new Cell("", 0);
  }

  private final String name;
  private final Problems problems;
  private final Map<String, String> facts = new HashMap<>();

  private BookFile(String name, Problems problems) {
    this.name = name;
    this.problems = problems;
  }

  /**
   * Reads a bundled book or a file.
   *
   * @return its rows and aliases, or null if there is no such file or it is no text
   */
  static @Nullable BookRows read(String entry, int rank, Problems problems) {
    BookFile file = new BookFile(entry, problems);
    byte[] bytes = file.bytes();
    if (bytes == null) {
      return null;
    }
    String text = file.text(bytes);
    return text == null ? null : file.rows(text, rank, hash(bytes));
  }

  private byte @Nullable [] bytes() {
    try (InputStream in = open()) {
      byte[] bytes = in.readNBytes(BYTES_MAX + 1);
      if (bytes.length <= BYTES_MAX) {
        return bytes;
      }
      problem(0, 0, "is larger than " + (BYTES_MAX >> 20) + " MiB");
    } catch (NoSuchFileException | InvalidPathException e) {
      problem(0, 0, "no such file, and the bundled price books are " + String.join(", ", BUNDLED));
    } catch (IOException | SecurityException e) {
      problem(0, 0, "cannot be read: " + e.getMessage());
    }
    return null;
  }

  private InputStream open() throws IOException {
    if (!BUNDLED.contains(name)) {
      return Files.newInputStream(Path.of(name));
    }
    InputStream in = BookFile.class.getResourceAsStream(name + ".tsv");
    if (in == null) {
      throw new NoSuchFileException(name);
    }
    return in;
  }

  private @Nullable String text(byte[] bytes) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(in, out, true);
    out.flip();
    if (result.isError()) {
      int line = 1;
      int begin = 0;
      for (int i = 0; i < out.length(); i++) {
        if (out.charAt(i) == '\n') {
          line++;
          begin = i + 1;
        }
      }
      problem(line, out.length() - begin + 1, "is not UTF-8 text");
      return null;
    }
    String text = out.toString();
    return text.startsWith("\ufeff") ? text.substring(1) : text;
  }

  private BookRows rows(String text, int rank, String hash) {
    BookRows rows = null;
    int line = 0;
    for (int begin = 0; begin < text.length(); ) {
      int end = text.indexOf('\n', begin);
      end = end < 0 ? text.length() : end;
      boolean carriageReturn = end > begin && text.charAt(end - 1) == '\r';
      String content = text.substring(begin, carriageReturn ? end - 1 : end);
      line++;
      begin = end + 1;
      if (content.startsWith("#")) {
        remark(content, rows == null);
      } else if (!content.isBlank()) {
        if (rows == null) {
          rows = new BookRows(book(rank, hash), facts.getOrDefault("unit", ""), problems);
          rows.head(line, cells(content));
        } else {
          rows.add(line, cells(content));
        }
      }
    }
    if (rows == null) {
      rows = new BookRows(book(rank, hash), "", problems);
    }
    if (rows.isEmpty()) {
      problem(line, 0, "has no prices");
    }
    return rows;
  }

  private void remark(String content, boolean inHead) {
    if (inHead) {
      Matcher matcher =
          FACT.matcher(content.substring(0, Math.min(content.length(), REMARK_CHARS_MAX)));
      while (matcher.find()) {
        facts.putIfAbsent(matcher.group(1), matcher.group(2).strip());
      }
    }
  }

  private Book book(int rank, String hash) {
    String source = facts.getOrDefault("source", "");
    String version = facts.getOrDefault("version", "");
    return new Book(
        source.isEmpty() ? stem() : source,
        version.isEmpty() ? hash : version + '+' + hash,
        rank,
        name);
  }

  private String stem() {
    String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
    int dot = last.lastIndexOf('.');
    return dot > 0 ? last.substring(0, dot) : last;
  }

  private static List<Cell> cells(String content) {
    List<Cell> cells = new ArrayList<>();
    for (int begin = 0; begin >= 0 && cells.size() < CELLS_MAX; ) {
      int tab = content.indexOf('\t', begin);
      String text = content.substring(begin, tab < 0 ? content.length() : tab);
      String stripped = text.strip();
      cells.add(new Cell(stripped, begin + 1 + Math.max(0, text.indexOf(stripped))));
      begin = tab < 0 ? -1 : tab + 1;
    }
    return cells;
  }

  private static String hash(byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return HexFormat.of().formatHex(digest).substring(0, HASH_CHARS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private void problem(int line, int column, String cause) {
    problems.error(new Problem(name, line, column, cause));
  }
}
