package dev.tollspan.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tollspan.canary.Around;
import dev.tollspan.canary.GrpcSender;
import dev.tollspan.canary.Mark;
import dev.tollspan.canary.Sender;
import dev.tollspan.canary.Sender.Answer;
import dev.tollspan.canary.Sender.Request;
import dev.tollspan.canary.Target;
import dev.tollspan.pipelineconfig.PipelineConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A rehearsal of a configuration: a pipeline of its own as a child process, with every log on, to
 * which marks are sent in all places of a request and around it. All that the pipeline writes, and
 * all that it says to anybody, ends up below one directory. One run, on one thread.
 */
final class Canary {
  private static final int BATCH = 25;
  private static final int REQUEST_MIB_MAX = 4;
  private static final Pattern HEALTH = Pattern.compile("health on ([^\\s;]+)");

  private final Path directory;
  private final PipelineConfig config;
  private final CanaryTally tally = new CanaryTally();
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private final StringBuilder answers = new StringBuilder();
  private List<Around> around = List.of();

  /** In this directory, which exists and is empty. */
  Canary(Path directory, PipelineConfig config) {
    this.directory = directory;
    this.config = config;
  }

  /** Starts the pipeline, sends, stops it; what there is to search then lies in the directory. */
  CanaryTally run(List<Mark> marks, long seed)
      throws FailedException, InterruptedException, IOException {
    try (Target target = Target.open();
        Child pipeline = start(target.port())) {
      String listening = pipeline.awaitListening();
      try (Sender sender = new GrpcSender(Child.port(listening))) {
        send(sender, marks);
        sendAround(sender, seed);
      }
      Matcher health = HEALTH.matcher(listening);
      if (health.find()) {
        write("health.json", get("http://" + health.group(1) + "/health"));
      }
      pipeline.stop();
      keep(target);
    }
    write("answers.txt", answers.toString());
    tally.readLastLine(Files.readString(log()));
    return tally;
  }

  /** Every body that was sent, as it was before it was packed, with its headers and its path. */
  byte[] sent() {
    return sent.toByteArray();
  }

  /** What was sent around requests. */
  List<Around> around() {
    return around;
  }

  private Path log() {
    return directory.resolve("pipeline.log");
  }

  /** Starts the pipeline, which forwards to this port. */
  Child start(int targetPort) throws IOException {
    PipelineConfig redirected = config.redirected(directory, targetPort, REQUEST_MIB_MAX);
    write("tollspan.yaml", redirected.toYaml(true));
    write("logging.properties", ".level=ALL\n");
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    List<String> flags =
        List.of(
            "-Djava.util.logging.config.file=" + directory.resolve("logging.properties"),
            "-Djava.io.tmpdir=" + temporary,
            "-XX:ErrorFile=" + directory.resolve("crash.log"));
    List<String> run = List.of("run", "--config", directory.resolve("tollspan.yaml").toString());
    return Child.start("pipeline", log(), flags, run);
  }

  /** Requests of one kind of place each, so that it is known of each kind what became of it. */
  void send(Sender sender, List<Mark> marks) throws InterruptedException {
    Map<String, List<Mark>> byKind = new LinkedHashMap<>();
    for (Mark mark : marks) {
      byKind.computeIfAbsent(mark.kind(), _ -> new ArrayList<>()).add(mark);
    }
    int requests = 0;
    for (Map.Entry<String, List<Mark>> kind : byKind.entrySet()) {
      List<Mark> all = kind.getValue();
      for (int from = 0; from < all.size(); from += BATCH) {
        List<Mark> batch = all.subList(from, Math.min(from + BATCH, all.size()));
        boolean packed = requests++ % 2 == 1;
        Answer answer = send(sender, batch, packed);
        if (answer.ok() || batch.size() == 1) {
          tally.count(kind.getKey(), batch.size(), answer);
          continue;
        }
        // One of them is why the request was refused; the others get another chance, alone.
        for (Mark mark : batch) {
          tally.count(kind.getKey(), 1, send(sender, List.of(mark), packed));
        }
      }
    }
  }

  private Answer send(Sender sender, List<Mark> batch, boolean packed) throws InterruptedException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    batch.forEach(mark -> body.writeBytes(mark.request()));
    byte[] bytes = body.toByteArray();
    Request request =
        packed
            ? new Request(sender.exportMethod(), "gzip", Map.of(), Around.gzip(bytes))
            : new Request(sender.exportMethod(), "", Map.of(), bytes);
    sent.writeBytes(bytes);
    return answered(sender, request);
  }

  void sendAround(Sender sender, long seed) throws InterruptedException {
    around = Around.all(sender.exportMethod(), REQUEST_MIB_MAX << 20, seed);
    for (Around each : around) {
      Answer answer = answered(sender, each.request());
      tally.count(each.mark().place(), each.spans(), answer);
      sent.writeBytes(each.request().body());
      sent.writeBytes(each.request().headers().toString().getBytes(UTF_8));
      sent.writeBytes(each.request().method().getBytes(UTF_8));
    }
  }

  private Answer answered(Sender sender, Request request) throws InterruptedException {
    Answer answer = sender.send(request);
    answers.append(answer.text()).append("\n\n");
    return answer;
  }

  private void keep(Target target) throws IOException {
    Path forwarded = Files.createDirectory(directory.resolve("forwarded"));
    int number = 0;
    for (byte[] request : target.requests()) {
      Files.write(forwarded.resolve(number++ + ".binpb"), request);
    }
    write("forwarded/headers.txt", target.headers());
  }

  private void write(String name, String text) throws IOException {
    try (Writer file = DemoFiles.create(directory.resolve(name))) {
      file.write(text);
    }
  }

  private static String get(String url) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
          .body();
    }
  }
}
