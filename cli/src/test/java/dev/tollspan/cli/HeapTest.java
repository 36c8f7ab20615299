package dev.tollspan.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tollspan.canary.GrpcSender;
import dev.tollspan.canary.Mark;
import dev.tollspan.canary.Matrix;
import dev.tollspan.canary.Search;
import dev.tollspan.canary.Sender;
import dev.tollspan.canary.Target;
import dev.tollspan.pipelineconfig.PipelineConfig;
import dev.tollspan.pipelineconfig.Reading;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Scenario: requests full of marks were acknowledged and delivered, or refused, and the pipeline is
 * at rest. Guarantee: no living object holds a mark, so that a heap dump cannot show one. Memory
 * outside of the heap is not looked at.
 */
@Timeout(120)
class HeapTest {
  private static final List<Mark> MARKS = Matrix.of(600, 5);

  /** A name of the configuration, which lives as long as the process: the search must see it. */
  private static final String CONTROL = "a.key.that.the.heap.must.hold";

  /**
   * HTTP/2 remembers headers and paths of a connection, to shorten the next ones (RFC 7541, section
   * 2.3.2), for as long as it is open.
   */
  private static final Set<String> REMEMBERED =
      Set.of(
          "around: header",
          "around: header: authorization",
          "around: header: baggage",
          "around: method of no service",
          "around: service that is not there");

  @TempDir private Path directory;

  @Test
  void noMarkIsLeftInTheHeap() throws Exception {
    Canary canary = Canary.of(config(), directory);
    CanaryLoad load = new CanaryLoad("otlp", new CanaryTally());
    try (Target target = Target.open();
        Child pipeline = canary.start(Map.of(canary.ends().getLast(), target))) {
      String listening = pipeline.awaitListening();
      try (Sender sender = new GrpcSender(Child.port(listening))) {
        load.send(sender, MARKS);
        load.sendAround(sender, 4 << 20, 5);
        awaitRest(listening, 1);
        Set<String> places = placesInHeap(load);
        places.removeAll(REMEMBERED);
        assertEquals(Set.of(), places, "while the connection is open");
      }
      awaitRest(listening, 0);
      assertEquals(Set.of(), placesInHeap(load), "once it is closed");
    }
  }

  private Set<String> placesInHeap(CanaryLoad load) throws IOException, InterruptedException {
    Path file = dump();
    byte[] heap = Files.readAllBytes(file);
    Files.delete(file);
    assertEquals(Set.of(CONTROL), Search.forTexts(List.of(CONTROL)).find(heap));
    List<Mark> all = new ArrayList<>(MARKS);
    load.around().forEach(around -> all.add(around.mark()));
    Set<String> words = Search.forMarks(all).find(heap);
    Set<String> places = new TreeSet<>();
    all.stream().filter(mark -> words.contains(mark.word())).forEach(m -> places.add(m.place()));
    return places;
  }

  private static PipelineConfig config() {
    String text =
        """
        receivers: {otlp: {protocols: {grpc: }}}
        processors: {estimate_cost: , drop_content: {allow: [%s]}}
        exporters: {ndjson: , parquet: , otlp_grpc: {endpoint: "http://127.0.0.1:4317"}}
        extensions: {health_check: }
        service:
          extensions: [health_check]
          pipelines:
            traces:
              receivers: [otlp]
              processors: [estimate_cost, drop_content]
              exporters: [ndjson, parquet, otlp_grpc]
        """
            .formatted(CONTROL);
    Reading reading = PipelineConfig.parse("test", text, name -> null);
    return assertInstanceOf(Reading.Valid.class, reading).config();
  }

  /** Until every span is delivered, no request is under way and so many connections are open. */
  private static void awaitRest(String listening, int connections) throws IOException {
    Matcher health = Pattern.compile("health on ([^\\s;]+)").matcher(listening);
    assertTrue(health.find(), listening);
    URI uri = URI.create("http://" + health.group(1) + "/health");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    boolean rests = false;
    while (!rests && System.nanoTime() - end < 0) {
      JsonNode now = JsonMapper.builder().build().readTree(read(uri));
      rests = now.get("in_flight_bytes").asLong() == 0;
      rests &= now.get("connections").get("open").asInt() == connections;
      for (JsonNode pipeline : now.get("pipelines")) {
        for (JsonNode exporter : pipeline.get("exporters")) {
          rests &= exporter.get("pending").asLong() == 0;
        }
      }
    }
    assertTrue(rests, "the pipeline does not come to rest");
  }

  private static byte[] read(URI uri) throws IOException {
    try (InputStream answer = uri.toURL().openStream()) {
      return answer.readAllBytes();
    }
  }

  /** Of living objects only: the pipeline collects its garbage first. */
  private Path dump() throws IOException, InterruptedException {
    long pid = ProcessHandle.current().children().findFirst().orElseThrow().pid();
    Path file = directory.resolve("heap.hprof");
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process dumping =
        new ProcessBuilder(jcmd.toString(), "" + pid, "GC.heap_dump", file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(dumping.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, dumping.waitFor(), said);
    return file;
  }
}
