package dev.tollspan.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollspan.canary.Mark;
import dev.tollspan.cli.CanaryProof.Finding;
import dev.tollspan.cli.CanaryProof.Result;
import dev.tollspan.cli.CanaryProof.Sight;
import dev.tollspan.cli.CanaryProof.Verdict;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a rehearsal proved, for reading and for programs. It may show marks: they are made up.
 *
 * @param tally what became of the spans
 * @param exporters the ids of those that were rehearsed
 */
record CanaryReport(Result result, CanaryTally tally, Control control, List<String> exporters) {
  private static final int FINDINGS_SHOWN = 40;

  /** How an exporter is named that forwards over gRPC in place of one that does over HTTP. */
  private static final Pattern STAND_IN = Pattern.compile("otlp_grpc/(otlp_?http)(?:\\.(.*))?");

  CanaryReport {
    exporters = List.copyOf(exporters);
  }

  /**
   * Whether the search sees.
   *
   * @param opened what it found behind open gates
   * @param sights what it saw of what there was, place by place
   * @param odd where the books of that rehearsal do not balance
   */
  record Control(Result opened, List<Sight> sights, List<String> odd) {
    Control {
      sights = List.copyOf(sights);
      odd = List.copyOf(odd);
    }
  }

  /**
   * A kind of place, or a way in: how many marks, how many of them were found, and in which files
   * they were.
   */
  private static final class Row {
    private long marks; // counted on one thread
    private final Map<Verdict, Set<String>> words = new EnumMap<>(Verdict.class);
    private final Set<String> files = new TreeSet<>();

    void add(Finding finding) {
      words.computeIfAbsent(finding.verdict(), _ -> new HashSet<>()).add(finding.mark().word());
      if (finding.verdict() == Verdict.FOUND) {
        files.add(finding.file());
      }
    }

    long count(Verdict verdict) {
      return words.getOrDefault(verdict, Set.of()).size();
    }
  }

  /** Why this proves nothing, or the contrary of what it should; empty if all is well. */
  List<String> failures() {
    List<String> failures = new ArrayList<>(tally.odd());
    long found = result.count(Verdict.FOUND);
    if (found > 0) {
      failures.add(Figures.count(found) + " marks were found where none may be");
    }
    for (Sight sight : control.sights()) {
      if (!sight.sees()) {
        failures.add(
            "the search is blind: of %d marks in %s it sees %d"
                .formatted(sight.there(), sight.where(), sight.seen()));
      }
    }
    control.odd().forEach(odd -> failures.add("control: " + odd));
    long beside = control.opened().count(Verdict.FOUND);
    if (beside > 0) {
      failures.add(
          "control: %d marks were found beside the files that keep them: %s"
              .formatted(beside, String.join(", ", filesOf(control.opened()))));
    }
    CanaryTally.Count all = tally.all();
    if (all.accepted() + all.rejected() + all.refused() != tally.sent()) {
      failures.add("not every span is accounted for");
    }
    if (all.accepted() * 2 < tally.sent() - tally.refusedAround()) {
      failures.add("most spans were not accepted, so little was proved");
    }
    return failures;
  }

  String table() {
    StringBuilder text = new StringBuilder();
    text.append(table("kind of place", rows(Mark::kind), tally::ofKind));
    text.append(
        "(around: the mark is beside the spans, as in a header or a path, or in a request that"
            + " cannot be taken; that such a request is refused is right)\n");
    result.findings().stream()
        .filter(finding -> finding.verdict() == Verdict.FOUND)
        .limit(FINDINGS_SHOWN)
        .forEach(finding -> text.append(line(finding)));
    text.append('\n').append(table("sent over", rows(CanaryReport::way), tally::ofTransport));
    return text.append('\n').append(summary()).toString();
  }

  private static String way(Mark mark) {
    return mark.transport().label();
  }

  private static String table(
      String title, Map<String, Row> rows, Function<String, CanaryTally.Count> counts) {
    StringBuilder text = new StringBuilder();
    int width =
        Math.max(title.length(), rows.keySet().stream().mapToInt(String::length).max().orElse(0));
    String format = "%-" + width + "s %6s %9s %9s %8s %6s %8s %6s  %s%n";
    text.append(
        format.formatted(
            title, "marks", "accepted", "rejected", "refused", "found", "allowed", "kept", ""));
    rows.forEach(
        (name, row) -> {
          CanaryTally.Count count = counts.apply(name);
          text.append(
              format.formatted(
                  name,
                  Figures.count(row.marks),
                  Figures.count(count.accepted()),
                  Figures.count(count.rejected()),
                  Figures.count(count.refused()),
                  Figures.count(row.count(Verdict.FOUND)),
                  Figures.count(row.count(Verdict.ALLOWED)),
                  Figures.count(row.count(Verdict.KEPT)),
                  String.join(", ", row.files)));
        });
    return text.toString().replaceAll(" +(?=\\R)", "");
  }

