package dev.tollspan.cli;

import dev.tollspan.canary.Around;
import dev.tollspan.canary.GrpcSender;
import dev.tollspan.canary.HttpSender;
import dev.tollspan.canary.Mark;
import dev.tollspan.canary.Sender;
import dev.tollspan.canary.Store;
import dev.tollspan.canary.Target;
import dev.tollspan.canary.Transport;
import dev.tollspan.cli.CanaryFile.End;
import dev.tollspan.pipelineconfig.PipelineConfig;
import java.io.ByteArrayOutputStream;
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
import java.util.EnumMap;
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

  /** The ways into a receiver. */
  record Door(String receiver, String path, int grpcPort, int httpPort) {
    Sender sender(Transport transport) {
      return transport == Transport.GRPC
          ? new GrpcSender(grpcPort)
          : new HttpSender(httpPort, path, transport);
    }
  }

  private final Path directory;
  private final CanaryFile file;
  private final CanaryTally tally = new CanaryTally();
  private final List<Around> around = new ArrayList<>();
  private final Map<Transport, byte[]> sent = new EnumMap<>(Transport.class);

  private Canary(Path directory, CanaryFile file) {
    this.directory = directory;
    this.file = file;
  }

  /** In this directory, which exists and is empty. */
  static Canary of(PipelineConfig config, Path directory) {
    CanaryFile file = new CanaryFile(config, directory, REQUEST_MIB_MAX);
    file.guard();
    return new Canary(directory, file);
  }

  /** The same with its gates open, so that what comes through shows what the search sees. */
  static Canary open(PipelineConfig config, Path directory) {
    CanaryFile file = new CanaryFile(config, directory, REQUEST_MIB_MAX);
    file.guard();
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
        pipeline.stop(ExitCode.OK);
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

  /** All that was sent this way: of the receivers that were sent the same, to one. */
  byte[] sent(Transport transport) {
    return sent.getOrDefault(transport, new byte[0]);
  }

  /** What was sent around requests, and requests that cannot be taken. */
  List<Mark> around() {
    return around.stream().map(Around::mark).toList();
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

  /** The ways into each receiver: it has a port for gRPC and one for HTTP. */
  List<Door> doors(String listening) throws FailedException {
    Matcher addresses = RECEIVERS.matcher(listening);
    String[] each = addresses.find() ? addresses.group(1).split(", ", -1) : new String[0];
    List<Door> doors = new ArrayList<>();
    for (String receiver : file.receivers()) {
      int first = 2 * doors.size();
      if (first + 1 < each.length) {
        String path = file.tracesPath(receiver);
        doors.add(new Door(receiver, path, port(each[first]), port(each[first + 1])));
      }
    }
    if (each.length != 2 * file.receivers().size()) {
      throw new FailedException("the pipeline does not listen on all receivers: " + listening);
    }
    return doors;
  }

  private static int port(String address) {
    return Child.port("listening on " + address);
  }

  /** Sends everything to each receiver, and what must not get in to the one that is guarded. */
  private void sendAll(String listening, List<Mark> marks, long seed)
      throws FailedException, InterruptedException, IOException {
    List<Door> doors = doors(listening);
    StringBuilder answers = new StringBuilder();
    for (Transport transport : Transport.values()) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (Door door : doors) {
        boolean guarded = door.receiver.equals(CanaryFile.GUARDED);
        try (Sender sender = door.sender(transport)) {
          CanaryLoad load = new CanaryLoad(door.receiver, sender, tally);
          List<Around> more = around(sender, seed);
          load.send(guarded ? List.of() : marks);
          load.sendAround(more.stream().filter(one -> one.forLogin() == guarded).toList());
          answers.append(load.answers());
          if (guarded) {
            around.addAll(more);
          }
          if (guarded || door.equals(doors.getFirst())) {
            all.writeBytes(load.sent());
          }
        }
      }
      sent.put(transport, all.toByteArray());
    }
    write("answers.txt", answers.toString());
  }

  /** What this sender sends around requests. */
  static List<Around> around(Sender sender, long seed) {
    return Around.all(sender.transport(), sender.exportMethod(), REQUEST_MIB_MAX << 20, seed);
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
