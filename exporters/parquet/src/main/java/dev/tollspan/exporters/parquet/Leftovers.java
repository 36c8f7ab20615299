package dev.tollspan.exporters.parquet;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What processes that are no more left in a lake. Temporary files are deleted. A generation all of
 * whose files are ready, or some of which are shown, is finished: its rows need not come again. Of
 * any other the ready files are deleted. A file that is locked belongs to a process that lives; it
 * is left alone, and the other files of its generation with it.
 */
final class Leftovers {
  private static final int DEPTH = 3; // date, hour, file

  private final Path spans;
  private final Storage storage;
  private final Map<Long, Long> lastByEpoch = new HashMap<>();
  private final Set<Long> busyEpochs = new HashSet<>();

  /** Looks through the lake and puts it in order. */
  Leftovers(Path spans, Storage storage) throws IOException {
    this.spans = spans;
    this.storage = storage;
    List<Path> temporary = new ArrayList<>();
    Map<FileName, List<Path>> ready = new HashMap<>();
    walk(
        spans,
        file -> {
          String name = file.getFileName().toString();
          FileName whole = FileName.ofReady(name);
          if (whole != null) {
            ready.computeIfAbsent(whole.generation(), key -> new ArrayList<>()).add(file);
          } else if (isTemporary(name)) {
            temporary.add(file);
          } else {
            note(FileName.ofVisible(name));
          }
        });
    for (Path file : temporary) {
      if (isFree(file)) {
        storage.delete(file);
      }
    }
    if (!ready.isEmpty()) {
      Set<FileName> shown = shown(ready.keySet());
      for (Map.Entry<FileName, List<Path>> each : ready.entrySet()) {
        settle(each.getKey(), each.getValue(), shown.contains(each.getKey()));
      }
    }
  }

  /**
   * The largest sequence of this epoch that stands in whole files, or 0.
   *
   * @throws IOException if another process is about to add some
   */
  long last(long epoch) throws IOException {
    if (busyEpochs.contains(epoch)) {
      throw new IOException("parquet: another process is still writing the files of this journal");
    }
    return lastByEpoch.getOrDefault(epoch, 0L);
  }

  private void note(@Nullable FileName whole) {
    if (whole != null) {
      lastByEpoch.merge(whole.epoch(), whole.last(), Math::max);
    }
  }

  /** Which of these generations have a file that is shown. */
  private Set<FileName> shown(Set<FileName> asked) throws IOException {
    Set<FileName> shown = new HashSet<>();
    walk(
        spans,
        file -> {
          FileName name = FileName.ofVisible(file.getFileName().toString());
          if (name != null && asked.contains(name.generation())) {
            shown.add(name.generation());
          }
        });
    return shown;
  }

  private void settle(FileName generation, List<Path> ready, boolean shown) throws IOException {
    for (Path file : ready) {
      if (!isFree(file)) {
        busyEpochs.add(generation.epoch());
        return;
      }
    }
    Set<Path> directories = new LinkedHashSet<>();
    ready.forEach(file -> directories.add(file.getParent()));
    if (shown || ready.size() == generation.count()) {
      storage.syncAll(Lake.withParents(directories, spans)); // as they may not be durable yet
      for (Path file : ready) {
        show(file);
      }
      note(generation);
    } else {
      for (Path file : ready) {
        storage.delete(file);
      }
    }
    storage.syncAll(directories);
  }

  private void show(Path ready) throws IOException {
    FileName name = FileName.ofReady(ready.getFileName().toString());
    Path directory = ready.getParent();
    if (name != null && directory != null) {
      try {
        storage.rename(ready, name.visible(directory));
      } catch (NoSuchFileException e) {
        // Another process that starts now was faster.
      }
    }
  }

  /** A living process holds a lock on each file that it writes. */
  private static boolean isFree(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // another exporter of this process is writing it
    } catch (NoSuchFileException e) {
      return false; // its process lives, or another one that starts now was faster
    }
  }

  private static boolean isTemporary(String name) {
    return name.startsWith(SpanFile.TEMPORARY_PREFIX) && name.endsWith(SpanFile.TEMPORARY_SUFFIX);
  }

  /** Visits all files; directories that vanish meanwhile have none. */
  private static void walk(Path spans, Consumer<Path> visitor) throws IOException {
    Files.walkFileTree(
        spans,
        EnumSet.noneOf(FileVisitOption.class),
        DEPTH,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()) {
              visitor.accept(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }
        });
  }
}
