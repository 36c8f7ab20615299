package dev.tollspan.benchmarks.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Ends lives. Owned by the oracle's main thread. */
final class Deaths {
  private static final int DRAIN_SECONDS_MAX = 30;
  private static final long RESUME_SECONDS_MAX = 20;
  private static final long STOP_MILLIS_MAX = 2_000;
  private static final long QUIET_NANOS = 400_000_000;
  private static final long UNNOTICED_NANOS_MAX = 10_000_000_000L;

  /** At the very end of a drain the port is closed. */
  private static final long CLOSING_NANOS_MAX = 2_000_000_000;

  private final Path folder;
  private final Path data;
  private final Random random;
  private final boolean damages;
  private long hitSpans;
  private int images;
  private final List<Long> drainNanos = new ArrayList<>();
  private final List<Long> resumeNanos = new ArrayList<>();
  private int troubles;
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

  /** From each SIGTERM that it might heed to the end of the process. */
  Times drains() {
    return Times.of(drainNanos);
  }

  /** From each end of trouble with the disk that it had noticed to the next acknowledgement. */
  Times resumptions() {
    return Times.of(resumeNanos);
  }

  /** How often there was trouble with the disk. */
  int troubles() {
    return troubles;
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
          drain(victim, feeder);
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
      case ENOSPC -> disturb(victim, feeder, DiskTrouble.full(data));
      case EIO -> disturb(victim, feeder, DiskTrouble.failing(victim.jvm(), random));
      case FSIZE -> disturb(victim, feeder, DiskTrouble.limited(victim.jvm()));
      case READONLY -> disturb(victim, feeder, DiskTrouble.readOnly(data));
      case POWERLOSS -> cut(victim);
    }
    victim.awaitEnd(DRAIN_SECONDS_MAX);
    feeder.stop();
    if (mode == Mode.POWERLOSS) {
      mountCopy();
    }
  }

  /** SIGTERM, and the wait for an end that must be a good one. */
  void drain(Victim victim, Feeder feeder) throws IOException, InterruptedException {
    feeder.listen();
    long start = System.nanoTime();
    victim.signal("TERM");
    int code = victim.awaitEnd(DRAIN_SECONDS_MAX);
    long end = System.nanoTime();
    drainNanos.add(end - start);
    if (code != 0 && !damages) {
      wrong("after SIGTERM: exit code " + code + " (-1: none in time)");
      victim.kill();
    }
    Feeder.Silence silence = feeder.firstSilence();
    if (feeder.odd() > 0) {
      wrong(feeder.odd() + " odd answers");
    }
    if (silence != null && end - silence.nanos() > CLOSING_NANOS_MAX) {
      long before = (end - silence.nanos()) / 1_000_000;
      wrong("no answer %d ms before the end of a drain: %s".formatted(before, silence.why()));
    }
  }

  private void wrong(String what) {
    wrong++;
    System.err.println(what);
  }

  /** Lets the disk make trouble until it is noticed, and a while longer. */
  private void disturb(Victim victim, Feeder feeder, DiskTrouble trouble)
      throws IOException, InterruptedException {
    troubles++;
    long begun = System.nanoTime();
    while (System.nanoTime() - feeder.lastAnswerNanos() < QUIET_NANOS
        && System.nanoTime() - begun < UNNOTICED_NANOS_MAX) {
      Thread.sleep(10);
    }
    boolean noticed = System.nanoTime() - feeder.lastAnswerNanos() >= QUIET_NANOS;
    Thread.sleep(random.nextInt(1_000));
    trouble.end();
    long start = System.nanoTime();
    while (feeder.lastAnswerNanos() - start <= 0) {
      if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(RESUME_SECONDS_MAX)) {
        wrong(
            "the disk is well again, and nothing is acknowledged: "
                + Health.ask(victim.ports().health()).values());
        victim.kill();
        return;
      }
      Thread.sleep(5);
    }
    if (noticed) {
      resumeNanos.add(feeder.lastAnswerNanos() - start);
    }
    Thread.sleep(random.nextInt(500));
    if (random.nextBoolean()) {
      victim.kill();
    } else {
      drain(victim, feeder);
    }
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
