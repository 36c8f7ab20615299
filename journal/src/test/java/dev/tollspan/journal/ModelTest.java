package dev.tollspan.journal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.journal.FaultyDisk.Kind;
import dev.tollspan.journal.FaultyDisk.PowerCut;
import dev.tollspan.journal.JournalConfig.WhenFull;
import java.io.IOException;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Random lives of a journal on a failing disk, held against what it owes. */
class ModelTest {
  private static final int SEQUENCES = Integer.getInteger("tollspan.sequences", 10_000);
  private static final int ACTIONS = 25;
  private static final String[] MESSAGES = {
    "Input/output error", "No space left on device", "Read-only file system", "Disk quota exceeded"
  };

  @Test
  void keepsItsPromisesOnADiskThatFails() {
    long seed = Long.getLong("tollspan.seed", System.nanoTime());
    Long only = Long.getLong("tollspan.sequence");
    System.out.println("tollspan.seed=" + seed);
    int stored = 0;
    for (long i = only == null ? 0 : only; i < (only == null ? SEQUENCES : only + 1); i++) {
      try {
        stored += live(new SplittableRandom(seed + i * 0x9E3779B97F4A7C15L));
      } catch (AssertionError | RuntimeException | IOException e) {
        throw new AssertionError("-Dtollspan.seed=" + seed + " -Dtollspan.sequence=" + i, e);
      }
    }
    assertTrue(stored > SEQUENCES / 10, "only " + stored + " records were stored");
  }

  private static int live(SplittableRandom random) throws IOException {
    WhenFull whenFull = random.nextInt(3) == 0 ? WhenFull.DROP_OLDEST : WhenFull.REFUSE;
    Duration cursors = Duration.ofMillis(random.nextBoolean() ? 0 : 100);
    World world = new World(random, World.small(whenFull, 32768L << random.nextInt(2), cursors));
    for (int i = 0; i < ACTIONS; i++) {
      try {
        act(world, random);
        world.check();
      } catch (PowerCut e) {
        again(world, random.nextInt(4) != 0);
      }
    }
    try {
      world.heal();
    } catch (PowerCut e) {
      again(world, true);
      world.heal();
    }
    return world.stored.size();
  }

  /** Starts anew; the power may go once more meanwhile. */
  private static void again(World world, boolean power) throws IOException {
    boolean cutAgain = world.random.nextInt(4) == 0;
    try {
      world.restart(power);
    } catch (PowerCut e) {
      world.disk.cutAt = -1;
      world.restart(true);
    }
    if (cutAgain) {
      world.disk.cutAt = world.disk.steps + world.random.nextInt(20);
    }
  }

  private static void act(World world, SplittableRandom random) throws IOException {
    String name = random.nextBoolean() ? "files" : "forward/tempo";
    World.View view = world.views.get(name);
    switch (random.nextInt(14)) {
      case 0, 1, 2, 3 -> world.append(1 + random.nextInt(5));
      case 4, 5 -> world.read(name, random.nextInt(3000));
      case 6 -> {
        if (view.read > view.committed) {
          world.commit(name, view.committed + random.nextLong(view.read - view.committed) + 1);
        }
      }
      case 7 -> world.commit(name, view.read);
      case 8 -> world.save(name);
      case 9, 10 -> {
        world.pace.pass(random.nextLong(2_000_000_000L));
        world.journal.upkeep().run();
      }
      case 11 -> fail(world, random);
      case 12 -> {
        if (random.nextInt(3) == 0) {
          world.rewind(name);
        } else {
          world.disk.cutAt = world.disk.steps + random.nextInt(30);
        }
      }
      default -> {
        world.journal.close();
        world.restart(random.nextBoolean());
      }
    }
  }

  private static void fail(World world, SplittableRandom random) {
    if (random.nextInt(3) == 0) {
      world.disk.faults = (kind, name) -> null;
      world.disk.capacity = Long.MAX_VALUE;
    } else if (random.nextInt(3) == 0) {
      world.disk.capacity = random.nextInt(40_000);
    } else {
      Kind[] kinds = Kind.values();
      Kind failing = kinds[random.nextInt(kinds.length)];
      String message = MESSAGES[random.nextInt(MESSAGES.length)];
      int odds = 1 + random.nextInt(4);
      world.disk.faults =
          (kind, name) -> kind == failing && random.nextInt(odds) == 0 ? message : null;
    }
  }
}
