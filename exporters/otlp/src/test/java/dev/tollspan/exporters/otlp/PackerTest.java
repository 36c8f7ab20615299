package dev.tollspan.exporters.otlp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PackerTest {
  // Sizes around every growth of the memory that is used again, text and noise in turns.
  @ParameterizedTest
  @EnumSource(Compression.class)
  void unpacksToWhatWentIn(Compression compression) throws IOException {
    Random random = new Random(11);
    try (Packer packer = Packer.of(compression)) {
      int[] sizes = {0, 1, 17, 70_000, 3, 65_510, 65_536, 500_000, 5_000_000, 100};
      for (int size : sizes) {
        for (int parts = 1; parts <= 4; parts += 3) {
          byte[] message = new byte[size];
          if (parts == 1) {
            random.nextBytes(message);
          } else {
            Arrays.fill(message, (byte) 'x');
          }
          List<Slice> packed = packer.pack(split(message, parts), size);
          assertArrayEquals(message, unpacked(compression, joined(packed)));
        }
      }
    }
  }

  private static List<Slice> split(byte[] message, int parts) {
    List<Slice> slices = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      int from = message.length * i / parts;
      int to = message.length * (i + 1) / parts;
      byte[] array = new byte[to - from + 7];
      System.arraycopy(message, from, array, 5, to - from);
      slices.add(new Slice(array, 5, to - from));
    }
    return slices;
  }

  private static byte[] joined(List<Slice> slices) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SliceStream stream = new SliceStream(slices);
    assertEquals(stream.available(), stream.drainTo(out));
    return out.toByteArray();
  }

  private static byte[] unpacked(Compression compression, byte[] packed) throws IOException {
    return switch (compression) {
      case NONE -> packed;
      case GZIP -> new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes();
      // Needs the content size, and one frame only.
      case ZSTD -> Zstd.decompress(packed, (int) Zstd.getFrameContentSize(packed));
    };
  }
}
