package dev.tollspan.benchmarks.crash;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Trouble that a running pipeline has with its disk, until it is ended. */
interface DiskTrouble {
  /** How long a tracer may take to come and to go. */
  int TRACER_SECONDS_MAX = 10;

  int CHUNK_BYTES = 1 << 20;

  void end() throws IOException, InterruptedException;

  /** No room is left where this folder is. */
  static DiskTrouble full(Path data) throws IOException {
    Path ballast = data.resolve("ballast");
    byte[] chunk = new byte[CHUNK_BYTES];
    try (OutputStream out = Files.newOutputStream(ballast)) {
      for (int length = chunk.length; length > 0; ) {
        try {
          out.write(chunk, 0, length);
        } catch (IOException _) {
          length /= 2;
        }
      }
    }
    return () -> Files.delete(ballast);
  }

  /** This folder is read-only for all that is opened from now on; open files stay as they are. */
  static DiskTrouble readOnly(Path data) throws IOException, InterruptedException {
    String folder = data.toString();
    String copy = folder + "-read-only";
    Files.createDirectories(Path.of(copy));
    Command.run("mount", "--bind", folder, copy);
    Command.run("mount", "-o", "remount,bind,ro", copy); // no file is open there
    Command.run("mount", "--bind", copy, folder);
    Command.run("umount", copy);
    return () -> Command.run("umount", "-l", folder); // somebody may be reading there
  }

  /** No file may be written behind its first few thousand bytes. */
  static DiskTrouble limited(long pid) throws IOException, InterruptedException {
    limit(pid, "4096");
    return () -> limit(pid, "unlimited");
  }

  private static void limit(long pid, String bytes) throws IOException, InterruptedException {
    Command.run("prlimit", "--pid", Long.toString(pid), "--fsize=" + bytes + ":unlimited");
  }

  /** Syncs fail: all of them, or of those of each thread every second or third. */
  static DiskTrouble failing(long pid, Random random) throws IOException, InterruptedException {
    String syncs = "fdatasync,fsync";
    String times = "when=1+" + (1 + random.nextInt(3));
    Process tracer =
        new ProcessBuilder(
                "strace",
                "-f",
                "-qq",
                "-o",
                "/dev/null",
                "-e",
                "trace=" + syncs,
                "-e",
                "inject=" + syncs + ":error=EIO:" + times,
                "-p",
                Long.toString(pid))
            .inheritIO()
            .start();
    return () -> {
      tracer.destroy();
      if (!tracer.waitFor(TRACER_SECONDS_MAX, TimeUnit.SECONDS)) {
        throw new IOException("strace does not let go");
      }
    };
  }
}
