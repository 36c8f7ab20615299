package dev.tollspan.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tollspan.canary.Around;
import dev.tollspan.canary.Mark;
import dev.tollspan.canary.Matrix;
import dev.tollspan.canary.Search;
import dev.tollspan.canary.Sender;
import dev.tollspan.canary.Target;
import dev.tollspan.canary.Transport;
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
          "grpc around: header",
          "grpc around: header: authorization",
          "grpc around: header: baggage",
          "grpc around: header: name",
          "grpc around: method of no service",
          "grpc around: service that is not there");

  @TempDir private Path directory;

  @Test
  void noMarkIsLeftInTheHeap() throws Exception {
    Canary canary = Canary.of(config(), directory);
    List<Mark> all = new ArrayList<>(MARKS);
    List<Sender> senders = new ArrayList<>();
    try (Target target = Target.open();
        Child pipeline = canary.start(Map.of(canary.ends().getLast(), target))) {
      String listening = pipeline.awaitListening();
      Canary.Door door = canary.doors(listening).getFirst();
      for (Transport transport : Transport.values()) {
        Sender sender = door.sender(transport);
        senders.add(sender);
        CanaryLoad load = new CanaryLoad(door.receiver(), sender, new CanaryTally());
        List<Around> around = Canary.around(sender, 5);
        load.send(MARKS);
        load.sendAround(around.stream().filter(each -> !each.forLogin()).toList());
        around.forEach(each -> all.add(each.mark()));
      }
      awaitRest(listening, senders.size());
      Set<String> places = placesInHeap(all);
      places.removeAll(REMEMBERED);
      assertEquals(Set.of(), places, "while the connections are open");
      senders.forEach(Sender::close);
      awaitRest(listening, 0);
      places = placesInHeap(all);
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (!places.isEmpty() && System.nanoTime() - end < 0) {
        places = placesInHeap(all);
      }
      assertEquals(Set.of(), places, "once they are closed");
    } finally {
      senders.forEach(Sender::close);
    }
  }

  private Set<String> placesInHeap(List<Mark> all) throws IOException, InterruptedException {
    Path file = dump();
    byte[] heap = Files.readAllBytes(file);
    Files.delete(file);
    assertEquals(Set.of(CONTROL), Search.forTexts(List.of(CONTROL)).find(heap));
    Set<String> words = Search.forMarks(all).find(heap);
    Set<String> places = new TreeSet<>();
    for (Mark mark : all) {
      if (words.contains(mark.word())) {
        places.add(mark.transport().label() + " " + mark.place());
      }
    }
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
