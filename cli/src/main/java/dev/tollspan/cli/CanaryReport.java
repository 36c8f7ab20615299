package dev.tollspan.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollspan.canary.Mark;
import dev.tollspan.cli.CanaryProof.Finding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a rehearsal proved, for reading and for programs. It may show marks: they are made up.
 *
 * @param tally what became of the spans
 */
record CanaryReport(CanaryProof.Result result, CanaryTally tally) {
  private static final int FINDINGS_SHOWN = 40;

  /** A kind of place: how many marks, how many of them found, and in which files. */
  private record Row(long marks, long found, TreeSet<String> files) {}

  /** Why this proves nothing, or the contrary of what it should; empty if all is well. */
  List<String> failures() {
    List<String> failures = new ArrayList<>(tally.odd());
    if (!result.findings().isEmpty()) {
      failures.add(Figures.count(found()) + " marks were found where none may be");
    }
    if (!result.sees()) {
      failures.add(
          "the search is blind: of %d marks that were sent it sees %d"
              .formatted(result.marks().size(), result.control()));
    }
    CanaryTally.Count all = tally.all();
    if (all.accepted() + all.rejected() + all.refused() != tally.sent()) {
      failures.add("not every span is accounted for");
    }
    if (all.accepted() * 2 < tally.sent()) {
      failures.add("most spans were not accepted, so little was proved");
    }
    return failures;
  }

  String table() {
    StringBuilder text = new StringBuilder();
    Map<String, Row> rows = rows();
    int width = rows.keySet().stream().mapToInt(String::length).max().orElse(0);
    String format = "%-" + width + "s %6s %9s %9s %8s %6s  %s%n";
    text.append(
        format.formatted("kind of place", "marks", "accepted", "rejected", "refused", "found", ""));
    rows.forEach(
        (kind, row) -> {
          CanaryTally.Count count = tally.of(kind);
          text.append(
              format
                  .formatted(
                      kind,
                      Figures.count(row.marks()),
                      Figures.count(count.accepted()),
                      Figures.count(count.rejected()),
                      Figures.count(count.refused()),
                      Figures.count(row.found()),
                      String.join(", ", row.files()))
                  .replaceFirst(" +(?=\\R$)", ""));
        });
    result.findings().stream().limit(FINDINGS_SHOWN).forEach(f -> text.append(line(f)));
    CanaryTally.Count all = tally.all();
    text.append(
        "%nspans    %s sent = %s accepted + %s rejected + %s in requests that were refused%n"
            .formatted(
                Figures.count(tally.sent()),
                Figures.count(all.accepted()),
                Figures.count(all.rejected()),
                Figures.count(all.refused())));
    text.append(
        "control  the same search finds %s of %s marks in what was sent%n"
            .formatted(Figures.count(result.control()), Figures.count(result.marks().size())));
    text.append(
        "found    %s marks in %s files: what was written and forwarded, logs, health, answers%n"
            .formatted(Figures.count(found()), Figures.count(result.files())));
    return text.toString();
  }

  private static String line(Finding finding) {
    Mark mark = finding.mark();
    return "  %s, %s, %s: %s%n"
        .formatted(mark.place(), mark.encoding(), mark.word(), finding.file());
  }

  String json() {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    ObjectNode report = nodes.objectNode();
    CanaryTally.Count all = tally.all();
    report.put("marks", result.marks().size()).put("found", found());
    report.put("control", result.control()).put("files", result.files());
    report.put("spans_sent", tally.sent()).put("spans_accepted", all.accepted());
    report.put("spans_rejected", all.rejected()).put("spans_refused", all.refused());
    ArrayNode kinds = report.putArray("kinds");
    rows()
        .forEach(
            (kind, row) -> {
              CanaryTally.Count count = tally.of(kind);
              ObjectNode node = kinds.addObject().put("kind", kind).put("marks", row.marks());
              node.put("accepted", count.accepted()).put("rejected", count.rejected());
              node.put("refused", count.refused()).put("found", row.found());
            });
    ArrayNode findings = report.putArray("findings");
    for (Finding finding : result.findings()) {
      Mark mark = finding.mark();
      ObjectNode node = findings.addObject().put("place", mark.place());
      node.put("encoding", mark.encoding()).put("mark", mark.word()).put("file", finding.file());
    }
    ArrayNode failures = report.putArray("failures");
    failures().forEach(failures::add);
    return report + "\n";
  }

  private long found() {
    return result.findings().stream().map(finding -> finding.mark().word()).distinct().count();
  }

  private Map<String, Row> rows() {
    Map<String, TreeSet<String>> files = new HashMap<>();
    for (Finding finding : result.findings()) {
      String word = finding.mark().word();
      files.computeIfAbsent(word, _ -> new TreeSet<>()).add(finding.file());
    }
    Map<String, Row> rows = new TreeMap<>();
    for (Mark mark : result.marks()) {
      TreeSet<String> in = files.getOrDefault(mark.word(), new TreeSet<>());
      rows.merge(mark.kind(), new Row(1, in.isEmpty() ? 0 : 1, in), CanaryReport::sum);
    }
    return rows;
  }

  private static Row sum(Row first, Row second) {
    TreeSet<String> files = new TreeSet<>(first.files());
    files.addAll(second.files());
    return new Row(first.marks() + second.marks(), first.found() + second.found(), files);
  }
}
