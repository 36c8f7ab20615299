package dev.tollspan.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.List;

/**
 * A folder of a real file system that is looked at and left as it is, whoever else is in it. It
 * says of every change that the disk does not let us, which a recovery takes in its stride.
 */
record ReadOnlyDisk(Path folder) implements Disk {
  @Override
  public List<String> names() throws IOException {
    return RealDisk.names(folder);
  }

  @Override
  public Opened read(String name) throws IOException {
    return RealDisk.read(folder, name);
  }

  @Override
  public Opened edit(String name) throws IOException {
    throw readOnly();
  }

  @Override
  public Opened create(String name) throws IOException {
    throw readOnly();
  }

  @Override
  public void rename(String from, String to) throws IOException {
    throw readOnly();
  }

  @Override
  public void delete(String name) throws IOException {
    throw readOnly();
  }

  @Override
  public void sync() throws IOException {
    throw readOnly();
  }

  @Override
  public void close() {}

  private static IOException readOnly() {
    return new IOException(new ReadOnlyFileSystemException());
  }
}
