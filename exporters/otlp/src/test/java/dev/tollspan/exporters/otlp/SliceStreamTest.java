package dev.tollspan.exporters.otlp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SliceStreamTest {
  private final List<Slice> slices =
      List.of(slice("abc", 0, 3), slice("..", 1, 0), slice("-defg-", 1, 4), slice("h", 0, 1));

  @Test
  void drainsTheSlicesInTheirOrder() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SliceStream stream = new SliceStream(slices);
    assertEquals(8, stream.available());
    assertEquals(8, stream.drainTo(out));
    assertEquals("abcdefgh", out.toString(US_ASCII));
    assertEquals(0, stream.available());
    assertEquals(-1, stream.read());
  }

  @Test
  void drainsWhatWasNotReadBefore() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SliceStream stream = new SliceStream(slices);
    assertEquals('a', stream.read());
    assertEquals("bc", new String(stream.readNBytes(2), US_ASCII));
    assertEquals('d', stream.read());
    assertEquals(4, stream.available());
    stream.drainTo(out);
    assertEquals("efgh", out.toString(US_ASCII));
  }

  @Test
  void readsAllByteByByte() throws IOException {
    assertEquals("abcdefgh", new String(new SliceStream(slices).readAllBytes(), US_ASCII));
  }

  private static Slice slice(String text, int offset, int length) {
    return new Slice(text.getBytes(US_ASCII), offset, length);
  }
}
