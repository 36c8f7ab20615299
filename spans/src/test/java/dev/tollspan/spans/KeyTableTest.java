package dev.tollspan.spans;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every key is found, wherever it stands in an array, and no other is taken for it. */
class KeyTableTest {
  @Test
  void findsEachOfManyKeys() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 1_250; i++) {
      names.add("gen_ai.prompt." + i + ".content");
      names.add(Integer.toString(i, 36));
      names.add("k".repeat(1 + i % 40) + i);
      names.add("\u00e9" + i + "\ud83d\ude00");
    }
    KeyTable keys = KeyTable.of(names);
    Set<String> all = new HashSet<>(names);
    for (String name : names) {
      byte[] key = name.getBytes(UTF_8);
      int id = keys.id(name);
      assertEquals(name, keys.name(id));
      for (int before : new int[] {0, 1, 9}) {
        for (int behind : new int[] {0, 1, 7, 8}) {
          byte[] bytes = new byte[before + key.length + behind];
          Arrays.fill(bytes, (byte) 'x');
          System.arraycopy(key, 0, bytes, before, key.length);
          assertEquals(id, keys.find(bytes, before, key.length));
        }
      }
      for (int i = 0; i < key.length; i++) {
        byte[] other = key.clone();
        other[i] ^= 0x40;
        String text = new String(other, UTF_8);
        assertEquals(all.contains(text) ? keys.id(text) : 0, keys.find(other, 0, other.length));
      }
      assertEquals(0, keys.find((name + "~").getBytes(UTF_8), 0, key.length + 1));
    }
  }

  @Test
  void tellsKeysWithTheSameEndsApart() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      names.add("sameHead." + (10_000 + i) + ".sameTail");
    }
    KeyTable keys = KeyTable.of(names);
    assertEquals(5_000, keys.size());
    for (int i = 0; i < 5_000; i += 50) {
      byte[] key = names.get(i).getBytes(UTF_8);
      assertEquals(i + 1, keys.find(key, 0, key.length));
      key[10] = 'x';
      assertEquals(0, keys.find(key, 0, key.length));
    }
  }

  @Test
  void numbersRunInTheOrderGivenAndTwinsCountOnce() {
    KeyTable keys = KeyTable.of(List.of("b", "a", "b", "c"));
    assertEquals(3, keys.size());
    assertEquals(List.of(1, 2, 3), List.of(keys.id("b"), keys.id("a"), keys.id("c")));
  }

  @Test
  void knowsNoKeyThatItWasNotGiven() {
    KeyTable keys = KeyTable.of(List.of("a"));
    assertEquals(0, keys.find(new byte[0], 0, 0));
    assertEquals(0, keys.find(new byte[9], 0, 8));
    assertEquals(0, keys.find(new byte[] {'a', 0}, 0, 2));
    assertEquals(0, KeyTable.of(List.of()).find(new byte[] {'a'}, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> keys.id("b"));
    assertThrows(IllegalArgumentException.class, () -> KeyTable.of(List.of("")));
  }
}
