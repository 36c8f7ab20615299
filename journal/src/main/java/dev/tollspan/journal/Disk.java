package dev.tollspan.journal;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * One folder without folders in it: all that the journal knows of a file system, and the seam at
 * which tests let disks fail.
 *
 * <p>Safe for many threads; an {@link Opened} belongs to one thread at a time. Nothing is durable
 * before the file is synced, no name before the folder is. An interrupt of the calling thread
 * disturbs nothing.
 */
interface Disk extends Closeable {
  /** The names of all files, in no order. */
  List<String> names() throws IOException;

  /** Opens a file that exists, for reading. */
  Opened read(String name) throws IOException;

  /** Opens a file that exists, for reading and writing. */
  Opened edit(String name) throws IOException;

  /** Opens a new file for reading and writing; one of that name is emptied. */
  Opened create(String name) throws IOException;

  /** Renames, at once for all who look, over a file of the new name if there is one. */
  void rename(String from, String to) throws IOException;

  /** Deletes; a file that is absent is no error. Who has it open goes on reading. */
  void delete(String name) throws IOException;

  /** Makes all that was created, renamed and deleted durable. */
  void sync() throws IOException;

  /** A file. */
  interface Opened extends Closeable {
    long size() throws IOException;

    /** Writes all of it; after a failure any part of it may be there. */
    void write(long position, byte[] bytes, int offset, int length) throws IOException;

    /** Reads until the length is reached or the file ends; how many bytes it were. */
    int read(long position, byte[] bytes, int offset, int length) throws IOException;

    /** Makes all that was written durable. After a failure nothing may be trusted any more. */
    void sync() throws IOException;
  }
}
