package dev.tollspan.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.journal.FaultyDisk.PowerCut;
import dev.tollspan.journal.JournalConfig.WhenFull;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The power goes, or the process, at every single step of a short life. */
class CrashPointsTest {
  private static final Set<String> POINTS =
      Set.of(
          "ballast.given_up",
          "cursor.durable",
          "cursor.renamed",
          "cursor.synced",
          "cursor.written",
          "group.begun",
          "group.synced",
          "group.written",
          "mark.written",
          "recovery.done",
          "recovery.tail_settled",
          "recovery.tail_written",
          "segment.begun",
          "segment.header_synced",
          "segment.header_written",
          "segment.passed",
          "segment.removed",
          "segment.renamed",
          "spare.made");

  private interface Script {
    void run(World world) throws IOException;
  }

  @Test
  void survivesAPowerCutAtEveryStep() throws IOException {
    World whole = world(0);
    live(whole);
    long steps = whole.disk.steps;
    assertTrue(steps > 80, "only " + steps + " steps");
    for (long cut = 0; cut < steps; cut++) {
      for (int chance = 0; chance < 6; chance++) {
        World world = world(cut * 31 + chance);
        world.disk.cutAt = cut;
        crash(world, CrashPointsTest::live);
        world.restart(chance < 4);
        world.heal();
      }
    }
  }

  @Test
  void survivesAPowerCutAtEveryStepOfAStart() throws IOException {
    for (long cut = 0; cut < 12; cut++) {
      for (int chance = 0; chance < 20; chance++) {
        World world = world(cut * 31 + chance);
        world.append(3);
        world.append(2);
        world.disk.cutAt = world.disk.steps + chance % 4;
        crash(world, w -> w.append(4));
        world.nextCut = cut;
        boolean power = chance % 2 == 0;
        crash(world, w -> w.restart(power));
        world.restart(true);
        world.heal();
      }
    }
  }

  @Test
  void survivesACrashAtEveryFailPoint() throws IOException {
    Map<String, Integer> reached = new TreeMap<>();
    World whole = world(0);
    whole.points = name -> reached.merge(name, 1, Integer::sum);
    everything(whole);
    assertEquals(POINTS, reached.keySet());
    for (Map.Entry<String, Integer> point : reached.entrySet()) {
      for (int time = 1; time <= Math.min(4, point.getValue()); time++) {
        for (int chance = 0; chance < 4; chance++) {
          crashAt(point.getKey(), time, chance);
        }
      }
    }
  }

  private static void crashAt(String point, int time, int chance) throws IOException {
    World world = world(chance);
    int[] left = {time};
    world.points =
        name -> {
          if (name.equals(point) && --left[0] == 0) {
            world.disk.cutAt = world.disk.steps;
            throw new PowerCut();
          }
        };
    crash(world, CrashPointsTest::everything);
    assertTrue(left[0] <= 0, point + " was not reached");
    world.restart(chance < 3);
    world.heal();
  }

  /** A life with all that happens in one, without and with a clean end. */
  private static void live(World world) throws IOException {
    world.journal.upkeep().run();
    world.append(2);
    world.append(5);
    for (String name : World.READERS) {
      world.read(name, 600);
      world.commit(name, world.views.get(name).read);
    }
    world.save("files");
    for (int i = 0; i < 8; i++) {
      world.append(4);
    }
    for (String name : World.READERS) {
      world.read(name, 1 << 20);
      world.commit(name, world.views.get(name).read);
    }
    world.pace.pass(1_000_000_000L);
    world.journal.upkeep().run();
    world.append(3);
    world.check();
    world.journal.close();
  }

  private static void everything(World world) throws IOException {
    live(world);
    world.restart(false);
    world.append(3);
    world.restart(true);
    boolean[] full = {true};
    world.disk.faults =
        (kind, name) -> {
          boolean now = full[0] && name.endsWith(".cursor.tmp");
          full[0] &= !now;
          return now ? "No space left on device" : null;
        };
    for (int save = 0; save < 3; save++) { // in a new file, then in its places
      world.append(1);
      world.read("files", 1 << 20);
      world.commit("files", Long.MAX_VALUE);
      world.pace.pass(1_000_000_000L);
      world.journal.upkeep().run();
    }
    world.check();
  }

  private static World world(long seed) throws IOException {
    Duration cursors = Duration.ofMillis(100);
    return new World(new SplittableRandom(seed), World.small(WhenFull.REFUSE, 65536, cursors));
  }

  private static void crash(World world, Script script) throws IOException {
    try {
      script.run(world);
    } catch (PowerCut e) {
      // That is what it is about.
    }
  }
}
