package dev.tollspan.pipelineconfig;

import dev.tollspan.exporters.delivery.Replay;
import dev.tollspan.exporters.otlp.OtlpConfig;
import dev.tollspan.exporters.otlp.OtlpExporter;
import dev.tollspan.exporters.otlp.Protocol;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The dead letters of one exporter, and how to send them. */
public final class LetterBox {
  static final String LETTERS = "dead-letters";

  private final String pipeline;
  private final String exporter;
  private final Path folder;
  private final @Nullable OtlpConfig config;

  private LetterBox(String pipeline, String exporter, Path folder, @Nullable OtlpConfig config) {
    this.pipeline = pipeline;
    this.exporter = exporter;
    this.folder = folder;
    this.config = config;
  }

  /**
   * The boxes of all exporters of a configuration that forward, and those of others that lie beside
   * them, under the names of their folders; none without a journal on disk.
   *
   * @param only the id of an exporter; null means all
   * @throws IllegalArgumentException with one sentence, if that one has no box and never will
   * @throws IOException if the folder cannot be read
   */
  public static List<LetterBox> of(PipelineConfig config, @Nullable String only)
      throws IOException {
    Plan plan = Plan.of(config);
    Path directory = plan.disk().map(ExtensionSettings.Journal::directory).orElse(null);
    List<LetterBox> boxes = new ArrayList<>();
    if (directory != null) {
      Set<Path> known = new HashSet<>();
      plan.pipelines()
          .forEach(
              (pipeline, line) -> {
                for (String id : line.exporters()) {
                  if (plan.exporters().get(id) instanceof ExporterSettings.Otlp otlp) {
                    Path folder = folder(directory, pipeline, id);
                    known.add(folder);
                    boxes.add(new LetterBox(pipeline, id, folder, otlp.config()));
                  }
                }
              });
      for (Path pipeline : folders(directory.resolve(LETTERS))) {
        for (Path folder : folders(pipeline)) {
          if (!known.contains(folder)) {
            boxes.add(new LetterBox(name(pipeline), name(folder), folder, null));
          }
        }
      }
    }
    if (only == null) {
      return boxes;
    }
    check(config.exporters(), only, boxes);
    boxes.removeIf(box -> !box.exporter.equals(only));
    return boxes;
  }

  private static void check(
      Map<String, ExporterSettings> exporters, String only, List<LetterBox> boxes) {
    ExporterSettings settings = exporters.get(only);
    if (settings != null && settings.directory() != null) {
      throw new IllegalArgumentException(
          only
              + " writes files, which refuse nothing, so it has no dead letters;"
              + " name an exporter of type otlp_grpc or otlp_http");
    }
    if (settings == null && boxes.stream().noneMatch(box -> box.exporter.equals(only))) {
      throw new IllegalArgumentException("no exporter is called " + only);
    }
  }

  /** Where the letters of an exporter lie, below the directory of the journals. */
  static Path folder(Path journals, String pipeline, String exporter) {
    return journals
        .resolve(LETTERS)
        .resolve(FolderName.of(pipeline))
        .resolve(FolderName.of(exporter));
  }

  private static List<Path> folders(Path above) throws IOException {
    List<Path> folders = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(above, Files::isDirectory)) {
      found.forEach(folders::add);
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    folders.sort(null);
    return folders;
  }

  private static String name(Path folder) {
    return String.valueOf(folder.getFileName());
  }

  public String pipeline() {
    return pipeline;
  }

  /** The exporter's id; the name of its folder if it is not configured any more. */
  public String exporter() {
    return exporter;
  }

  public Path folder() {
    return folder;
  }

  /** What lies in it. */
  public List<Replay.Listed> list() throws IOException {
    return Replay.list(folder);
  }

  /**
   * Opens the way to the destination that is configured, or to another one, which is spoken to over
   * the same protocol, without the headers and logins of the configuration.
   *
   * @param to an endpoint, as exporters have it; null for the configured one
   * @throws IllegalArgumentException with one sentence, if it is none, if there is neither, or if a
   *     file that the configuration names cannot be used
   */
  public Replay open(@Nullable String to, InstantSource clock) {
    OtlpConfig used = config;
    if (to != null) {
      Protocol protocol =
          used != null
              ? used.protocol()
              : exporter.matches("otlp_?http.*") ? Protocol.HTTP : Protocol.GRPC;
      used =
          OtlpConfig.defaults(
              protocol,
              protocol == Protocol.HTTP
                  ? OtlpConfig.httpEndpoint(to)
                  : OtlpConfig.grpcEndpoint(to));
    }
    if (used == null) {
      throw new IllegalArgumentException(
          exporter + " is not in the configuration any more: say where to send with --to");
    }
    return new Replay(folder, new OtlpExporter(used, clock));
  }
}
