package dev.tollspan.cli;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import dev.tollspan.spans.BatchEditor;
import dev.tollspan.spans.BatchRestorer;
import java.time.Clock;
import java.time.InstantSource;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.NullMarked;

/** Who may know whom. The rules are those of docs/internals/architecture.md, by their numbers. */
final class HouseRules {
  static final String US = "dev.tollspan.";

  private static final String[] OUTSIDE = {US + "cli", US + "sampleinferenceservice"};

  /** Who starts the house hands out its clocks: these types, these sources, nobody else. */
  private static final Set<String> CLOCKS =
      Set.of(
          "pipelineconfig.Plan takes InstantSource.system",
          "pipelineconfig.Pipeline takes System.nanoTime",
          "pipelineconfig.Pipeline takes InstantSource.system",
          "cli.DemoCommand takes InstantSource.system",
          "cli.Times takes InstantSource.system",
          "cli.Log takes InstantSource.system");

  /** What lies below a room, where that is not just spans and pipeline. */
  private static final Map<String, List<String>> BELOW =
      Map.of(
          "prices", List.of(),
          "gpuledger", List.of(),
          "detectors", List.of(),
          "priceimport", List.of("prices"),
          "usage", List.of("spans", "prices"),
          "processors.content", List.of("spans", "pipeline", "detectors"),
          "canary", List.of(),
          "journal", List.of(),
          "exporters.delivery", List.of("spans", "pipeline", "journal"),
          "processors.cost", List.of("spans", "pipeline", "usage", "prices", "gpuledger"));

  private HouseRules() {}

  static ArchRule r1(String room, String... known) {
    return classes()
        .that()
        .resideInAPackage(US + room)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(known);
  }

  static ArchRule r2(String room) {
    List<String> known = new ArrayList<>(BELOW.getOrDefault(room, List.of("spans", "pipeline")));
    known.add(room);
    return noClasses()
        .that()
        .resideInAPackage(US + room)
        .should()
        .dependOnClassesThat(oursBut(known.stream().map(US::concat).toArray(String[]::new)));
  }

  static ArchRule r3OnlyTheCommandLineKnowsAll() {
    return noClasses()
        .that()
        .resideOutsideOfPackages(US + "cli", US + "pipelineconfig")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(US + "pipelineconfig", US + "cli");
  }

  static ArchRule r3TheSampleServiceKnowsNobody() {
    return noClasses()
        .that()
        .resideInAPackage(US + "sampleinferenceservice")
        .should()
        .dependOnClassesThat(oursBut(US + "sampleinferenceservice"));
  }

