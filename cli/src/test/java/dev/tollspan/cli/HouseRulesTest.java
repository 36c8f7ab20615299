package dev.tollspan.cli;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static dev.tollspan.cli.HouseRules.US;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the house to its rules, and each rule to a sample that it must refuse. */
class HouseRulesTest {
  private static final int CLASSES_MIN = 100; // so that the test cannot pass by seeing nothing
  private static final String[] KNOWN_TO_SPANS = {
    "java..", "org.jspecify..", "io.opentelemetry.proto..", "com.google.protobuf", US + "spans"
  };
  private static final String[] KNOWN_TO_PIPELINE = {
    "java..", "org.jspecify..", US + "spans", US + "pipeline"
  };
  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(l -> !l.contains("-tests.jar") && !l.contains("test-classes"))
          .importPackages("dev.tollspan");

  @TempDir Path temp;

  @Test
  void r1_spansAndPipelineKnowAlmostNobody() throws IOException {
    ArchRule spans = HouseRules.r1("spans", KNOWN_TO_SPANS);
    ArchRule pipeline = HouseRules.r1("pipeline", KNOWN_TO_PIPELINE);
    spans.check(ALL);
    pipeline.check(ALL);
    refuses(spans, "spans", "dev.tollspan.pipeline.Outcome bad;");
    refuses(pipeline, "pipeline", "com.google.protobuf.ByteString bad;");
  }

  @ParameterizedTest
  @CsvSource({
    "receiver, exporters.otlp.OtlpExporter",
    "processors.cost, processors.content.DropContent",
    "prices, spans.SpanView",
    "usage, pipeline.Outcome",
    "gpuledger, prices.PriceBook",
    "detectors, spans.SpanView",
    "priceimport, usage.UsageReader",
    "processors.content, processors.cost.EstimateCost",
    "exporters.delivery, exporters.ndjson.NdjsonExporter",
    "exporters.ndjson, exporters.parquet.ParquetExporter",
    "exporters.parquet, exporters.delivery.Delivery",
    "exporters.otlp, receiver.OtlpReceiver",
    "canary, processors.content.DropContent",
    "journal, spans.SpanView"
  })
  void r2_roomsAskForNoSibling(String room, String sibling) throws IOException {
    HouseRules.r2(room).check(ALL);
    refuses(HouseRules.r2(room), room, US + sibling + " bad;");
  }

  @Test
  void r3_onlyTheCommandLineKnowsTheWholeHouse() throws IOException {
    HouseRules.r3OnlyTheCommandLineKnowsAll().check(ALL);
    HouseRules.r3TheSampleServiceKnowsNobody().check(ALL);
    refuses(
        HouseRules.r3OnlyTheCommandLineKnowsAll(),
        "receiver",
        "dev.tollspan.pipelineconfig.Pipeline bad;");
    refuses(
        HouseRules.r3TheSampleServiceKnowsNobody(),
        "sampleinferenceservice",
        "dev.tollspan.spans.KeyTable bad;");
  }

  @ParameterizedTest
  @CsvSource({
    "io.grpc.., Status, receiver exporters.otlp canary",
    "com.google.protobuf.., ByteString, spans receiver exporters.otlp canary",
    "org.apache.parquet.., schema.MessageType, exporters.parquet canary",
    "org.apache.hadoop.., conf.Configuration, exporters.parquet",
    "org.apache.avro.., Schema, exporters.parquet canary cli",
    "com.github.luben.., zstd.Zstd, receiver exporters.otlp exporters.parquet canary",
    "org.snakeyaml.., engine.v2.api.Load, pipelineconfig",
    "picocli.., CommandLine, cli",
    "com.google.re2j.., Pattern, processors.content",
    "com.fasterxml.jackson.core.., JsonFactory, priceimport sampleinferenceservice cli",
    "com.fasterxml.jackson.databind.., JsonNode, sampleinferenceservice cli",
    "com.knuddels.., jtokkit.Encodings, sampleinferenceservice",
    "io.opentelemetry.sdk.., trace.SdkTracerProvider, sampleinferenceservice",
  })
  void r4_aLibraryHasItsRooms(String library, String type, String rooms) throws IOException {
    String[] packages = Arrays.stream(rooms.split(" ")).map(r -> US + r).toArray(String[]::new);
    HouseRules.r4(library, packages).check(ALL);
    String bad = library.replace("..", ".") + type + " bad;";
    refuses(HouseRules.r4(library, packages), "exporters.delivery", bad);
  }

  @Test
  void r5_noCyclesAndEveryPackageIsNullMarked() throws IOException {
    HouseRules.r5NoCycles().check(ALL);
    assertEquals(Set.of(), HouseRules.r5Unmarked(ALL));
    assertTrue(ALL.size() > CLASSES_MIN, "only " + ALL.size() + " classes seen");
    JavaClasses circle =
        compiled(
            "package dev.tollspan.a; public class Bad { dev.tollspan.b.Bad other; }",
            "package dev.tollspan.b; public class Bad { dev.tollspan.a.Bad other; }");
    assertTrue(HouseRules.r5NoCycles().evaluate(circle).hasViolation());
    assertEquals(Set.of("dev.tollspan.a", "dev.tollspan.b"), HouseRules.r5Unmarked(circle));
  }

