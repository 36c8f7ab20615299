package dev.tollspan.journal;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A disk that knows what is durable and what only the system's memory holds, that fails when asked,
 * and whose power can be cut: then any part of what was not synced is there, in blocks of 512
 * bytes, and any of the names.
 *
 * <p>After a failed sync the blocks count as clean and are not on the disk, as on Linux.
 */
final class FaultyDisk implements Disk {
  private static final int BLOCK = 512;

  /** What a disk is asked for. */
  enum Kind {
    CREATE,
    WRITE,
    SYNC,
    RENAME,
    DELETE,
    FOLDER,
    READ
  }

  /** The power is gone: nothing of this process goes on. */
  static final class PowerCut extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** Decides what fails. */
  interface Faults {
    @Nullable String message(Kind kind, String name);
  }

  /** A file loses a name, gets one, or both: durable as a whole or not at all. */
  private record NameChange(@Nullable String from, @Nullable String to, Inode inode) {}

  private final SplittableRandom random;
  private final Map<String, Inode> names = new HashMap<>();
  private final Map<String, Inode> durableNames = new HashMap<>();
  private final List<NameChange> changes = new ArrayList<>();
  Faults faults = (kind, name) -> null;
  long capacity = Long.MAX_VALUE;
  long steps;
  long cutAt = -1;
  boolean touchedAfterFailure;
  private boolean dead;

  FaultyDisk(SplittableRandom random) {
    this.random = random;
  }

  /** The power is cut; what is found afterwards. */
  FaultyDisk afterCut() {
    FaultyDisk found = new FaultyDisk(random);
    int keep = random.nextInt(3); // nothing, some, or all of what was not synced
    Map<String, Inode> left = new HashMap<>(durableNames);
    for (NameChange change : changes) {
      if (kept(keep)) {
        apply(change, left);
      }
    }
    Map<Inode, Inode> copies = new IdentityHashMap<>();
    left.forEach(
        (name, inode) ->
            found.names.put(name, copies.computeIfAbsent(inode, i -> i.afterCut(found, keep))));
    found.durableNames.putAll(found.names);
    return found;
  }

  /** The process is killed; the system goes on. */
  FaultyDisk afterKill() {
    FaultyDisk found = new FaultyDisk(random);
    Map<Inode, Inode> copies = new IdentityHashMap<>();
    names.forEach((n, i) -> found.names.put(n, copies.computeIfAbsent(i, c -> c.copy(found))));
    durableNames.forEach(
        (n, i) -> found.durableNames.put(n, copies.computeIfAbsent(i, c -> c.copy(found))));
    for (NameChange change : changes) {
      Inode copied = copies.computeIfAbsent(change.inode, c -> c.copy(found));
      found.changes.add(new NameChange(change.from, change.to, copied));
    }
    return found;
  }

  private boolean kept(int keep) {
    return keep == 2 || (keep == 1 && random.nextBoolean());
  }

  private static void apply(NameChange change, Map<String, Inode> to) {
    if (change.from != null) {
      to.remove(change.from, change.inode);
    }
    if (change.to != null) {
      to.put(change.to, change.inode);
    }
  }

  /** The bytes of a file. */
  byte[] content(String name) {
    Inode inode = names.get(name);
    if (inode == null) {
      throw new IllegalArgumentException(name);
    }
    return Arrays.copyOf(inode.bytes, inode.size);
  }

  /** Puts a file there, durable. */
  void put(String name, byte[] content) {
    Inode inode = new Inode(this);
    inode.bytes = content.length == 0 ? new byte[BLOCK] : content.clone();
    inode.size = content.length;
    inode.durable = content.clone();
    names.put(name, inode);
    durableNames.put(name, inode);
  }

  /** What files of this suffix take. */
  long bytes(String suffix) {
    long bytes = 0;
    for (Map.Entry<String, Inode> each : names.entrySet()) {
      bytes += each.getKey().endsWith(suffix) ? each.getValue().size : 0;
    }
    return bytes;
  }

  private long used() {
    long bytes = 0;
    for (Inode inode : names.values()) {
      bytes += inode.size;
    }
    return bytes;
  }

  /** Counts a step; whether the power goes in the midst of it. */
  private boolean step() {
    if (dead) {
      throw new PowerCut();
    }
    dead = steps++ == cutAt;
    return dead;
  }

  private void failOrGoOn(Kind kind, String name) throws IOException {
    if (step()) {
      throw new PowerCut();
    }
    String message = faults.message(kind, name);
    if (message != null) {
      throw new IOException(message);
    }
  }

  private void change(NameChange change) {
    apply(change, names);
    changes.add(change);
  }

  @Override
  public List<String> names() {
    return new ArrayList<>(names.keySet());
  }

  @Override
  public Opened read(String name) throws IOException {
    return edit(name);
  }

  @Override
  public Opened edit(String name) throws IOException {
    if (dead) {
      throw new PowerCut();
    }
    Inode inode = names.get(name);
    if (inode == null) {
      throw new FileNotFoundException(name);
    }
    return inode.open(name);
  }

