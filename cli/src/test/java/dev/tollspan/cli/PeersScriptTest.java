package dev.tollspan.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A comparison that compared nothing is no success. */
class PeersScriptTest {
  private static final int SKIPPED = 77;

  @TempDir Path empty;

  @Test
  void saysThatItSkippedAndEndsWithItsOwnCode() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder("bash", Tidy.ROOT.resolve("interop/peers.sh").toString());
    builder.environment().put("PEERS", empty.toString());
    builder.environment().remove("PEERS_OUT");
    Process process = builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    String said = new String(process.getErrorStream().readAllBytes(), UTF_8);
    assertTrue(process.waitFor(10, TimeUnit.SECONDS));
    assertEquals(SKIPPED, process.exitValue(), said);
    assertTrue(said.startsWith("SKIPPED, nothing was measured: "), said);
  }
}
