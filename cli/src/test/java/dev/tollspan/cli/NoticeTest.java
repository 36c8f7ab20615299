package dev.tollspan.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** NOTICE and the class path that the command line ships say the same. */
class NoticeTest {
  private static final int JARS_MIN = 30; // so that the test cannot pass by seeing nothing
  private static final Pattern NAMED = Pattern.compile("(?m)^  (\\S+)  (\\S+)$");

  /** Path of a jar in a local repository: .../group/artifact/version/artifact-version.jar. */
  private static final Pattern JAR = Pattern.compile(".*/([^/]+)/[^/]+/\\1-[^/]+\\.jar");

  @Test
  void namesEveryJarThatIsShippedAndNoOther() throws IOException {
    Set<String> shipped = shipped(Files.readString(Path.of("target/shipped-jars.txt"), UTF_8));
    assertTrue(shipped.size() >= JARS_MIN, "only " + shipped);
    assertEquals(shipped, named(Files.readString(Tidy.ROOT.resolve("NOTICE"), UTF_8)));
  }

  @Test
  void seesAJarThatIsNotNamed() {
    String jars = "/r/org/a/alpha/1/alpha-1.jar" + File.pathSeparator + "/w/spans/target/classes";
    assertEquals(Set.of("alpha"), shipped(jars));
    assertEquals(Set.of("beta-b"), named("MIT\n\n  beta-b  org.b\n\nalpha  carries others\n"));
  }

  private static Set<String> shipped(String classPath) {
    Set<String> names = new TreeSet<>();
    for (String entry : List.of(classPath.strip().split(File.pathSeparator))) {
      Matcher jar = JAR.matcher(entry);
      if (jar.matches()) {
        names.add(jar.group(1));
      }
    }
    return names;
  }

  private static Set<String> named(String notice) {
    Set<String> names = new TreeSet<>();
    for (Matcher line = NAMED.matcher(notice); line.find(); ) {
      names.add(line.group(1));
    }
    return names;
  }
}