  @Override
  public Opened create(String name) throws IOException {
    failOrGoOn(Kind.CREATE, name);
    Inode inode = new Inode(this);
    change(new NameChange(null, name, inode));
    return inode.open(name);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    failOrGoOn(Kind.RENAME, from);
    Inode inode = names.get(from);
    if (inode == null) {
      throw new FileNotFoundException(from);
    }
    change(new NameChange(from, to, inode));
  }

  @Override
  public void delete(String name) throws IOException {
    failOrGoOn(Kind.DELETE, name);
    Inode inode = names.get(name);
    if (inode != null) {
      change(new NameChange(name, null, inode));
    }
  }

  @Override
  public void sync() throws IOException {
    failOrGoOn(Kind.FOLDER, "");
    durableNames.clear();
    durableNames.putAll(names);
    changes.clear();
  }

  @Override
  public void close() {}

  private static final class Inode {
    private final FaultyDisk disk;
    private byte[] bytes = new byte[BLOCK];
    private int size;
    private byte[] durable = new byte[0];
    private BitSet dirty = new BitSet();
    private boolean failed;

    Inode(FaultyDisk disk) {
      this.disk = disk;
    }

    Inode copy(FaultyDisk to) {
      Inode copy = new Inode(to);
      copy.bytes = bytes.clone();
      copy.size = size;
      copy.durable = durable.clone();
      copy.dirty = (BitSet) dirty.clone();
      return copy;
    }

    Inode afterCut(FaultyDisk to, int keep) {
      Inode left = new Inode(to);
      byte[] now = durable.clone();
      for (int block = dirty.nextSetBit(0); block >= 0; block = dirty.nextSetBit(block + 1)) {
        if (disk.kept(keep)) {
          now = keep(block, now);
        }
      }
      left.bytes = now.length == 0 ? new byte[BLOCK] : now;
      left.size = now.length;
      left.durable = now.clone();
      return left;
    }

    private byte[] keep(int block, byte[] to) {
      int end = Math.min(size, (block + 1) * BLOCK);
      byte[] grown = to.length < end ? Arrays.copyOf(to, end) : to;
      System.arraycopy(bytes, block * BLOCK, grown, block * BLOCK, end - block * BLOCK);
      return grown;
    }

    private void write(int position, byte[] from, int offset, int length) {
      int end = position + length;
      if (end > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(end, bytes.length * 2));
      }
      System.arraycopy(from, offset, bytes, position, length);
      size = Math.max(size, end);
      if (length > 0) {
        dirty.set(position / BLOCK, (end - 1) / BLOCK + 1);
      }
    }

    Opened open(String name) {
      return new OpenedInode(this, name);
    }
  }

  private record OpenedInode(Inode inode, String name) implements Opened {
    @Override
    public long size() {
      return inode.size;
    }

    @Override
    public void write(long position, byte[] from, int offset, int length) throws IOException {
      FaultyDisk disk = inode.disk;
      disk.touchedAfterFailure |= inode.failed;
      boolean cut = disk.step();
      String message = cut ? null : disk.faults.message(Kind.WRITE, name);
      long grown = position + length - Math.max(inode.size, position);
      if (message == null && grown > 0 && disk.used() + grown > disk.capacity) {
        message = "No space left on device";
      }
      if (!cut && message == null) {
        inode.write((int) position, from, offset, length);
        return;
      }
      boolean within = position + length <= inode.size;
      int part = disk.random.nextInt(length + 1);
      if (within || message == null || !message.startsWith("No space")) {
        inode.write((int) position, from, offset, part);
      }
      if (cut) {
        throw new PowerCut();
      }
      inode.failed = true;
      throw new IOException(message);
    }

    @Override
    public int read(long position, byte[] into, int offset, int length) throws IOException {
      if (inode.disk.dead) {
        throw new PowerCut();
      }
      String message = inode.disk.faults.message(Kind.READ, name);
      if (message != null) {
        throw new IOException(message);
      }
      int count = (int) Math.max(0, Math.min(length, inode.size - position));
      System.arraycopy(inode.bytes, (int) position, into, offset, count);
      return count;
    }

    @Override
    public void sync() throws IOException {
      FaultyDisk disk = inode.disk;
      disk.touchedAfterFailure |= inode.failed;
      boolean cut = disk.step();
      String message = cut ? null : disk.faults.message(Kind.SYNC, name);
      byte[] now = inode.durable;
      BitSet dirty = inode.dirty;
      for (int block = dirty.nextSetBit(0); block >= 0; block = dirty.nextSetBit(block + 1)) {
        if (!(cut || message != null) || disk.random.nextBoolean()) {
          now = inode.keep(block, now);
        }
      }
      inode.durable = now;
      if (cut) {
        throw new PowerCut();
      }
      dirty.clear();
      if (message != null) {
        inode.failed = true;
        throw new IOException(message);
      }
    }

    @Override
    public void close() {}
  }
}
