package dev.tollspan.cli;

import dev.tollspan.canary.GrpcSender;
import dev.tollspan.canary.Mark;
import dev.tollspan.canary.Sender;
import dev.tollspan.canary.Store;
import dev.tollspan.canary.Target;
import dev.tollspan.cli.CanaryFile.End;
import dev.tollspan.pipelineconfig.PipelineConfig;
import java.io.IOException;
import java.io.OutputStream;
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
  private static final int REQUEST_MIB_MAX = 4;
  private static final Pattern RECEIVERS = Pattern.compile("listening on ([^;]+)");
  private static final Pattern HEALTH = Pattern.compile("health on ([^\\s;]+)");

  private final Path directory;
  private final CanaryFile file;
  private final CanaryTally tally = new CanaryTally();
  private final List<CanaryLoad> loads = new ArrayList<>();

  private Canary(Path directory, CanaryFile file) {
    this.directory = directory;
    this.file = file;
  }

  /** In this directory, which exists and is empty. */
  static Canary of(PipelineConfig config, Path directory) {
    return new Canary(directory, new CanaryFile(config, directory, REQUEST_MIB_MAX));
  }

  /** The same with its gates open, so that what comes through shows what the search sees. */
  static Canary open(PipelineConfig config, Path directory) {
    CanaryFile file = new CanaryFile(config, directory, REQUEST_MIB_MAX);
    file.open();
    return new Canary(directory, file);
  }

  /** Starts the pipeline, sends, stops it; what there is to search then lies in the directory. */
  CanaryTally run(List<Mark> marks, long seed)
      throws FailedException, InterruptedException, IOException {
    Map<End, Target> targets = new LinkedHashMap<>();
    try {
      for (End end : file.ends()) {
        if (end.store() == Store.FORWARDED) {
          targets.put(end, Target.open());
        }
      }
      try (Child pipeline = start(targets)) {
        String listening = pipeline.awaitListening();
        sendAll(listening, marks, seed);
        Matcher health = HEALTH.matcher(listening);
        if (health.find()) {
          write("health.json", get("http://" + health.group(1) + "/health"));
        }
        pipeline.stop();
      }
      for (Map.Entry<End, Target> forwarded : targets.entrySet()) {
        keep(forwarded.getKey(), forwarded.getValue());
      }
    } finally {
      targets.values().forEach(Target::close);
    }
    tally.readLastLine(Files.readString(log()), file.ends());
    return tally;
  }

  /** Every body that a receiver was sent; each was sent the same. */
  byte[] sent() {
    return loads.getFirst().sent();
  }

  /** The marks that were sent: those in requests, and those around them. */
  List<Mark> marks(List<Mark> inside) {
    List<Mark> all = new ArrayList<>(inside);
    loads.getFirst().around().forEach(each -> all.add(each.mark()));
    return all;
  }

  /** Where spans ended. */
  List<End> ends() {
    return file.ends();
  }

  private Path log() {
    return directory.resolve("pipeline.log");
  }

  /** Starts the pipeline, which forwards to these. */
  Child start(Map<End, Target> targets) throws IOException {
    targets.forEach((end, target) -> file.forward(end.id(), target.port()));
    write("tollspan.yaml", file.text());
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

  /** Sends everything to each receiver, by its first port: each of them speaks gRPC. */
  private void sendAll(String listening, List<Mark> marks, long seed)
      throws FailedException, InterruptedException, IOException {
    Matcher addresses = RECEIVERS.matcher(listening);
    String[] each = addresses.find() ? addresses.group(1).split(", ", -1) : new String[0];
    List<String> receivers = List.copyOf(file.receivers());
    if (each.length != receivers.stream().mapToInt(file::ports).sum()) {
      throw new FailedException("the pipeline does not listen on all receivers: " + listening);
    }
    StringBuilder answers = new StringBuilder();
    int first = 0;
    for (String receiver : receivers) {
      CanaryLoad load = new CanaryLoad(receiver, tally);
      loads.add(load);
      try (Sender sender = new GrpcSender(Child.port("listening on " + each[first]))) {
        load.send(sender, marks);
        load.sendAround(sender, REQUEST_MIB_MAX << 20, seed);
      }
      answers.append(load.answers());
      first += file.ports(receiver);
    }
    write("answers.txt", answers.toString());
  }

  private void keep(End end, Target target) throws IOException {
    Files.createDirectory(end.directory());
    try (OutputStream all = Files.newOutputStream(end.directory().resolve("requests.binpb"))) {
      for (byte[] request : target.requests()) {
        all.write(request);
      }
    }
    write(end.directory().getFileName() + "-headers.txt", target.headers());
  }

  private void write(String name, String text) throws IOException {
    try (Writer written = DemoFiles.create(directory.resolve(name))) {
      written.write(text);
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