  @Test
  void r6_threadsAndClocksHaveTheirRooms() {
    HouseRules.r6Threads().check(ALL);
    HouseRules.r6Time().check(ALL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "void bad() throws Exception { Thread.sleep(1); }",
        "void bad() { Thread.ofVirtual().start(() -> {}); }",
        "java.util.function.Consumer<Thread> bad = Thread::start;",
        "java.util.function.Function<Runnable, Thread> bad = Thread::new;",
        "static class Bee extends Thread {}",
        "void bad() { java.util.concurrent.locks.LockSupport.parkNanos(1); }",
        "java.util.concurrent.ExecutorService bad;",
        "void bad() { java.util.concurrent.Executors.newCachedThreadPool(); }"
      })
  void r6_refusesAThreadHoweverItIsMade(String bad) throws IOException {
    refuses(HouseRules.r6Threads(), "exporters.ndjson", bad);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "long bad() { return System.nanoTime(); }",
        "java.util.function.LongSupplier bad = System::nanoTime;",
        "java.util.function.LongSupplier bad = System::currentTimeMillis;",
        "java.util.function.LongSupplier bad = () -> System.nanoTime();",
        "java.time.InstantSource bad = java.time.Instant::now;",
        "Object bad = java.time.InstantSource.system();",
        "Object bad = java.time.Clock.systemUTC();",
        "Object bad = java.time.LocalDate.now();",
        "Object bad = new java.util.Date();"
      })
  void r6_refusesAClockHoweverItIsTaken(String bad) throws IOException {
    refuses(HouseRules.r6Time(), "pipelineconfig", bad);
  }

  @Test
  void r7_onlyTheCommandLinePrintsAndNobodyThrowsVaguely() throws IOException {
    HouseRules.r7OnlyTheCommandLinePrints().check(ALL);
    HouseRules.r7NobodyThrowsVaguely().check(ALL);
    refuses(
        HouseRules.r7OnlyTheCommandLinePrints(), "spans", "void bad() { System.out.println(); }");
    refuses(HouseRules.r7OnlyTheCommandLinePrints(), "spans", "void bad() { System.exit(1); }");
    refuses(
        HouseRules.r7OnlyTheCommandLinePrints(),
        "spans",
        "java.util.function.IntConsumer bad = System::exit;");
    refuses(
        HouseRules.r7NobodyThrowsVaguely(),
        "spans",
        "void bad() { throw new RuntimeException(); }");
  }

  @ParameterizedTest
  @ValueSource(strings = {"BadUtil", "BadUtils", "BadHelper", "BadManager", "BadImpl", "BaseBad"})
  void r8_noDrawersByName(String bad) throws IOException {
    HouseRules.r8().check(ALL);
    refuses(HouseRules.r8(), "spans", "static class " + bad + " {}");
  }

  @Test
  void r9_noStaticStateThatChanges() throws IOException {
    HouseRules.r9().check(ALL);
    refuses(HouseRules.r9(), "spans", "static int bad;");
  }

  @Test
  void r10_publicMeansThatAnotherRoomUsesIt() throws IOException {
    Set<String> othersWillAskFor = Set.of("dev.tollspan.gpuledger.IdlePolicy");
    assertEquals(othersWillAskFor, HouseRules.r10(ALL));
    JavaClasses alone = compiled("package dev.tollspan.spans; public class Bad {}");
    assertEquals(Set.of("dev.tollspan.spans.Bad"), HouseRules.r10(alone));
  }

  @Test
  void onlyTheGateMakesCleanBatches() throws IOException {
    HouseRules.onlyTheGateMakesCleanBatches().check(ALL);
    refuses(
        HouseRules.onlyTheGateMakesCleanBatches(),
        "exporters.ndjson",
        "Object bad(dev.tollspan.spans.BatchEditor e, dev.tollspan.spans.SpanBatch b) {"
            + " return e.splice(b); }");
    HouseRules.onlyDeliveriesRestoreCleanBatches().check(ALL);
    refuses(
        HouseRules.onlyDeliveriesRestoreCleanBatches(),
        "receiver",
        "Object bad(dev.tollspan.spans.BatchRestorer r, byte[] b) {"
            + " return r.restore(b, 1, 1, 1, 1); }");
  }

  /** The rule refuses a class of this room that has this member, and lets an empty one pass. */
  private void refuses(ArchRule rule, String room, String member) throws IOException {
    JavaClasses sample =
        compiled(
            ("package dev.tollspan." + room + "; public class Bad { " + member + " }")
                + "class Good {}");
    ArchRule often = rule.allowEmptyShould(true);
    assertTrue(often.evaluate(sample).hasViolation(), member);
    JavaClasses good = sample.that(describe("good", c -> c.getSimpleName().equals("Good")));
    assertEquals(1, good.size());
    assertFalse(often.evaluate(good).hasViolation(), room);
  }

  private JavaClasses compiled(String... sources) throws IOException {
    Path folder = Files.createTempDirectory(temp, "sample");
    List<String> arguments =
        new ArrayList<>(List.of("-proc:none", "-nowarn", "-d", folder.toString()));
    for (int i = 0; i < sources.length; i++) {
      Path file = Files.createDirectory(folder.resolve("source" + i)).resolve("Bad.java");
      arguments.add(Files.writeString(file, sources[i], UTF_8).toString());
    }
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    assertEquals(0, code, "a sample does not compile: " + sources[0]);
    JavaClasses classes = new ClassFileImporter().importPath(folder);
    assertNotEquals(0, classes.size());
    return classes;
  }
}
