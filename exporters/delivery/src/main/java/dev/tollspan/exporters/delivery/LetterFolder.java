package dev.tollspan.exporters.delivery;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * All that dead letters know of a file system: one folder, and the seam at which tests let disks
 * fail. A folder that is not there is empty.
 */
interface LetterFolder {
  /** A file in it, and when it was written by the wall clock. */
  record Entry(String name, long bytes, long writtenMillis) {}

  /** All files, sorted by their names. */
  List<Entry> entries() throws IOException;

  /**
   * Writes a file; content, name and folder are durable afterwards. If it fails, nothing of that
   * name is there.
   */
  void write(String name, List<ByteBuffer> content) throws IOException;

  /**
   * The content of a file, of which no more than this is read.
   *
   * @throws java.nio.file.NoSuchFileException if it is not there
   */
  byte[] read(String name, int bytesMax) throws IOException;

  /** Deletes; a file that is absent is no error. */
  void delete(String name) throws IOException;
}
