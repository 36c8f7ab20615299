package dev.tollspan.cli;

import dev.tollspan.canary.Around;
import dev.tollspan.canary.Mark;
import dev.tollspan.canary.Search;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Where marks were found that should be nowhere, and whether the search could have found them. */
final class CanaryProof {
  /** So many marks of a thousand the search has to find where they are. */
  private static final int CONTROL_PER_MILLE = 999;

  private final List<Mark> marks;
  private final Search search;

  /** The marks of a run: those in requests, and those around them. */
  CanaryProof(List<Mark> inside, List<Around> around) {
    marks = new ArrayList<>(inside);
    around.forEach(each -> marks.add(each.mark()));
    search = Search.forMarks(marks);
  }

  /**
   * A mark in a file.
   *
   * @param file below the directory that was searched
   */
  record Finding(Mark mark, String file) {}

  /** What was found, and in how many files nothing else was. */
  record Result(List<Mark> marks, List<Finding> findings, int files, int control) {
    /** Whether the search sees. */
    boolean sees() {
      return control * 1000L >= (long) marks.size() * CONTROL_PER_MILLE;
    }
  }

  /** Searches each file below the directory, and the names of all. */
  Result search(Path directory, byte[] sent) throws IOException {
    int control = search.find(sent).size();
    List<Finding> findings = new ArrayList<>();
    List<Path> files = files(directory);
    for (Path file : files) {
      String name = directory.relativize(file).toString();
      Set<String> words = search.find(name);
      if (Files.isRegularFile(file)) {
        words.addAll(search.find(file));
      }
      marks.stream()
          .filter(mark -> words.contains(mark.word()))
          .forEach(mark -> findings.add(new Finding(mark, name)));
    }
    int searched = (int) files.stream().filter(Files::isRegularFile).count();
    return new Result(marks, findings, searched, control);
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> !file.equals(directory)).sorted().toList();
    }
  }
}
