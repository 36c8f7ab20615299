package dev.tollspan.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.GeneralCodingRules;
import dev.tollspan.spans.BatchEditor;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may know whom. The rules are those of docs/internals/architecture.md, by their numbers. */
class HouseRulesTest {
  private static final String US = "dev.tollspan.";
  private static final int CLASSES_MIN = 100; // so that the test cannot pass by seeing nothing
  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(l -> !l.contains("-tests.jar") && !l.contains("test-classes"))
          .importPackages("dev.tollspan");

  @Test
  void r1_spansAndPipelineKnowAlmostNobody() {
    classes()
        .that()
        .resideInAPackage(US + "spans")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "org.jspecify..",
            "io.opentelemetry.proto..",
            "com.google.protobuf",
            US + "spans")
        .check(ALL);
    classes()
        .that()
        .resideInAPackage(US + "pipeline")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "org.jspecify..", US + "spans", US + "pipeline")
        .check(ALL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "receiver",
        "processors.cost",
        "processors.content",
        "exporters.delivery",
        "exporters.ndjson",
        "exporters.parquet",
        "exporters.otlp"
      })
  void r2_roomsAskForNoSibling(String room) {
    noClasses()
        .that()
        .resideInAPackage(US + room)
        .should()
        .dependOnClassesThat(
            JavaClass.Predicates.resideInAPackage("dev.tollspan..")
                .and(
                    JavaClass.Predicates.resideOutsideOfPackages(
                        US + "spans", US + "pipeline", US + room)))
        .check(ALL);
  }

  @Test
  void r3_onlyTheCommandLineKnowsTheWholeHouse() {
    noClasses()
        .that()
        .resideOutsideOfPackages(US + "cli", US + "pipelineconfig")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(US + "pipelineconfig", US + "cli")
        .check(ALL);
    noClasses()
        .that()
        .resideInAPackage(US + "sampleinferenceservice")
        .should()
        .dependOnClassesThat(
            JavaClass.Predicates.resideInAPackage("dev.tollspan..")
                .and(JavaClass.Predicates.resideOutsideOfPackage(US + "sampleinferenceservice")))
        .check(ALL);
  }

  @ParameterizedTest
  @CsvSource({
    "io.grpc.., receiver exporters.otlp",
    "com.google.protobuf.., spans receiver exporters.otlp",
    "org.apache.parquet.., exporters.parquet cli",
    "org.apache.hadoop.., exporters.parquet",
    "org.apache.avro.., exporters.parquet cli",
    "com.github.luben.., receiver exporters.otlp exporters.ndjson exporters.parquet cli",
    "org.snakeyaml.., pipelineconfig",
    "picocli.., cli",
    "com.fasterxml.jackson.., sampleinferenceservice cli",
    "com.knuddels.., sampleinferenceservice",
    "io.opentelemetry.sdk.., sampleinferenceservice",
  })
  void r4_aLibraryHasItsRooms(String library, String rooms) {
    String[] packages = rooms.split(" ");
    for (int i = 0; i < packages.length; i++) {
      packages[i] = US + packages[i];
    }
    noClasses()
        .that()
        .resideOutsideOfPackages(packages)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(ALL);
  }

  @Test
  void r5_noCyclesAndEveryPackageIsNullMarked() {
    slices().matching(US + "(**)").should().beFreeOfCycles().check(ALL);
    Set<String> unmarked = new TreeSet<>();
    for (JavaClass type : ALL) {
      if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
        unmarked.add(type.getPackageName());
      }
    }
    assertEquals(Set.of(), unmarked);
    assertTrue(ALL.size() > CLASSES_MIN, "only " + ALL.size() + " classes seen");
  }

  @Test
  void r6_threadsAndClocksHaveTheirRooms() {
    String[] outside = {US + "cli", US + "sampleinferenceservice"};
    noClasses()
        .that()
        .resideOutsideOfPackages(US + "receiver", US + "exporters.delivery", outside[0], outside[1])
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Thread.class, java.util.concurrent.ExecutorService.class)
        .check(ALL);
    noClasses()
        .that()
        .resideOutsideOfPackages(US + "pipelineconfig", outside[0], outside[1])
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .orShould()
        .callMethod(java.time.InstantSource.class, "system")
        .check(ALL);
  }

  @Test
  void r7_onlyTheCommandLinePrintsAndNobodyThrowsVaguely() {
    noClasses()
        .that()
        .resideOutsideOfPackages(US + "cli", US + "sampleinferenceservice")
        .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
        .orShould()
        .callMethod(System.class, "exit", int.class)
        .check(ALL);
    GeneralCodingRules.NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS.check(ALL);
  }

  @Test
  void r8_noDrawersByName() {
    noClasses()
        .should()
        .haveNameMatching(
            ".*\\.(\\w*(Utils?|Helper|Manager|Impl)|(Abstract|Base|Default)[A-Z]\\w*)")
        .check(ALL);
  }

  @Test
  void r9_noStaticStateThatChanges() {
    fields().that().areStatic().should().beFinal().check(ALL);
  }

  @Test
  void r10_publicMeansThatAnotherRoomUsesIt() {
    List<String> outside = List.of(US + "cli", US + "sampleinferenceservice");
    Set<String> unused = new TreeSet<>();
    for (JavaClass type : ALL) {
      boolean isPublic =
          type.getModifiers().contains(com.tngtech.archunit.core.domain.JavaModifier.PUBLIC);
      if (isPublic
          && type.isTopLevelClass()
          && !outside.contains(type.getPackageName())
          && type.getDirectDependenciesToSelf().stream()
              .allMatch(d -> d.getOriginClass().getPackage().equals(type.getPackage()))) {
        unused.add(type.getName());
      }
    }
    assertEquals(Set.of(), unused);
  }

  @Test
  void onlyTheGateMakesCleanBatches() {
    noClasses()
        .that()
        .resideOutsideOfPackage(US + "processors.content")
        .should()
        .callMethod(BatchEditor.class, "splice", dev.tollspan.spans.SpanBatch.class)
        .check(ALL);
  }
}