  static ArchRule r4(String library, String... rooms) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(rooms)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library);
  }

  static ArchRule r5NoCycles() {
    return slices().matching(US + "(**)").should().beFreeOfCycles();
  }

  static Set<String> r5Unmarked(JavaClasses all) {
    Set<String> unmarked = new TreeSet<>();
    for (JavaClass type : all) {
      if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
        unmarked.add(type.getPackageName());
      }
    }
    return unmarked;
  }

  /** Health has its threads too: clients that stall must not keep it from answering others. */
  static ArchRule r6Threads() {
    return noClasses()
        .that()
        .resideOutsideOfPackages(
            US + "receiver", US + "exporters.delivery", US + "journal", OUTSIDE[0], OUTSIDE[1])
        .and()
        .doNotHaveFullyQualifiedName(US + "pipelineconfig.HealthServer")
        .should()
        .accessTargetWhere(describe("start or stop a thread", HouseRules::isThread))
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(Executors.class, ExecutorService.class);
  }

  /** Calls and method references alike: what is accessed counts, not how. */
  static ArchRule r6Time() {
    return noClasses()
        .that()
        .resideOutsideOfPackage(US + "sampleinferenceservice")
        .should()
        .accessTargetWhere(describe("a clock of its own", HouseRules::isForeignClock));
  }

  static ArchRule r7OnlyTheCommandLinePrints() {
    return noClasses()
        .that()
        .resideOutsideOfPackages(OUTSIDE)
        .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
        .orShould()
        .accessTargetWhere(
            describe(
                "end the process",
                a ->
                    a.getTargetOwner().isEquivalentTo(System.class) && a.getName().equals("exit")));
  }

  static ArchRule r7NobodyThrowsVaguely() {
    return GeneralCodingRules.NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS;
  }

  static ArchRule r8() {
    return noClasses()
        .should()
        .haveNameMatching(
            ".*[.$](\\w*(Utils?|Helper|Manager|Impl)|(Abstract|Base|Default)[A-Z]\\w*)");
  }

  static ArchRule r9() {
    return fields().that().areStatic().should().beFinal();
  }

  /** Public types that no other room uses. */
  static Set<String> r10(JavaClasses all) {
    Set<String> unused = new TreeSet<>();
    for (JavaClass type : all) {
      if (isPublic(type)
          && !List.of(OUTSIDE).contains(type.getPackageName())
          && type.getDirectDependenciesToSelf().stream()
              .map(d -> d.getOriginClass())
              .allMatch(o -> o.getPackage().equals(type.getPackage()) && !names(o, type))) {
        unused.add(type.getName());
      }
    }
    return unused;
  }

  static ArchRule onlyTheGateMakesCleanBatches() {
    return noClasses()
        .that()
        .resideOutsideOfPackage(US + "processors.content")
        .should()
        .accessTargetWhere(
            describe(
                "make a clean batch",
                a ->
                    a.getTargetOwner().isEquivalentTo(BatchEditor.class)
                        && a.getName().equals("splice")));
  }

  static ArchRule onlyDeliveriesRestoreCleanBatches() {
    return noClasses()
        .that()
        .resideOutsideOfPackage(US + "exporters.delivery")
        .should()
        .accessTargetWhere(
            describe(
                "take bytes for a clean batch",
                a ->
                    a.getTargetOwner().isEquivalentTo(BatchRestorer.class)
                        && a.getName().equals("restore")));
  }

  private static boolean isThread(JavaAccess<?> access) {
    String name = access.getName();
    return switch (access.getTargetOwner().getFullName()) {
      case "java.util.concurrent.TimeUnit" -> name.equals("sleep");
      case "java.util.concurrent.locks.LockSupport" -> name.startsWith("park");
      default ->
          access.getTargetOwner().isAssignableTo(Thread.class)
              && name.matches("<init>|ofPlatform|ofVirtual|startVirtualThread|start|sleep");
    };
  }

  private static boolean isForeignClock(JavaAccess<?> access) {
    JavaClass owner = access.getTargetOwner();
    String name = access.getName();
    boolean clock =
        (owner.isEquivalentTo(System.class) && name.matches("nanoTime|currentTimeMillis"))
            || (owner.isAssignableTo(Temporal.class) && name.equals("now"))
            || (owner.isEquivalentTo(InstantSource.class) && name.equals("system"))
            || (owner.isEquivalentTo(Clock.class) && name.matches("system.*|tick[MS].*"))
            || (owner.isEquivalentTo(Date.class)
                && access.getTarget().getFullName().endsWith("<init>()"));
    String taken =
        access.getOriginOwner().getName().replaceFirst("\\$.*", "")
            + " takes "
            + owner.getSimpleName()
            + "."
            + name;
    return clock && !CLOCKS.contains(taken.substring(US.length()));
  }

  private static DescribedPredicate<JavaClass> oursBut(String... packages) {
    return JavaClass.Predicates.resideInAPackage(US + ".")
        .and(JavaClass.Predicates.resideOutsideOfPackages(packages));
  }

  private static boolean isPublic(JavaClass type) {
    return type.getModifiers().contains(JavaModifier.PUBLIC) && type.isTopLevelClass();
  }

  /** A type that other rooms use may name this one in its signatures. */
  private static boolean names(JavaClass origin, JavaClass type) {
    return isPublic(origin) && !origin.equals(type);
  }
}
