package dev.tollspan.cli;

import dev.tollspan.canary.Mark;
import dev.tollspan.canary.Search;
import dev.tollspan.canary.Store;
import dev.tollspan.cli.CanaryFile.End;
import dev.tollspan.cli.CanaryFile.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where marks are found, and whether the profile of that place lets them be there. */
final class CanaryProof {
  /** So many marks of a thousand the search has to find where they are. */
  private static final int CONTROL_PER_MILLE = 999;

  /** The same where a gate still stands in front, which may take a word for a secret. */
  private static final int GATED_PER_MILLE = 500;

  private final List<Mark> marks;
  private final Search search;

  /** The marks of a run: those in requests, and those around them. */
  CanaryProof(List<Mark> marks) {
    this.marks = List.copyOf(marks);
    search = Search.forMarks(marks);
  }

  /** What a mark means where it was found. */
  enum Verdict {
    /** Nothing of the kind may be there. */
    FOUND,
    /** Profile balanced does not promise that it is not. */
    ALLOWED,
    /** The pipeline keeps everything, here. */
    KEPT
  }

  /**
   * A mark in a file.
   *
   * @param file below the directory that was searched
   */
  record Finding(Mark mark, String file, Verdict verdict) {}

  /** What was found, and in how many files nothing else was. */
  record Result(List<Mark> marks, List<Finding> findings, int files) {
    Result {
      marks = List.copyOf(marks);
      findings = List.copyOf(findings);
    }

    /** How many marks have this verdict, wherever. */
    long count(Verdict verdict) {
      return findings.stream()
          .filter(finding -> finding.verdict() == verdict)
          .map(finding -> finding.mark().word())
          .distinct()
          .count();
    }
  }

  /** How many marks there were to see in one place, and how many the search saw. */
  record Sight(String where, long seen, long there, boolean gated) {
    boolean sees() {
      return seen * 1000 >= there * (gated ? GATED_PER_MILLE : CONTROL_PER_MILLE);
    }
  }

  /** Searches each file below the directory, and the names of all. */
  Result search(Path directory, List<End> ends) throws IOException {
    List<Finding> findings = new ArrayList<>();
    List<Path> files = files(directory);
    for (Path file : files) {
      String name = directory.relativize(file).toString();
      Set<String> inName = search.find(name);
      Set<String> inFile = Files.isRegularFile(file) ? search.find(file) : Set.of();
      Profile profile = profile(file, ends);
      for (Mark mark : marks) {
        if (inName.contains(mark.word())) {
          findings.add(new Finding(mark, name, Verdict.FOUND));
        } else if (inFile.contains(mark.word())) {
          findings.add(new Finding(mark, name, verdict(mark, profile)));
        }
      }
    }
    int searched = (int) files.stream().filter(Files::isRegularFile).count();
    return new Result(marks, findings, searched);
  }

  /** What the gate before this file is; null if no exporter has it. */
  private static @Nullable Profile profile(Path file, List<End> ends) {
    return ends.stream().filter(end -> end.has(file)).map(End::profile).findFirst().orElse(null);
  }

  private static Verdict verdict(Mark mark, @Nullable Profile profile) {
    if (profile == Profile.PASSTHROUGH) {
      return Verdict.KEPT;
    }
    return profile == Profile.BALANCED && mark.shortText() ? Verdict.ALLOWED : Verdict.FOUND;
  }

  /** The words of the marks that the search sees in what was sent. */
  Set<String> find(byte[] sent) {
    return search.find(sent);
  }

  /** Whether it sees, behind open gates, what each exporter can hold. */
  static List<Sight> behindOpenGates(Result opened, List<End> ends, Path directory) {
    List<Sight> sights = new ArrayList<>();
    for (End end : ends) {
      long seen =
          opened.findings().stream()
              .filter(finding -> directory.resolve(finding.file()).startsWith(end.directory()))
              .map(Finding::mark)
              .filter(mark -> mark.stores().contains(end.store()))
              .map(Mark::word)
              .distinct()
              .count();
      long there =
          opened.marks().stream().filter(mark -> mark.stores().contains(end.store())).count();
      sights.add(new Sight(end.id(), seen, there, end.store() == Store.FORWARDED));
    }
    return sights;
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> !file.equals(directory)).sorted().toList();
    }
  }
}
