package dev.tollspan.pipelineconfig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {
  @ParameterizedTest
  @CsvSource({
    "0, PT0S, 0",
    "5s, PT5S, 5s",
    "100ms, PT0.1S, 100ms",
    "1m30s, PT1M30S, 1m30s",
    "90s, PT1M30S, 1m30s",
    "1.5h, PT1H30M, 1h30m",
    "1h, PT1H, 1h",
    "2us, PT0.000002S, 2us",
    "7ns, PT0.000000007S, 7ns",
    "7d, PT168H, 7d",
    "1.5d, PT36H, 1d12h",
    "0s, PT0S, 0"
  })
  void readsAndWritesDurationsAsGoDoes(String text, Duration duration, String written) {
    assertEquals(duration, Units.duration(text));
    assertEquals(written, Units.text(duration));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "s", "-5s", "5 s", "5sec", "1w", "5s!", "999999999999999999h"})
  void refusesOtherDurations(String text) {
    assertThrows(IllegalArgumentException.class, () -> Units.duration(text));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0",
    "67108864, 67108864, 64MiB",
    "64MiB, 67108864, 64MiB",
    "4GiB, 4294967296, 4GiB",
    "1KiB, 1024, 1KiB",
    "1000B, 1000, 1000",
    "2TiB, 2199023255552, 2TiB"
  })
  void readsAndWritesSizes(String text, long bytes, String written) {
    assertEquals(bytes, Units.bytes(text));
    assertEquals(written, Units.text(bytes));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "MiB", "64MB", "64 MiB", "-1", "1.5GiB", "9999999999999999999", "9e3"})
  void refusesOtherSizes(String text) {
    assertThrows(IllegalArgumentException.class, () -> Units.bytes(text));
  }

  @Test
  void refusesSizesBeyondSixtyThreeBits() {
    assertThrows(IllegalArgumentException.class, () -> Units.bytes("9000000000TiB"));
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:4317, 127.0.0.1, 4317, 127.0.0.1:4317",
    "localhost:0, localhost, 0, localhost:0",
    ":4317, 0.0.0.0, 4317, 0.0.0.0:4317",
    "[::1]:4317, ::1, 4317, [::1]:4317"
  })
  void readsAndWritesEndpoints(String text, String host, int port, String written) {
    Endpoint endpoint = Endpoint.parse(text);
    assertEquals(new Endpoint(host, port), endpoint);
    assertEquals(written, endpoint.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "4317", "localhost", "a:b", "a:65536", "http://a:1", "::1:4317"})
  void refusesOtherEndpoints(String text) {
    assertThrows(IllegalArgumentException.class, () -> Endpoint.parse(text));
  }

  @ParameterizedTest
  @CsvSource({"profil, profile", "endpiont, endpoint", "tsl, tls", "drop_contnet, drop_content"})
  void guessesTheWordThatWasMeant(String typed, String meant) {
    assertEquals(
        meant,
        Nearest.to(
            typed, java.util.List.of("timeout", "tls", "endpoint", "profile", "drop_content")));
  }

  @Test
  void guessesNothingWhereNothingIsNear() {
    assertEquals(null, Nearest.to("batch", java.util.List.of("drop_content", "estimate_cost")));
  }
}