  private String summary() {
    CanaryTally.Count all = tally.all();
    StringBuilder text = new StringBuilder();
    text.append(
        "spans    %s sent = %s accepted + %s rejected + %s in requests that were refused%n"
            .formatted(
                Figures.count(tally.sent()),
                Figures.count(all.accepted()),
                Figures.count(all.rejected()),
                Figures.count(all.refused())));
    for (Sight sight : control.sights()) {
      text.append(
          "control  the same search finds %s of %s marks in %s%n"
              .formatted(Figures.count(sight.seen()), Figures.count(sight.there()), sight.where()));
    }
    text.append(
        "found    %s marks in %s files: what was written and forwarded, logs, health, answers%n"
            .formatted(Figures.count(result.count(Verdict.FOUND)), Figures.count(result.files())));
    for (Verdict verdict : List.of(Verdict.ALLOWED, Verdict.KEPT)) {
      long count = result.count(verdict);
      if (count > 0) {
        text.append(
            "%-8s %s marks%s%n".formatted(word(verdict), Figures.count(count), why(verdict)));
      }
    }
    for (String exporter : exporters) {
      Matcher standIn = STAND_IN.matcher(exporter);
      if (standIn.matches()) {
        String name = standIn.group(2) == null ? "" : "/" + standIn.group(2);
        text.append(
            "note     %s stands for %s: the same spans, forwarded over gRPC in the rehearsal%n"
                .formatted(exporter, standIn.group(1) + name));
      }
    }
    return text.toString();
  }

  private static String word(Verdict verdict) {
    return verdict.name().toLowerCase(Locale.ROOT);
  }

  private static String why(Verdict verdict) {
    return verdict == Verdict.ALLOWED
        ? " that are short texts or keys, where profile balanced promises nothing of them"
        : " in files of pipelines that keep everything";
  }

  private static String line(Finding finding) {
    Mark mark = finding.mark();
    return "  %s, %s, %s, %s: %s%n"
        .formatted(mark.place(), mark.encoding(), way(mark), mark.word(), finding.file());
  }

  String json() {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    ObjectNode report = nodes.objectNode();
    CanaryTally.Count all = tally.all();
    report.put("marks", result.marks().size());
    for (Verdict verdict : Verdict.values()) {
      report.put(word(verdict), result.count(verdict));
    }
    report.put("files", result.files());
    report.put("spans_sent", tally.sent()).put("spans_accepted", all.accepted());
    report.put("spans_rejected", all.rejected()).put("spans_refused", all.refused());
    ArrayNode control = report.putArray("control");
    for (Sight sight : control().sights()) {
      ObjectNode node = control.addObject().put("where", sight.where());
      node.put("marks", sight.there()).put("found", sight.seen());
    }
    put(report.putArray("kinds"), "kind", rows(Mark::kind), tally::ofKind);
    put(report.putArray("transports"), "transport", rows(CanaryReport::way), tally::ofTransport);
    ArrayNode findings = report.putArray("findings");
    for (Finding finding : result.findings()) {
      if (finding.verdict() != Verdict.KEPT) {
        Mark mark = finding.mark();
        ObjectNode node = findings.addObject().put("place", mark.place());
        node.put("encoding", mark.encoding()).put("transport", way(mark));
        node.put("mark", mark.word());
        node.put("file", finding.file()).put("verdict", word(finding.verdict()));
      }
    }
    ArrayNode failures = report.putArray("failures");
    failures().forEach(failures::add);
    return report + "\n";
  }

  private static void put(
      ArrayNode array,
      String title,
      Map<String, Row> rows,
      Function<String, CanaryTally.Count> counts) {
    rows.forEach(
        (name, row) -> {
          CanaryTally.Count count = counts.apply(name);
          ObjectNode node = array.addObject().put(title, name).put("marks", row.marks);
          node.put("accepted", count.accepted()).put("rejected", count.rejected());
          node.put("refused", count.refused());
          for (Verdict verdict : Verdict.values()) {
            node.put(word(verdict), row.count(verdict));
          }
        });
  }

  private static Set<String> filesOf(Result result) {
    return result.findings().stream()
        .filter(finding -> finding.verdict() == Verdict.FOUND)
        .map(Finding::file)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Map<String, Row> rows(Function<Mark, String> by) {
    Map<String, Row> rows = new TreeMap<>();
    for (Mark mark : result.marks()) {
      rows.computeIfAbsent(by.apply(mark), _ -> new Row()).marks++;
    }
    for (Finding finding : result.findings()) {
      rows.computeIfAbsent(by.apply(finding.mark()), _ -> new Row()).add(finding);
    }
    return rows;
  }
}
