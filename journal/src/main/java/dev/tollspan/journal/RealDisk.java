package dev.tollspan.journal;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A folder of a real file system. Folder and files are the owner's alone, and a lock keeps a second
 * process out.
 *
 * <p>A FileChannel would close itself, and might swallow the error of a sync, when its thread is
 * interrupted; callers of a journal are. So bytes go through a RandomAccessFile and a sync through
 * an AsynchronousFileChannel on the same file, which no interrupt touches.
 */
final class RealDisk implements Disk {
  static final String LOCK = "lock";

  private final Path folder;
  private final boolean posix;
  private final FileChannel lock;

  /** Creates the folder if need be and locks it. */
  RealDisk(Path folder) throws IOException {
    this.folder = folder;
    Path existing = folder.toAbsolutePath();
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    this.posix =
        existing != null && Files.getFileStore(existing).supportsFileAttributeView("posix");
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder, attributes("rwx------"));
    }
    createFile(LOCK);
    this.lock = FileChannel.open(folder.resolve(LOCK), WRITE);
    if (!locked(lock)) {
      lock.close();
      throw new IOException("the journal in " + folder + " is in use by another process");
    }
  }

  private static boolean locked(FileChannel file) throws IOException {
    try {
      return file.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  @Override
  public List<String> names() throws IOException {
    return names(folder);
  }

  /** All files of a folder but the lock. */
  static List<String> names(Path folder) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, Files::isRegularFile)) {
      for (Path file : files) {
        names.add(file.getFileName().toString());
      }
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
    names.remove(LOCK);
    return names;
  }

  @Override
  public Opened read(String name) throws IOException {
    return read(folder, name);
  }

  static Opened read(Path folder, String name) throws IOException {
    return new RealFile(new RandomAccessFile(folder.resolve(name).toFile(), "r"), null);
  }

  @Override
  public Opened edit(String name) throws IOException {
    Path file = folder.resolve(name);
    AsynchronousFileChannel syncer = AsynchronousFileChannel.open(file, READ, WRITE);
    try {
      return new RealFile(new RandomAccessFile(file.toFile(), "rw"), syncer);
    } catch (IOException e) {
      syncer.close();
      throw e;
    }
  }

  @Override
  public Opened create(String name) throws IOException {
    delete(name);
    createFile(name);
    return edit(name);
  }

  private void createFile(String name) throws IOException {
    try {
      Files.createFile(folder.resolve(name), attributes("rw-------"));
    } catch (FileAlreadyExistsException e) {
      // The lock of an earlier life: it stays, so that nobody locks a file that is gone.
    }
  }

  private FileAttribute<?>[] attributes(String permissions) {
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Files.move(
        folder.resolve(from),
        folder.resolve(to),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(folder.resolve(name));
  }

  @Override
  public void sync() throws IOException {
    try (AsynchronousFileChannel opened = AsynchronousFileChannel.open(folder, READ)) {
      opened.force(true);
    }
  }

  /** Gives the folder free for others. */
  @Override
  public void close() throws IOException {
    lock.close();
  }

  private record RealFile(RandomAccessFile file, @Nullable AsynchronousFileChannel syncer)
      implements Opened {
    @Override
    public long size() throws IOException {
      return file.length();
    }

    @Override
    public void write(long position, byte[] bytes, int offset, int length) throws IOException {
      file.seek(position);
      file.write(bytes, offset, length);
    }

    @Override
    public int read(long position, byte[] bytes, int offset, int length) throws IOException {
      file.seek(position);
      int read = 0;
      while (read < length) {
        int more = file.read(bytes, offset + read, length - read);
        if (more < 0) {
          break;
        }
        read += more;
      }
      return read;
    }

    /** The data and what is needed to find it, not the times: that spares a write of the inode. */
    @Override
    public void sync() throws IOException {
      if (syncer != null) {
        syncer.force(false);
      }
    }

    @Override
    public void close() throws IOException {
      try (file) {
        if (syncer != null) {
          syncer.close();
        }
      }
    }
  }
}
