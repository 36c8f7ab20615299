package dev.tollspan.pipelineconfig;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.tollspan.gpuledger.Correction;
import dev.tollspan.gpuledger.LedgerSink;
import dev.tollspan.gpuledger.WindowRecord;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes the books of GPU time as lines of JSON, into files of up to 64 MiB or an hour. A file is
 * made durable when it is full, and at the end. A record that cannot be written is lost and
 * counted, its beginning is cut off again, and the next one begins another file. The first loss is
 * logged. All threads.
 */
final class GpuLedgerFiles implements LedgerSink, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(GpuLedgerFiles.class.getName());
  private static final long BYTES_MAX = 64L << 20;
  private static final Duration AGE_MAX = Duration.ofHours(1);
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<?> OWNER_ONLY_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path directory;
  private final InstantSource clock;
  private @Nullable FileChannel channel; // guarded by this, as are the next three
  private Instant opened = Instant.EPOCH; // guarded by this
  private long written; // guarded by this
  private long lost; // guarded by this

  /**
   * Makes the directory if need be.
   *
   * @throws IOException with one sentence for the operator
   */
  GpuLedgerFiles(Path directory, InstantSource clock) throws IOException {
    this.directory = directory;
    this.clock = clock;
    try {
      Files.createDirectories(directory, OWNER_ONLY_DIRECTORY);
    } catch (IOException e) {
      throw new IOException("gpu_ledger: " + CannotWrite.sentence(directory, e), e);
    }
    if (!Files.isWritable(directory)) {
      throw new IOException("gpu_ledger: cannot write to " + directory + ": permission denied");
    }
  }

  @Override
  public void closed(WindowRecord window) {
    write(GpuLedgerJson.line(window));
  }

  @Override
  public void missed(Correction correction) {
    write(GpuLedgerJson.line(correction));
  }

  /** How many records could not be written. */
  synchronized long lost() {
    return lost;
  }

  /** Makes durable what was written. */
  @Override
  public synchronized void close() {
    try {
      finish();
    } catch (IOException e) {
      lose(e);
    }
  }

  private synchronized void write(String line) {
    byte[] bytes = line.getBytes(UTF_8);
    try {
      FileChannel to = channel(bytes.length);
      ByteBuffer rest = ByteBuffer.wrap(bytes);
      for (long at = written; rest.hasRemaining(); ) {
        at += to.write(rest, at);
      }
      written += bytes.length;
    } catch (IOException e) {
      lose(e);
      cut();
    }
  }

  private void lose(IOException failure) {
    if (lost++ == 0) {
      LOG.log(
          Level.WARNING,
          "gpu_ledger: a record is lost, and health counts those that follow: {0}",
          CannotWrite.sentence(directory, failure));
    }
  }

  private FileChannel channel(int more) throws IOException {
    Instant now = clock.instant();
    FileChannel open = channel;
    if (open != null
        && (written + more > BYTES_MAX || Duration.between(opened, now).compareTo(AGE_MAX) >= 0)) {
      finish();
      open = null;
    }
    if (open == null) {
      open = create(now);
      channel = open;
      opened = now;
      written = 0;
    }
    return open;
  }

  private FileChannel create(Instant now) throws IOException {
    for (int number = 0; ; number++) {
      Path file = directory.resolve("gpu-%s-%04d.ndjson".formatted(STAMP.format(now), number));
      try {
        return FileChannel.open(file, Set.of(WRITE, CREATE_NEW, NOFOLLOW_LINKS), OWNER_ONLY);
      } catch (FileAlreadyExistsException e) {
        // Somebody else has this name: the next one.
      }
    }
  }

  private void finish() throws IOException {
    try (FileChannel done = channel) {
      channel = null;
      if (done != null) {
        done.force(true);
      }
    }
  }

  private void cut() {
    try {
      if (channel != null) {
        channel.truncate(written);
      }
      finish();
    } catch (IOException e) {
      channel = null; // a reader skips a line without an end
    }
  }
}
