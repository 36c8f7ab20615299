package dev.tollspan.exporters.delivery;

import static java.nio.file.StandardOpenOption.READ;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A folder of a real file system, the owner's alone. An interrupt of the calling thread disturbs
 * nothing: deliveries are interrupted at the end, and may have a letter to write then.
 */
record RealLetterFolder(Path folder) implements LetterFolder {
  static final String TEMP = ".tmp";

  @Override
  public List<Entry> entries() throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        try {
          BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
          if (is.isRegularFile()) {
            String name = file.getFileName().toString();
            entries.add(new Entry(name, is.size(), is.lastModifiedTime().toMillis()));
          }
        } catch (NoSuchFileException e) {
          // Deleted meanwhile.
        }
      }
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    entries.sort(Comparator.comparing(Entry::name));
    return entries;
  }

  @Override
  public void write(String name, List<ByteBuffer> content) throws IOException {
    make(folder.toAbsolutePath());
    Path temp = folder.resolve(name + TEMP);
    Path file = folder.resolve(name);
    boolean written = false;
    try {
      Files.deleteIfExists(temp);
      Files.createFile(temp, attributes("rw-------"));
      try (FileOutputStream out = new FileOutputStream(temp.toFile())) {
        for (ByteBuffer each : content) {
          out.write(each.array(), each.arrayOffset() + each.position(), each.remaining());
        }
        out.getFD().sync();
      }
      Files.move(temp, file, StandardCopyOption.ATOMIC_MOVE);
      sync(folder);
      written = true;
    } finally {
      if (!written) {
        Files.deleteIfExists(temp);
        Files.deleteIfExists(file);
      }
    }
  }

  @Override
  public byte[] read(String name, int bytesMax) throws IOException {
    try (InputStream in = Files.newInputStream(folder.resolve(name))) {
      return in.readNBytes(bytesMax);
    }
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(folder.resolve(name));
  }

  /** Makes a folder, and those above it, and their names durable. */
  private void make(Path wanted) throws IOException {
    if (!Files.isDirectory(wanted)) {
      Path above = wanted.getParent();
      if (above != null) {
        make(above);
      }
      Files.createDirectory(wanted, attributes("rwx------"));
      if (above != null) {
        sync(above);
      }
    }
  }

  private FileAttribute<?>[] attributes(String permissions) {
    return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  private static void sync(Path folder) throws IOException {
    try (AsynchronousFileChannel opened = AsynchronousFileChannel.open(folder, READ)) {
      opened.force(true);
    }
  }
}
