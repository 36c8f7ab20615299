package dev.tollspan.pipelineconfig;

import dev.tollspan.journal.Inspection;
import dev.tollspan.journal.Recovery;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What pipelines left below a directory: journals with their books, and files. Nothing is changed,
 * whether a process is at work there or not; links are not followed.
 *
 * @param journals by their folder
 * @param files by their form and the directory of their exporter
 * @param findings what is not in order, a sentence each
 */
public record Checkup(
    Map<Path, Inspection> journals, Map<String, SpanFiles> files, List<String> findings) {

  /**
   * Looks at all that is there.
   *
   * @param clock the wall clock
   * @throws IOException if the directory cannot be read
   */
  public static Checkup of(Path data, InstantSource clock) throws IOException {
    Checkup found = new Checkup(new TreeMap<>(), new TreeMap<>(), new ArrayList<>());
    Files.walkFileTree(data, found.visitor(data, clock));
    found.files.values().forEach(spans -> spans.judge(found.findings));
    return found;
  }

  private SimpleFileVisitor<Path> visitor(Path data, InstantSource clock) {
    return new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
          throws IOException {
        if (Inspection.isJournal(folder)) {
          Inspection journal = Inspection.of(folder, clock);
          journals.put(folder, journal);
          judge(folder, journal);
          return FileVisitResult.SKIP_SUBTREE;
        }
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        if (attributes.isRegularFile()) {
          SpanFiles.add(files, data, file, attributes.size());
        }
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
        if (file.equals(data)) {
          throw failure;
        }
        boolean forbidden = failure instanceof AccessDeniedException;
        findings.add(file + " cannot be read" + (forbidden ? ": permission denied" : ""));
        return FileVisitResult.CONTINUE;
      }
    };
  }

  /** What a process writes just now may look like damage, so that is not judged. */
  private void judge(Path folder, Inspection journal) {
    journal
        .unbalanced()
        .forEach(
            reader ->
                findings.add(
                    ("the books of " + reader + " in " + folder)
                        + " do not balance: what was delivered and dropped is not what it was"
                        + " given"));
    if (journal.inUse()) {
      return;
    }
    journal
        .placeless()
        .forEach(
            reader ->
                findings.add(
                    ("the place of " + reader + " in " + folder + " cannot be read: a start begins")
                        + " again with the oldest record, so spans may come again, and its books"
                        + " begin anew"));
    if (journal.tallyLost()) {
      findings.add(
          ("the tallies in " + folder + " cannot be read: a start counts rejected and odd spans")
              + " from 0 on");
    }
    Recovery found = journal.recovery();
    if (found.lostRecords() > 0) {
      findings.add(
          ("the journal in " + folder + " is damaged: " + found.lostSpans() + " spans in ")
              + (found.lostRecords() + " records that not every exporter had are lost; the next")
              + " start reads all others, and counts these as dropped, journal_damaged");
    }
    if (!found.setAside().isEmpty()) {
      findings.add(
          ("the journal in " + folder + " has files that a start does not use: ")
              + String.join(", ", found.setAside()));
    }
  }
}
