package dev.tollspan.cli;

import dev.tollspan.canary.LakeFile;
import dev.tollspan.canary.Search;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Checks what a demo claims: that every span sent lies in NDJSON once and in Parquet once, and that
 * no mark of a prompt lies anywhere. Fails with a sentence where that is not so.
 */
final class DemoProof {
  private final DemoFiles files;
  private final Search search;

  DemoProof(DemoFiles files, Search search) {
    this.files = files;
    this.search = search;
  }

  /**
   * Compares the ids of the spans that the service sent with those in the files; a line for
   * reading.
   *
   * @param others whether others may have sent spans too
   */
  String countSpans(List<SpanRow> sent, List<SpanRow> written, boolean others)
      throws FailedException, IOException {
    Seen service = new Seen("the service");
    sent.forEach(row -> service.add(row.traceId(), row.spanId()));
    Seen ndjson = new Seen("NDJSON");
    written.forEach(row -> ndjson.add(row.traceId(), row.spanId()));
    Seen lake = new Seen("Parquet");
    for (Path file : files.parquetFiles()) {
      LakeFile.read(file, row -> lake.add(row.get("trace_id"), row.get("span_id")));
    }
    if (others && ndjson.ids.containsAll(service.ids)) {
      lake.requireSame(ndjson);
    } else {
      ndjson.requireSame(service);
      lake.requireSame(service);
    }
    int more = ndjson.ids.size() - service.ids.size();
    return Figures.count(service.ids.size())
        + (" spans sent by the service" + (more == 0 ? "" : " and " + more + " by others"))
        + ", each found once in NDJSON and once in Parquet";
  }

  /** Looks for marks in every file, in decoded Parquet rows and in the report itself. */
  String searchMarks(List<SpanRow> written, Path sentFile, String report)
      throws FailedException, IOException {
    int control = search.find(sentFile).size();
    if (control != search.marks()) {
      throw new FailedException(
          "the search is blind: of %d marks that were sent it sees %d"
              .formatted(search.marks(), control));
    }
    List<Path> searched = files.all();
    Set<String> found = new HashSet<>(search.find(report));
    for (Path file : searched) {
      found.addAll(search.find(file));
    }
    if (!found.isEmpty()) {
      throw new FailedException(
          found.size() + " marks of prompts were found in " + files.directory());
    }
    return "%s prompts, %s bytes; 0 marks found in %d output files\n"
            .formatted(
                Figures.count(written.stream().filter(DemoProof::hadPrompt).count()),
                Figures.count(written.stream().mapToLong(SpanRow::removedBytes).sum()),
                searched.size())
        + "  searched: these files as bytes, each Parquet column decoded, this report\n"
        + "  control: the same search finds all %s marks in what the service sent"
            .formatted(Figures.count(control));
  }

  private static boolean hadPrompt(SpanRow row) {
    return row.isCall() && row.removedValues() > 0;
  }

  /** The spans that were seen in one place; one thread. */
  private static final class Seen {
    private final String place;
    private final Set<String> ids = new HashSet<>();
    private long rows;

    Seen(String place) {
      this.place = place;
    }

    void add(Object traceId, Object spanId) {
      ids.add(traceId + "/" + spanId);
      rows++;
    }

    /** Fails unless the same spans were seen there, and here each of them once. */
    void requireSame(Seen there) throws FailedException {
      if (rows != ids.size() || !ids.equals(there.ids)) {
        throw new FailedException(
            "%s has %d spans, but %s has %d rows of %d spans"
                .formatted(there.place, there.ids.size(), place, rows, ids.size()));
      }
    }
  }
}
