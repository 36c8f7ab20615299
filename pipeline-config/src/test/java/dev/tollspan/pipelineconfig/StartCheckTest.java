package dev.tollspan.pipelineconfig;

import static dev.tollspan.pipelineconfig.Configs.SMALL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.receiver.RawClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a file that reads well points to. */
class StartCheckTest {
  @TempDir private Path directory;

  @Test
  void nothingIsWrongWithTheSmallFileAndNothingIsMade() {
    Path wanted = directory.resolve("a/b");
    assertEquals(List.of(), problems(ndjson(wanted)));
    assertFalse(Files.exists(directory.resolve("a")));
  }

  @Test
  void tellsEveryProblemOfEveryPriceFile() throws IOException {
    Path broken = directory.resolve("prices.tsv");
    Files.writeString(
        broken,
        """
        model\ttoken_class\tprice\tunit
        m\tinput\tcheap\tUSD per 1M tokens
        m\toutputs\t1\tUSD per 1M tokens
        """);
    List<String> problems = problems(priced("prices: [builtin, none.tsv, " + broken + "]"));
    assertEquals(3, problems.size(), problems.toString());
    assertStarts("t.yaml:6:37: processors.estimate_cost.prices: none.tsv: no such f", problems, 0);
    String second = "t.yaml:6:47: processors.estimate_cost.prices: " + broken;
    assertStarts(second + ":2:9: price: ", problems, 1);
    assertStarts(second + ":3:3: token_class: ", problems, 2);
  }

  @Test
  void tellsRulesThatNoBookFits() {
    assertStarts(
        "t.yaml:6:36: processors.estimate_cost.model_overrides: override of gpu-pool: ",
        problems(priced("model_overrides: {gpu-pool: no-such-model}")),
        0);
    assertStarts(
        "t.yaml:6:53: processors.estimate_cost.default_price: none of the price books ",
        problems(priced("prices: [builtin], default_price: true")),
        0);
  }

  @Test
  void theExamplesOfThePageOnPricesAreOnes() throws IOException {
    Path page = Path.of(System.getProperty("tollspan.root"), "docs/reference/prices.md");
    List<String> books = new ArrayList<>();
    String block = "(?ms)^```\\n(# source=.*?)^```";
    for (MatchResult book :
        Pattern.compile(block).matcher(Files.readString(page)).results().toList()) {
      Path file = directory.resolve("book-" + books.size() + ".tsv");
      books.add(Files.writeString(file, book.group(1)).toString());
    }
    assertEquals(2, books.size());
    assertEquals(List.of(), problems(priced("prices: " + books)));
  }

  @Test
  void whatDeliveriesRememberLeavesRoomForWhatTheyDeliver() {
    long most = Runtime.getRuntime().maxMemory() / 8 / 48;
    String config =
        ndjson(directory)
            .replace(
                "  health_check:", "  journal: {directory: " + directory + ", dedupe_spans: %d}")
            .replace("[health_check]", "[journal]");
    assertEquals(List.of(), problems(config.formatted(Math.min(most, 10_000_000))));
    if (most < 10_000_000) { // a test with more heap than 3.6 GiB cannot reach it
      String problem = problems(config.formatted(most + 1)).getFirst();
      assertTrue(problem.endsWith("eighth of the heap, which has room for " + most), problem);
    }
  }

