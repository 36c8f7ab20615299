package dev.tollspan.exporters.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoHadoopTest {
  private static final String CLASS_PATH = System.getProperty("java.class.path");

  @TempDir Path dir;

  @Test
  void loadsNoClassOfHadoop() throws Exception {
    assertTrue(CLASS_PATH.contains("hadoop-common"), CLASS_PATH);
    assertEquals(List.of(), hadoop(loadedClasses(CLASS_PATH)));
  }

  @Test
  void runsWithoutHadoopOnTheClassPath() throws Exception {
    String without =
        Arrays.stream(CLASS_PATH.split(File.pathSeparator))
            .filter(entry -> !entry.contains("hadoop-common") && !entry.contains("mapreduce"))
            .collect(Collectors.joining(File.pathSeparator));
    loadedClasses(without);
  }

  private List<String> loadedClasses(String classPath) throws Exception {
    Path log = dir.resolve("classes.txt");
    Path output = dir.resolve("output.txt");
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load:file=" + log + "::filecount=0",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath,
                ExportOnce.class.getName(),
                dir.resolve("lake").toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertTrue(child.waitFor(60, TimeUnit.SECONDS), "the child takes too long");
    } finally {
      child.destroyForcibly();
    }
    assertEquals(0, child.exitValue(), Files.readString(output));
    assertFalse(LakeReader.files(dir.resolve("lake")).isEmpty());
    try (Stream<String> lines = Files.lines(log)) {
      List<String> classes = lines.toList();
      assertTrue(
          classes.stream().anyMatch(line -> line.contains("org.apache.parquet.hadoop.")),
          "the list of classes is not what it should be");
      return classes;
    }
  }

  private static List<String> hadoop(List<String> classes) {
    return classes.stream().filter(line -> line.contains("org.apache.hadoop.")).toList();
  }
}
