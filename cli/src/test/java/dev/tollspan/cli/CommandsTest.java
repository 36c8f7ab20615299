package dev.tollspan.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {
  private static final String PIPELINE =
      """
      receivers:
        otlp: {protocols: {grpc: {endpoint: "127.0.0.1:%d", max_recv_msg_size_mib: 1}}}
      processors:
        drop_content:
      exporters:
        ndjson: {path: "%s"}
      service:
        pipelines:
          traces: {receivers: [otlp], processors: [drop_content], exporters: [ndjson]}
      """;

  @TempDir private Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void versionIsOneLine() {
    assertEquals(ExitCode.OK, tollspan("version"));
    assertTrue(out().matches("tollspan [0-9]+\\.[0-9]+\\S* on Java 25\\S*\\n"), out());
    assertEquals("", err());
  }

  @Test
  void versionIsJsonForPrograms() {
    assertEquals(ExitCode.OK, tollspan("version", "--json"));
    assertTrue(out().matches("\\{\"version\":\"[^\"$]+\",\"java\":\"25[^\"]*\"}\\n"), out());
  }

  @Test
  void helpListsEachCommand() {
    assertEquals(ExitCode.OK, tollspan("help"));
    for (String command :
        List.of(
            "demo",
            "run",
            "validate",
            "print-config",
            "price",
            "prices",
            "explain",
            "components",
            "inference",
            "version")) {
      assertTrue(out().contains("\n  " + command + " "), command);
    }
    assertEquals("", err());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo",
        "run",
        "validate",
        "print-config",
        "price",
        "prices",
        "explain",
        "components",
        "inference",
        "version"
      })
  void helpOfACommandListsItsOptionsAndExitCodes(String command) {
    assertEquals(ExitCode.OK, tollspan("help", command));
    String help = out();
    assertTrue(help.startsWith("Usage: tollspan " + command), help);
    assertTrue(help.contains("  -h, --help "), help);
    assertTrue(help.contains("\nExit codes:\n"), help);
    assertTrue(help.contains("  2   ") && help.contains("Wrong usage."), help);
    for (String option : List.of("--help", "-h")) {
      out.reset();
      assertEquals(ExitCode.OK, tollspan(command, option));
      assertEquals(help, out());
    }
    assertEquals("", err());
  }

  @Test
  void helpNamesTheDefaultsOfOptions() {
    tollspan("help", "inference");
    assertTrue(out().contains("--port N             port to listen on, 0 for any free one (8080)"));
    tollspan("help", "demo");
    assertTrue(out().contains("Default: 60."), out());
    tollspan("help", "run");
    String oneLine = out().replaceAll("\\s+", " ");
    assertTrue(oneLine.contains("Default: OTLP/gRPC on loopback port 4317"), oneLine);
  }

  @Test
  void optionsOfTheWholeAnswerLikeTheCommandsOfTheirNames() {
    assertEquals(ExitCode.OK, tollspan("help"));
    String help = out();
    out.reset();
    assertEquals(ExitCode.OK, tollspan("version"));
    String version = out();
    for (String option : List.of("--help", "-h", "--version", "-V")) {
      out.reset();
      assertEquals(ExitCode.OK, tollspan(option));
      assertEquals(option.toLowerCase(Locale.ROOT).contains("h") ? help : version, out());
    }
    assertEquals("", err());
  }

  @ParameterizedTest
  @CsvSource({
    "run --confg x, --config",
    "demo --sed 1, --seed",
    "help rnu, run",
    "prices chek, check"
  })
  void suggestsTheNearestOptionOrCommandOfThatPlace(String wrong, String right) {
    assertEquals(ExitCode.USAGE, tollspan(wrong.split(" ")));
    assertTrue(err().contains("did you mean \"" + right + "\"?"), err());
  }

  @ParameterizedTest
  @CsvSource({"rnu, run", "demmo, demo", "valdate, validate", "print-confg, print-config"})
  void suggestsTheNearestCommand(String wrong, String right) {
    assertEquals(ExitCode.USAGE, tollspan(wrong));
    assertTrue(err().contains("did you mean \"" + right + "\"?"), err());
    assertEquals("", out());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "run --confg x",
        "run x",
        "demo --requests many",
        "demo --requests 11",
        "demo --requests 10001",
        "run --config a --config b",
        "version --yaml"
      })
  void wrongUsageHasACodeOfItsOwn(String arguments) {
    String[] words = arguments.isEmpty() ? new String[0] : arguments.split(" ");
    assertEquals(ExitCode.USAGE, tollspan(words));
    assertTrue(err().startsWith("tollspan: "), err());
    assertTrue(err().contains("`tollspan help`"), err());
    assertEquals("", out());
  }

  @Test
  void everyComponentThatIsListedCanBeConfigured() {
    assertEquals(ExitCode.OK, tollspan("components"));
    String service =
        """
        service:
          pipelines:
            traces: {receivers: [otlp], processors: [drop_content], exporters: [parquet]}
        """;
    String listed = out();
    out.reset();
    int code = tollspan("validate", "--config", "yaml:" + listed + service);
    assertEquals(ExitCode.OK, code, err());
    assertEquals(
        "yaml is valid: 1 receiver, 2 processors, 3 exporters, 1 extension, 1 pipeline\n", out());
  }

  @Test
  void validateSaysWhatItChecked() throws IOException {
    Path file = directory.resolve("p.yaml");
    String yaml = PIPELINE.formatted(0, directory);
    Files.writeString(file, yaml.replace("  ndjson:", "  prometheus:\n  ndjson:"));
    assertEquals(ExitCode.OK, tollspan("validate", "--config", file.toString()));
    assertEquals(
        file + " is valid: 1 receiver, 1 processor, 2 exporters, 0 extensions, 1 pipeline\n",
        out());
    assertTrue(err().startsWith("warning: " + file + ":6:3: exporters.prometheus: "), err());
    out.reset();
    assertEquals(ExitCode.OK, tollspan("validate"));
    assertTrue(out().startsWith("the default configuration is valid: 1 receiver, "), out());
  }

  @Test
  void theDefaultIsValidAndPrintsAsAFileThatReadsAlike() throws IOException {
    assertEquals(ExitCode.OK, tollspan("print-config"));
    assertTrue(out().contains("127.0.0.1:4317"), out());
    Path file = Files.writeString(directory.resolve("printed.yaml"), out());
    String first = out();
    out.reset();
    assertEquals(ExitCode.OK, tollspan("print-config", "--config=file:" + file));
    assertEquals(first, out());
  }

  @Test
  void secretsArePrintedOnlyWhenAsked() throws IOException {
    String forward =
        "  otlp_grpc: {endpoint: 127.0.0.1:1, tls: {insecure: true}, headers: {k: hunter2}}\n";
    String yaml = PIPELINE.formatted(0, directory).replace("  ndjson:", forward + "  ndjson:");
    Path file = Files.writeString(directory.resolve("secret.yaml"), yaml);
    assertEquals(ExitCode.OK, tollspan("print-config", "--config", file.toString()));
    assertFalse((out() + err()).contains("hunter2"));
    assertEquals(ExitCode.OK, tollspan("print-config", "--unredacted", "--config=" + file));
    assertTrue(out().contains("hunter2"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"validate", "run", "print-config"})
  void reportsEveryProblemOfAFileAtOnce(String command) throws IOException {
    String yaml =
        PIPELINE
            .formatted(4317, directory)
            .replace("endpoint", "endpiont")
            .replace("drop_content:\n", "drop_contents:\n");
    Path file = Files.writeString(directory.resolve("wrong.yaml"), yaml);
    assertEquals(ExitCode.INVALID, tollspan(command, "--config", file.toString()));
    assertTrue(err().contains(file + ":2:"), err());
    assertTrue(err().contains(file + ":4:"), err());
    assertTrue(err().contains("did you mean \"endpoint\"?"), err());
    assertTrue(err().contains("did you mean \"drop_content\"?"), err());
    assertEquals("", out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"no-such-file.yaml", "file:no-such-file.yaml", "env:TOLLSPAN_NO_SUCH"})
  void aConfigurationThatIsNotThereIsInvalid(String source) {
    assertEquals(ExitCode.INVALID, tollspan("run", "--config", source));
    assertEquals(1, err().lines().count(), err());
    assertTrue(err().startsWith("tollspan: "), err());
  }

  @Test
  void aPortInUseIsOneSentence() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String yaml = PIPELINE.formatted(taken.getLocalPort(), directory.resolve("data"));
      assertEquals(ExitCode.FAILED, tollspan("run", "--config", "yaml:" + yaml));
      assertTrue(err().contains(":" + taken.getLocalPort()), err());
      assertEquals(1, err().lines().count(), err());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"validate", "run"})
  void whatCannotStartIsToldAtOnceWithItsPlace(String command) throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    String yaml =
        PIPELINE
            .formatted(0, file.resolve("data"))
            .replace(
                "  drop_content:",
                "  estimate_cost: {prices: [builtin, %s]}\n  drop_content:".formatted(file))
            .replace("[drop_content]", "[estimate_cost, drop_content]");
    assertEquals(ExitCode.INVALID, tollspan(command, "--config", "yaml:" + yaml));
    assertEquals(
        List.of(
            "yaml:4:37: processors.estimate_cost.prices: %s: has no prices".formatted(file),
            "yaml:7:18: exporters.ndjson.path: cannot write to %s/data: not a directory"
                .formatted(file)),
        err().lines().toList());
  }

  @Test
  void aFileToValidateNeedsNoOption() throws IOException {
    String yaml = PIPELINE.formatted(0, directory);
    String file = Files.writeString(directory.resolve("p.yaml"), yaml).toString();
    assertEquals(ExitCode.OK, tollspan("validate", file));
    assertTrue(out().startsWith(file + " is valid: "), out());
    assertEquals(ExitCode.USAGE, tollspan("validate", file, "--config", file));
  }

  @Test
  void saysWhyAFileCannotBeRead() {
    assertEquals(ExitCode.INVALID, tollspan("validate", "--config", directory.toString()));
    assertTrue(err().endsWith(directory + " cannot be read: it is a directory\n"), err());
    err.reset();
    assertEquals(ExitCode.INVALID, tollspan("validate", directory + "/none"));
    assertTrue(err().endsWith("/none cannot be read: no such file\n"), err());
  }

  @Test
  void aDemoStartsWithADirectoryOfItsOwn() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    assertEquals(ExitCode.FAILED, tollspan("demo", "--data", directory.toString()));
    assertTrue(err().contains("is not empty"), err());
    err.reset();
    assertEquals(ExitCode.FAILED, tollspan("demo", "--data", file.resolve("data").toString()));
    assertEquals("tollspan: cannot write to " + file + "/data: not a directory\n", err());
    assertEquals("", out());
  }

  private int tollspan(String... arguments) {
    PrintStream toOut = new PrintStream(out, true, UTF_8);
    PrintStream toErr = new PrintStream(err, true, UTF_8);
    return Tollspan.run(new Console(toOut, toErr), arguments);
  }

  private String out() {
    return out.toString(UTF_8);
  }

  private String err() {
    return err.toString(UTF_8);
  }
}
