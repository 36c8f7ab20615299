package dev.tollspan.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.Decoded;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.OtlpJson;
import dev.tollspan.spans.OtlpJsonException;
import dev.tollspan.spans.SpanBatch;
import dev.tollspan.spans.SpanView;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.ZipException;

/**
 * Reads files of spans, hands each span to be explained, and reports what cannot be read, with file
 * and line and without any of its text. One thread, which owns every field.
 */
final class ExplainedFiles implements RequestFile.Finder {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final int KEPT_BYTES_MAX = 16 << 20;
  private static final long INDEX_BYTES_MAX = 64 << 20;

  private final KeyTable keys;
  private final SpanExplainer explainer;
  private final ExplainReport report;
  private final PrintStream err;
  private final BatchPool pool = new BatchPool(KEPT_BYTES_MAX);
  private String file = "";
  private long problems;

  ExplainedFiles(KeyTable keys, SpanExplainer explainer, ExplainReport report, PrintStream err) {
    this.keys = keys;
    this.explainer = explainer;
    this.report = report;
    this.err = err;
  }

  /** Reads a file to its end, or to where that fails. */
  void read(String name) {
    file = name.equals("-") ? "standard input" : name;
    try {
      if (!name.equals("-") && Files.isDirectory(Path.of(name))) {
        bad(0, "is a directory");
        return;
      }
      try (InputStream in = name.equals("-") ? System.in : Files.newInputStream(Path.of(name))) {
        String plain = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
        RequestFile.read(in, plain.endsWith(".bin") || plain.endsWith(".pb"), this);
      }
    } catch (NoSuchFileException | InvalidPathException _) {
      bad(0, "no such file");
    } catch (EOFException | ZipException _) {
      bad(0, "breaks off or is damaged: no more can be unpacked");
    } catch (IOException failure) {
      bad(0, "cannot be read further: " + failure.getMessage());
    }
    report.endFile();
  }

  boolean hasProblems() {
    return problems > 0;
  }

  /** How many there were, as the end of a sentence. */
  String problems() {
    return problems == 0 ? "" : "; " + Figures.count(problems) + " problems";
  }

  @Override
  public void bad(int line, String reason) {
    problems++;
    err.println(place(line) + reason);
  }

  @Override
  public void protobuf(byte[] bytes) {
    byte[] lent = pool.acquire(bytes.length);
    System.arraycopy(bytes, 0, lent, 0, bytes.length);
    explain(lent, bytes.length, 0);
  }

  @Override
  public void json(byte[] bytes, int length, int line) {
    try {
      switch (form(bytes, length)) {
        case REQUEST -> request(bytes, length, line, true);
        case RECORD -> {
          byte[] request = FlatRecord.toOtlpJson(bytes, length);
          request(request, request.length, line, false);
        }
        case OTHER -> bad(line, "is neither an OTLP/JSON request of spans nor a record of ours");
      }
    } catch (IOException _) {
      bad(line, "is not JSON");
    }
  }

  private enum Form {
    REQUEST,
    RECORD,
    OTHER
  }

  /** By the first name that tells; an empty object is a request of nothing. */
  private static Form form(byte[] bytes, int length) throws IOException {
    try (JsonParser parser = FACTORY.createParser(bytes, 0, length)) {
      parser.nextToken();
      boolean empty = true;
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        empty = false;
        String name = parser.currentName();
        if (name.equals("resourceSpans")) {
          return Form.REQUEST;
        }
        if (name.equals("trace_id") || name.equals("span_id")) {
          return Form.RECORD;
        }
        parser.nextToken();
        parser.skipChildren();
      }
      return empty ? Form.REQUEST : Form.OTHER;
    }
  }

  private void request(byte[] json, int length, int line, boolean asWritten) {
    try {
      OtlpJson.Protobuf request =
          OtlpJson.toProtobuf(pool, json, 0, length, OtlpJson.Reading.LENIENT);
      rejected(line, request.rejectedSpans(), request.reason());
      explain(request.bytes(), request.length(), line);
    } catch (OtlpJsonException wrong) {
      String column = asWritten ? "column " + wrong.column() + ": " : "";
      bad(asWritten ? line + wrong.line() - 1 : line, column + wrong.reason());
    }
  }

  /** Takes an array of the pool over. */
  private void explain(byte[] request, int length, int line) {
    Decoded decoded =
        SpanBatch.decode(pool, keys, request, length, bytes -> bytes <= INDEX_BYTES_MAX);
    switch (decoded) {
      case Decoded.Malformed malformed -> bad(line, malformed.reason());
      case Decoded.NoRoom _ -> bad(line, "holds more spans and attributes than can be indexed");
      case Decoded.Whole whole -> {
        rejected(line, whole.rejectedSpans(), whole.reason());
        String repairs = whole.repairs().warning();
        if (!repairs.isEmpty()) {
          warn(repairs);
        }
        explainer.startBatch();
        SpanView span = whole.batch().view();
        for (int i = 0; i < span.spanCount(); i++) {
          report.add(explainer.explain(span.moveTo(i)), warning -> warn(warning));
        }
        whole.batch().release();
      }
    }
  }

  private void rejected(int line, int spans, String reason) {
    if (spans > 0) {
      bad(line, spans + (spans == 1 ? " span" : " spans") + " rejected: " + reason);
    }
  }

  private void warn(String warning) {
    err.println("warning: " + place(0) + warning);
  }

  private String place(int line) {
    return file + (line == 0 ? ": " : ":" + line + ": ");
  }
}
