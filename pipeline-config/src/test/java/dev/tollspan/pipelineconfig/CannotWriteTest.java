package dev.tollspan.pipelineconfig;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CannotWriteTest {
  private static final Path DIRECTORY = Path.of("/data/../lake");

  @Test
  void saysThePathAndTheReasonWithoutTheNameOfAType() {
    expect("permission denied", new AccessDeniedException("/lake/.probe"));
    expect("not a directory", new FileAlreadyExistsException("/lake"));
    expect("no such directory, and it cannot be made", new NoSuchFileException("/lake"));
    expect(
        "read-only file system", new FileSystemException("/lake", null, "Read-only file system"));
    expect("the system refuses it", new FileSystemException("/lake"));
  }

  @Test
  void whatNoFileSystemSaidSpeaksForItself() {
    IOException failure = new IOException("cannot write to /lake: permission denied");
    assertEquals(failure.getMessage(), CannotWrite.sentence(DIRECTORY, failure));
  }

  private static void expect(String reason, FileSystemException refusal) {
    String sentence = "cannot write to /lake: " + reason;
    assertEquals(sentence, CannotWrite.sentence(DIRECTORY, refusal));
    IOException wrapped = new IOException("parquet: raw " + refusal, refusal);
    assertEquals(sentence, CannotWrite.sentence(DIRECTORY, wrapped));
  }
}