  @Test
  void aDirectoryBelowAFileCannotBeWrittenTo() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    assertEquals(
        List.of(
            "t.yaml:8:18: exporters.ndjson.path: cannot write to "
                + file
                + "/data: not a directory"),
        problems(ndjson(file.resolve("data"))));
  }

  @Test
  void tellsEachFileOfTlsThatCannotBeRead() throws IOException {
    Path text = Files.writeString(directory.resolve("text.pem"), "no certificate");
    String none = directory + "/none.pem";
    assertEquals(
        List.of(
            "t.yaml:8:55: exporters.otlp_grpc/a.tls.ca_file: cannot read %s: no such file"
                .formatted(none),
            "t.yaml:8:%d: exporters.otlp_grpc/a.tls.cert_file: no certificates in PEM can be read"
                    .formatted(55 + none.length() + 13)
                + " from "
                + text,
            "t.yaml:8:%d: exporters.otlp_grpc/a.tls.key_file: cannot read %s: it is a directory"
                .formatted(55 + none.length() + text.toString().length() + 25, directory)),
        problems(tls("ca_file: %s, cert_file: %s, key_file: %s".formatted(none, text, directory))));
    assertEquals(
        List.of(
            "t.yaml:8:57: exporters.otlp_grpc/a.tls.cert_file: no certificates in PEM can be read"
                + " from "
                + text,
            "t.yaml:8:%d: exporters.otlp_grpc/a.tls.key_file: %s holds no key in PEM"
                    .formatted(57 + text.toString().length() + 12, text)
                + " (it would begin with -----BEGIN PRIVATE KEY-----)"),
        problems(tls("cert_file: %1$s, key_file: %1$s".formatted(text))));
    assertEquals(
        List.of(), problems(tls("ca_file: " + none).replace("https", "http")), "nobody reads it");
  }

  @Test
  void tellsWhatIsWrongWithACertificateOrAKeyAndWhatHelps() throws IOException {
    Path cert = pem("server");
    Path key = pem("server-key");
    Path other = pem("client-key");
    Path rsa = header("RSA PRIVATE KEY");
    Path ec = header("EC PRIVATE KEY");
    Path locked = header("ENCRYPTED PRIVATE KEY");
    Path large = Files.write(directory.resolve("large.pem"), new byte[(1 << 20) + 1]);
    Map<Path, String> wrong =
        Map.of(
            other,
            other
                + (" is not the key of the first certificate of " + cert)
                + (", or is broken: openssl pkey -pubout -in " + other)
                + (" has to print what openssl x509 -pubkey -noout -in " + cert + " prints"),
            rsa,
            rsa
                + " holds a key of PKCS 1, and PKCS 8 is needed: openssl pkcs8 -topk8 -nocrypt -in "
                + (rsa + " -out NEW.pem"),
            ec,
            ec
                + " holds a key of SEC 1, and PKCS 8 is needed: openssl pkcs8 -topk8 -nocrypt -in "
                + (ec + " -out NEW.pem"),
            locked,
            locked
                + " holds a key with a password, for which nobody is asked: openssl pkey -in "
                + (locked + " -out NEW.pem"),
            large,
            large + " is larger than 1 MiB");
    String files = "cert_file: " + cert + ", key_file: ";
    wrong.forEach(
        (file, said) -> {
          for (String text : List.of(tls(files + file), http(tls(files + file)))) {
            List<String> problems = problems(text);
            assertEquals(1, problems.size(), problems.toString());
            String end = "/a.tls.key_file: " + said;
            assertTrue(problems.getFirst().endsWith(end), problems.toString());
          }
          List<String> problems = problems(serverTls(files + file));
          assertEquals(1, problems.size(), problems.toString());
          String end = "receivers.otlp.protocols.grpc.tls.key_file: " + said;
          assertTrue(problems.getFirst().endsWith(end), problems.toString());
        });
    assertEquals(List.of(), problems(tls(files + key)));
    assertEquals(List.of(), problems(http(tls(files + key))));
    assertEquals(List.of(), problems(serverTls(files + key)));
  }

  private Path pem(String name) throws IOException {
    try (InputStream in = RawClient.class.getResourceAsStream("tls/" + name + ".pem")) {
      return Files.write(directory.resolve(name + ".pem"), in.readAllBytes());
    }
  }

  private Path header(String kind) throws IOException {
    String text = "-----BEGIN %1$s-----\nAAAA\n-----END %1$s-----\n".formatted(kind);
    return Files.writeString(directory.resolve(kind.replace(' ', '-') + ".pem"), text);
  }

  private static String http(String text) {
    return text.replace("otlp_grpc", "otlp_http");
  }

  @Test
  void tellsAFileOfATokenThatCannotBeRead() throws IOException {
    Path token = directory.resolve("token");
    for (String exporter : List.of("otlp_grpc/a", "otlp_http/a")) {
      String text =
          SMALL
              .replace(
                  "  ndjson:",
                  "  %s: {endpoint: 'http://10.0.0.1', auth: {authenticator: bearertokenauth}}"
                      .formatted(exporter))
              .replace("[ndjson]", "[" + exporter + "]")
              .replace(
                  "extensions:\n  h",
                  "extensions:\n  bearertokenauth: {filename: " + token + "}\n  h");
      Files.deleteIfExists(token);
      List<String> problems = problems(text);
      assertEquals(1, problems.size(), problems.toString());
      assertStarts(
          "t.yaml:8:52: exporters.%s.auth: cannot read %s: no such".formatted(exporter, token),
          problems,
          0);
      Files.writeString(token, "t0ken");
      assertEquals(List.of(), problems(text));
    }
  }

  @Test
  void looksAtTheCertificatesAndLoginsOfPorts() throws IOException {
    Path none = directory.resolve("none");
    Path text = Files.writeString(directory.resolve("text"), "two words");
    String protocol = "t.yaml:4:14: receivers.otlp.protocols.grpc";
    String files = "cert_file: %s, key_file: %s";
    assertEquals(
        List.of(
            protocol.replace("4:14", "4:31")
                + ".tls.cert_file: cannot read "
                + none
                + ": no such file",
            protocol.replace("4:14", "4:" + (43 + none.toString().length()))
                + ".tls.key_file: cannot read "
                + none
                + ": no such file"),
        problems(serverTls(files.formatted(none, none))));
    assertEquals(
        List.of(
            protocol.replace("4:14", "4:31")
                + ".tls.cert_file: no certificates in PEM can be read from "
                + text,
            protocol.replace("4:14", "4:" + (43 + text.toString().length()))
                + ".tls.key_file: "
                + text
                + " holds no key in PEM (it would begin with -----BEGIN PRIVATE KEY-----)"),
        problems(serverTls(files.formatted(text, text))));
    String login = "  bearertokenauth: {filename: %s}\n  health_check:";
    assertEquals(
        List.of(
            "t.yaml:10:31: extensions.bearertokenauth.filename: a token must be of ASCII, without"
                + " blanks"),
        problems(
            ndjson(directory.resolve("n"))
                .replace("  health_check:", login.formatted(text))
                .replace("[health_check]", "[health_check, bearertokenauth]")));
  }

  private String serverTls(String files) {
    return ndjson(directory.resolve("n")).replace("grpc:", "grpc: {tls: {" + files + "}}");
  }

  @Test
  void twoComponentsCannotListenOnOnePort() {
    String text = ndjson(directory).replace("grpc:", "grpc: {endpoint: \"localhost:4317\"}");
    for (String same : List.of("127.0.0.1:4317", ":4317", "LOCALHOST:4317")) {
      assertEquals(
          List.of(
              "t.yaml:10:28: extensions.health_check.endpoint: the port of"
                  + " receivers.otlp.protocols.grpc.endpoint, too"),
          problems(text.replace("check:", "check: {endpoint: \"" + same + "\"}")));
    }
    for (String other : List.of("127.0.0.1:4318", "127.0.0.2:4317", "[::1]:4317")) {
      assertEquals(
          List.of(), problems(text.replace("check:", "check: {endpoint: \"" + other + "\"}")));
    }
  }

  @Test
  void warnsOfHashesThatCannotBeJoinedAndOfKeysInTwoLists() {
    String text = ndjson(directory).replace("  drop_content:", "  drop_content: {%s}");
    assertEquals(
        List.of(
            "t.yaml:6:24: processors.drop_content.hash: without hash_key_file each process has a"
                + " key of its own: its hashes cannot be joined with those of another"),
        warnings(text.formatted("hash: [a]")));
    assertEquals(
        List.of(
            "t.yaml:6:25: processors.drop_content.allow: a stands under deny, too, and that"
                + " counts"),
        warnings(text.formatted("allow: [a, b], deny: [a]")));
  }

  @Test
  void warnsOfAKeyThatOthersCanRead() throws IOException {
    Path key = Files.writeString(directory.resolve("key"), "0123456789abcdef".repeat(2));
    String text =
        ndjson(directory)
            .replace("  drop_content:", "  drop_content: {hash_key_file: " + key + "}");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    assertEquals(
        List.of(
            "t.yaml:6:33: processors.drop_content.hash_key_file: others can read the key:"
                + " chmod 600 "
                + key),
        warnings(text));
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
    assertEquals(List.of(), warnings(text));
  }

  private String ndjson(Path path) {
    return SMALL.replace("  ndjson:", "  ndjson: {path: " + path + "}");
  }

  private String priced(String cost) {
    return ndjson(directory)
        .replace("  drop_content:", "  estimate_cost: {" + cost + "}\n  drop_content:")
        .replace("[drop_content]", "[estimate_cost, drop_content]");
  }

  private static String tls(String files) {
    return SMALL
        .replace("  ndjson:", "  otlp_grpc/a: {endpoint: 'https://a', tls: {" + files + "}}")
        .replace("[ndjson]", "[otlp_grpc/a]");
  }

  @Test
  void aForwarderThatLeadsBackInIsRefused() {
    String text =
        Configs.SMALL
            .replace("  ndjson:", "  otlp_grpc: {endpoint: \"http://localhost:4317\"}")
            .replace("[ndjson]", "[otlp_grpc]");
    List<String> found = problems(text);
    String why = "is our own receivers.otlp.protocols.grpc.endpoint: what goes out would come in";
    assertTrue(found.toString().contains(why), found.toString());
    found = problems(text.replace("localhost:4317", "localhost:4316"));
    assertFalse(found.toString().contains("our own"), found.toString());
  }

  private static List<String> problems(String text) {
    return Configs.shown(look(text).problems());
  }

  private static List<String> warnings(String text) {
    return Configs.shown(look(text).warnings());
  }

  private static StartCheck.Found look(String text) {
    Reading reading = Configs.read(text, Map.of());
    return StartCheck.look(assertInstanceOf(Reading.Valid.class, reading, reading.toString()));
  }

  private static void assertStarts(String start, List<String> problems, int number) {
    String problem = problems.get(number);
    assertEquals(start, problem.substring(0, Math.min(start.length(), problem.length())), problem);
  }
}
