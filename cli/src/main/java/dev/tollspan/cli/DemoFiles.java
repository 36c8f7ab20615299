package dev.tollspan.cli;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.tollspan.pipelineconfig.CannotWrite;
import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where a demo writes.
 *
 * @param directory holds all that stays afterwards
 */
record DemoFiles(Path directory) {
  /** Makes the directory; fails unless it is empty and can be written. */
  static DemoFiles in(Path directory) throws FailedException {
    Path absolute = directory.toAbsolutePath().normalize();
    DemoFiles files = new DemoFiles(empty(absolute));
    try {
      Files.createDirectory(files.logs(), owners("rwx------"));
      try (Writer config = create(files.config())) {
        config.write(files.configText());
      }
      return files;
    } catch (IOException failure) {
      throw new FailedException(CannotWrite.sentence(absolute, failure), failure);
    }
  }

  /** Makes a directory that is its owner's alone, unless it is there and empty. */
  static Path empty(Path directory) throws FailedException {
    Path absolute = directory.toAbsolutePath().normalize();
    try {
      Files.createDirectories(absolute, owners("rwx------"));
      if (!list(absolute).isEmpty()) {
        throw new FailedException(
            "the directory " + absolute + " is not empty; this starts with an empty one");
      }
      return absolute;
    } catch (IOException failure) {
      throw new FailedException(CannotWrite.sentence(absolute, failure), failure);
    }
  }

  /** Makes a file that is its owner's alone, as all that a demo writes. */
  static Writer create(Path file) throws IOException {
    return Channels.newWriter(
        Files.newByteChannel(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            owners("rw-------")),
        StandardCharsets.UTF_8);
  }

  private static FileAttribute<?> owners(String mode) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode));
  }

  Path ndjson() {
    return directory.resolve("ndjson");
  }

  Path lake() {
    return directory.resolve("lake");
  }

  Path logs() {
    return directory.resolve("logs");
  }

  Path config() {
    return directory.resolve("tollspan.yaml");
  }

  /** Every file of the demo. */
  List<Path> all() throws IOException {
    return list(directory);
  }

  List<Path> ndjsonFiles() throws IOException {
    return ending(ndjson(), ".ndjson");
  }

  List<Path> parquetFiles() throws IOException {
    return ending(lake(), ".parquet");
  }

  private String configText() {
    return """
    # What the demo runs; `tollspan run --config` takes it too.
    receivers:
      otlp:
        protocols:
          grpc: {endpoint: "127.0.0.1:0", max_recv_msg_size_mib: 16}
    processors:
      estimate_cost:
      drop_content: {profile: strict}
    exporters:
      ndjson: {path: %s}
      parquet: {path: %s, rotate: {max_age: 5s}}
    extensions:
      journal: {directory: %s}
    service:
      extensions: [journal]
      pipelines:
        traces:
          receivers: [otlp]
          processors: [estimate_cost, drop_content]
          exporters: [ndjson, parquet]
    """
        .formatted(quoted(ndjson()), quoted(lake()), quoted(directory.resolve("journal")));
  }

  /** Double quotes escape alike in JSON and YAML; a dollar sign would begin a variable. */
  private static String quoted(Path path) {
    return TextNode.valueOf(path.toString().replace("$", "$$")).toString();
  }

  private static List<Path> ending(Path directory, String end) throws IOException {
    return list(directory).stream().filter(file -> file.toString().endsWith(end)).toList();
  }

  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
