package dev.tollspan.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
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
import org.junit.jupiter.params.provider.MethodSource;
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

  private final Shell shell = new Shell();

  @Test
  void versionIsOneLine() {
    assertEquals(ExitCode.OK, shell.tollspan("version"));
    assertTrue(shell.out().matches("tollspan [0-9]+\\.[0-9]+\\S* on Java 25\\S*\\n"), shell.out());
    assertEquals("", shell.err());
  }

  @Test
  void versionIsJsonForPrograms() {
    assertEquals(ExitCode.OK, shell.tollspan("version", "--json"));
    assertTrue(
        shell.out().matches("\\{\"version\":\"[^\"$]+\",\"java\":\"25[^\"]*\"}\\n"), shell.out());
  }

  private static List<String> commands() {
    return List.of(
        "demo",
        "run",
        "validate",
        "print-config",
        "price",
        "prices",
        "explain",
        "doctor",
        "replay",
        "components",
        "inference",
        "version");
  }

  @Test
  void helpListsEachCommand() {
    assertEquals(ExitCode.OK, shell.tollspan("help"));
    for (String command : commands()) {
      assertTrue(shell.out().contains("\n  " + command + " "), command);
    }
    assertEquals("", shell.err());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void helpOfACommandListsItsOptionsAndExitCodes(String command) {
    assertEquals(ExitCode.OK, shell.tollspan("help", command));
    String help = shell.out();
    assertTrue(help.startsWith("Usage: tollspan " + command), help);
    assertTrue(help.contains("  -h, --help "), help);
    assertTrue(help.contains("\nExit codes:\n"), help);
    assertTrue(help.contains("  2   ") && help.contains("Wrong usage."), help);
    for (String option : List.of("--help", "-h")) {
      shell.clearOut();
      assertEquals(ExitCode.OK, shell.tollspan(command, option));
      assertEquals(help, shell.out());
    }
    assertEquals("", shell.err());
  }

  @Test
  void helpNamesTheDefaultsOfOptions() {
    shell.tollspan("help", "inference");
    assertTrue(
        shell.out().contains("--port N             port to listen on, 0 for any free one (8080)"));
    shell.tollspan("help", "demo");
    assertTrue(shell.out().contains("Default: 60."), shell.out());
    shell.tollspan("help", "run");
    String oneLine = shell.out().replaceAll("\\s+", " ");
    assertTrue(oneLine.contains("Default: OTLP on loopback, 4317 and 4318"), oneLine);
  }

  @Test
  void optionsOfTheWholeAnswerLikeTheCommandsOfTheirNames() {
    assertEquals(ExitCode.OK, shell.tollspan("help"));
    String help = shell.out();
    shell.clearOut();
    assertEquals(ExitCode.OK, shell.tollspan("version"));
    String version = shell.out();
    for (String option : List.of("--help", "-h", "--version", "-V")) {
      shell.clearOut();
      assertEquals(ExitCode.OK, shell.tollspan(option));
      assertEquals(option.toLowerCase(Locale.ROOT).contains("h") ? help : version, shell.out());
    }
    assertEquals("", shell.err());
  }

  @ParameterizedTest
  @CsvSource({
    "run --confg x, --config",
    "demo --sed 1, --seed",
    "help rnu, run",
    "prices chek, check"
  })
  void suggestsTheNearestOptionOrCommandOfThatPlace(String wrong, String right) {
    assertEquals(ExitCode.USAGE, shell.tollspan(wrong.split(" ")));
    assertTrue(shell.err().contains("did you mean \"" + right + "\"?"), shell.err());
  }

  @ParameterizedTest
  @CsvSource({"rnu, run", "demmo, demo", "valdate, validate", "print-confg, print-config"})
  void suggestsTheNearestCommand(String wrong, String right) {
    assertEquals(ExitCode.USAGE, shell.tollspan(wrong));
    assertTrue(shell.err().contains("did you mean \"" + right + "\"?"), shell.err());
    assertEquals("", shell.out());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "run --confg x",
        "run x y",
        "demo --requests many",
        "demo --requests 11",
        "demo --requests 10001",
        "run --config a --config b",
        "version --yaml"
      })
  void wrongUsageHasACodeOfItsOwn(String arguments) {
    String[] words = arguments.isEmpty() ? new String[0] : arguments.split(" ");
    assertEquals(ExitCode.USAGE, shell.tollspan(words));
    assertTrue(shell.err().startsWith("tollspan: "), shell.err());
    assertTrue(shell.err().contains("`tollspan help`"), shell.err());
    assertEquals("", shell.out());
  }

  @Test
  void everyComponentThatIsListedCanBeConfigured() {
    assertEquals(ExitCode.OK, shell.tollspan("components"));
    String service =
        """
        service:
          pipelines:
            traces: {receivers: [otlp], processors: [drop_content], exporters: [parquet]}
        """;
    String listed = shell.out();
    shell.clearOut();
    int code = shell.tollspan("validate", "--config", "yaml:" + listed + service);
    assertEquals(ExitCode.OK, code, shell.err());
    assertEquals(
        "yaml is valid: 1 receiver, 2 processors, 4 exporters, 4 extensions, 1 pipeline\n",
        shell.out());
  }

  @Test
  void validateSaysWhatItChecked() throws IOException {
    Path file = directory.resolve("p.yaml");
    String yaml = PIPELINE.formatted(0, directory);
    Files.writeString(file, yaml.replace("  ndjson:", "  prometheus:\n  ndjson:"));
    assertEquals(ExitCode.OK, shell.tollspan("validate", "--config", file.toString()));
    assertEquals(
        file + " is valid: 1 receiver, 1 processor, 2 exporters, 0 extensions, 1 pipeline\n",
        shell.out());
    assertTrue(
        shell.err().startsWith("warning: " + file + ":6:3: exporters.prometheus: "), shell.err());
    shell.clearOut();
    assertEquals(ExitCode.OK, shell.tollspan("validate"));
    assertTrue(
        shell.out().startsWith("the default configuration is valid: 1 receiver, "), shell.out());
  }

  @Test
  void theDefaultIsValidAndPrintsAsAFileThatReadsAlike() throws IOException {
    assertEquals(ExitCode.OK, shell.tollspan("print-config"));
    assertTrue(shell.out().contains("127.0.0.1:4317"), shell.out());
    Path file = Files.writeString(directory.resolve("printed.yaml"), shell.out());
    String first = shell.out();
    shell.clearOut();
    assertEquals(ExitCode.OK, shell.tollspan("print-config", "--config=file:" + file));
    assertEquals(first, shell.out());
  }

  @Test
  void secretsArePrintedOnlyWhenAsked() throws IOException {
    String forward =
        "  otlp_grpc: {endpoint: 127.0.0.1:1, tls: {insecure: true}, headers: {k: hunter2}}\n";
    String yaml = PIPELINE.formatted(0, directory).replace("  ndjson:", forward + "  ndjson:");
    Path file = Files.writeString(directory.resolve("secret.yaml"), yaml);
    assertEquals(ExitCode.OK, shell.tollspan("print-config", "--config", file.toString()));
    assertFalse((shell.out() + shell.err()).contains("hunter2"));
    assertEquals(ExitCode.OK, shell.tollspan("print-config", "--unredacted", "--config=" + file));
    assertTrue(shell.out().contains("hunter2"));
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
    assertEquals(ExitCode.INVALID, shell.tollspan(command, "--config", file.toString()));
    assertTrue(shell.err().contains(file + ":2:"), shell.err());
    assertTrue(shell.err().contains(file + ":4:"), shell.err());
    assertTrue(shell.err().contains("did you mean \"endpoint\"?"), shell.err());
    assertTrue(shell.err().contains("did you mean \"drop_content\"?"), shell.err());
    assertEquals("", shell.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"no-such-file.yaml", "file:no-such-file.yaml", "env:TOLLSPAN_NO_SUCH"})
  void aConfigurationThatIsNotThereIsInvalid(String source) {
    assertEquals(ExitCode.INVALID, shell.tollspan("run", "--config", source));
    assertEquals(1, shell.err().lines().count(), shell.err());
    assertTrue(shell.err().startsWith("tollspan: "), shell.err());
  }

  @Test
  void aPortInUseIsOneSentence() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String yaml = PIPELINE.formatted(taken.getLocalPort(), directory.resolve("data"));
      assertEquals(ExitCode.FAILED, shell.tollspan("run", "--config", "yaml:" + yaml));
      assertTrue(shell.err().contains(":" + taken.getLocalPort()), shell.err());
      assertEquals(1, shell.err().lines().count(), shell.err());
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
    assertEquals(ExitCode.INVALID, shell.tollspan(command, "--config", "yaml:" + yaml));
    assertEquals(
        List.of(
            "yaml:4:37: processors.estimate_cost.prices: %s: has no prices".formatted(file),
            "yaml:7:18: exporters.ndjson.path: cannot write to %s/data: not a directory"
                .formatted(file)),
        shell.err().lines().toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"validate", "print-config"})
  void aFileNeedsNoOption(String command) throws IOException {
    String yaml = PIPELINE.formatted(0, directory);
    String file = Files.writeString(directory.resolve("p.yaml"), yaml).toString();
    assertEquals(ExitCode.OK, shell.tollspan(command, file));
    String start = command.equals("validate") ? file + " is valid: " : "receivers:";
    assertTrue(shell.out().startsWith(start), shell.out());
    assertEquals(ExitCode.USAGE, shell.tollspan(command, file, "--config", file));
  }

  @Test
  void saysWhyAFileCannotBeRead() {
    assertEquals(ExitCode.INVALID, shell.tollspan("validate", "--config", directory.toString()));
    assertTrue(
        shell.err().endsWith(directory + " cannot be read: it is a directory\n"), shell.err());
    shell.clearErr();
    assertEquals(ExitCode.INVALID, shell.tollspan("validate", directory + "/none"));
    assertTrue(shell.err().endsWith("/none cannot be read: no such file\n"), shell.err());
  }

  @Test
  void aDemoStartsWithADirectoryOfItsOwn() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    assertEquals(ExitCode.FAILED, shell.tollspan("demo", "--data", directory.toString()));
    assertTrue(shell.err().contains("is not empty"), shell.err());
    shell.clearErr();
    assertEquals(
        ExitCode.FAILED, shell.tollspan("demo", "--data", file.resolve("data").toString()));
    assertEquals("tollspan: cannot write to " + file + "/data: not a directory\n", shell.err());
    assertEquals("", shell.out());
  }
}
