package dev.tollspan.benchmarks.crash;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Ends lives. Owned by the oracle's main thread. */
final class Deaths {
  private static final int TERMINATED = 143; // in order, by SIGTERM
  private static final int DRAIN_SECONDS_MAX = 30;
  private static final long RESUME_SECONDS_MAX = 20;
  private static final long STOP_MILLIS_MAX = 2_000;
  private static final long QUIET_NANOS = 400_000_000;
  private static final long FULL_NANOS_MAX = 10_000_000_000L;
  private static final int CHUNK_BYTES = 1 << 20;

  private final Path folder;
  private final Path data;
  private final Random random;
  private final boolean damages;
  private long hitSpans;
  private int images;
  private long drainNanosMax;
  private long resumeNanosMax;
  private int refusals;
  private int wrong;

  /**
   * @param data what the pipeline writes; for power cuts a file system of its own, on {@code
   *     folder/disk-0.img}
   * @param damages whether bytes of the journal change, so that spans are lost and told
   */
  Deaths(Path folder, Path data, Random random, boolean damages) {
    this.folder = folder;
    this.data = data;
    this.random = random;
    this.damages = damages;
  }

  /** Spans of records that were damaged; some may have been settled before. */
  long hitSpans() {
    return hitSpans;
  }

  long drainNanosMax() {
    return drainNanosMax;
  }

  /** The longest time from a disk with room to the next acknowledgement. */
  long resumeNanosMax() {
    return resumeNanosMax;
  }

  /** How often a full disk made it stop acknowledging. */
  int refusals() {
    return refusals;
  }

  /** Ends that were not as they should be. */
  int wrong() {
    return wrong;
  }

  /** Ends it while it is fed; afterwards there is no process, and nothing more is fed. */
  void end(Mode mode, Victim victim, Feeder feeder) throws IOException, InterruptedException {
    switch (mode) {
      case KILL -> victim.kill();
      case TERM -> {
        if (random.nextInt(4) == 0) {
          victim.signal("TERM");
          Thread.sleep(random.nextInt(300));
          victim.kill();
        } else {
          drain(victim);
        }
      }
      case STOP -> {
        victim.signal("STOP");
        Thread.sleep(random.nextLong(STOP_MILLIS_MAX));
        if (random.nextBoolean()) {
          victim.signal("CONT");
          Thread.sleep(random.nextInt(500));
        }
        victim.kill();
      }
      case CORRUPT -> {
        victim.kill();
        victim.awaitEnd(DRAIN_SECONDS_MAX);
        hitSpans += SegmentDamage.hit(data.resolve("journal"), random);
      }
      case ENOSPC -> {
        fill(victim, feeder);
        killOrDrain(victim);
      }
      case POWERLOSS -> cut(victim);
      case EIO -> killOrDrain(victim);
    }
    victim.awaitEnd(DRAIN_SECONDS_MAX);
    feeder.stop();
    if (mode == Mode.POWERLOSS) {
      mountCopy();
    }
  }

  private void killOrDrain(Victim victim) throws IOException, InterruptedException {
    if (random.nextBoolean()) {
      victim.kill();
    } else {
      drain(victim);
    }
  }

  /** SIGTERM, and the wait for an end that must be a good one. */
  void drain(Victim victim) throws IOException, InterruptedException {
    long start = System.nanoTime();
    victim.signal("TERM");
    int code = victim.awaitEnd(DRAIN_SECONDS_MAX);
    drainNanosMax = Math.max(drainNanosMax, System.nanoTime() - start);
    if (code != TERMINATED && !damages) {
      wrong++;
      System.err.println("after SIGTERM: exit code " + code + " (-1: none in time)");
      victim.kill();
    }
  }

  /** Leaves no room on the disk, for a while. */
  private void fill(Victim victim, Feeder feeder) throws IOException, InterruptedException {
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
    long full = System.nanoTime();
    while (System.nanoTime() - feeder.lastAnswerNanos() < QUIET_NANOS
        && System.nanoTime() - full < FULL_NANOS_MAX) {
      Thread.sleep(10);
    }
    if (System.nanoTime() - feeder.lastAnswerNanos() >= QUIET_NANOS) {
      refusals++;
    }
    Thread.sleep(random.nextInt(1_000));
    Files.delete(ballast);
    long start = System.nanoTime();
    while (feeder.lastAnswerNanos() - start <= 0) {
      if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(RESUME_SECONDS_MAX)) {
        wrong++;
        System.err.println(
            "there is room again, and nothing is acknowledged: "
                + Health.ask(victim.ports().health()).values());
        return;
      }
      Thread.sleep(5);
    }
    resumeNanosMax = Math.max(resumeNanosMax, feeder.lastAnswerNanos() - start);
    Thread.sleep(random.nextInt(500));
  }

  /** Stops the process, keeps the disk as it is without what the system holds back, and ends it. */
  private void cut(Victim victim) throws IOException, InterruptedException {
    victim.signal("STOP");
    awaitStopped(victim.jvm());
    String now = image(images);
    String copy = image(images + 1);
    do {
      Command.run("cp", "--sparse=always", now, copy);
    } while (!same(now, copy)); // the system wrote meanwhile: no disk ever looked like that
    victim.kill();
  }

  private static boolean same(String one, String other) throws IOException {
    return Files.mismatch(Path.of(one), Path.of(other)) < 0;
  }

  private void mountCopy() throws IOException, InterruptedException {
    Command.run("umount", data.toString());
    Files.delete(Path.of(image(images)));
    images++;
    Command.run("mount", "-o", "loop", image(images), data.toString());
  }

  private String image(int number) {
    return folder.resolve("disk-" + number + ".img").toString();
  }

  private static void awaitStopped(long pid) throws IOException, InterruptedException {
    while (!stopped(pid)) {
      Thread.sleep(2);
    }
  }

  private static boolean stopped(long pid) throws IOException {
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
      for (Path thread : threads.toList()) {
        String stat = Files.readString(thread.resolve("stat"));
        if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
          return false;
        }
      }
    }
    return true;
  }
}
