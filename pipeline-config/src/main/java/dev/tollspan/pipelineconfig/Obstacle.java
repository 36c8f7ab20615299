package dev.tollspan.pipelineconfig;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is in the way of reading a file, or of writing to a directory; nothing is made or kept. */
public final class Obstacle {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private Obstacle() {}

  /** One sentence, or null if the file can be opened. */
  static @Nullable String toReading(Path file) {
    if (Files.isDirectory(file)) {
      return cannotRead(file, "it is a directory");
    }
    try (InputStream in = Files.newInputStream(file)) {
      in.read();
      return null;
    } catch (IOException failure) {
      return cannotRead(file, reason(file, failure));
    }
  }

  /** Why a file could not be read. */
  public static String reason(Path file, IOException failure) {
    return switch (failure) {
      case NoSuchFileException _ -> "no such file";
      case AccessDeniedException _ -> "permission denied";
      default -> Files.isDirectory(file) ? "it is a directory" : "the system refuses it";
    };
  }

  private static String cannotRead(Path file, String reason) {
    return "cannot read " + whole(file) + ": " + reason;
  }

  /** One sentence, or null if the directory is there, or can be made, and can be written to. */
  static @Nullable String toWriting(Path directory) {
    Path wanted = whole(directory);
    Path at = wanted;
    while (at != null && !Files.exists(at, NOFOLLOW_LINKS)) {
      at = at.getParent();
    }
    if (at == null) {
      return CannotWrite.sentence(wanted, new NoSuchFileException(wanted.toString()));
    }
    if (!Files.isDirectory(at)) {
      return CannotWrite.sentence(wanted, new NotDirectoryException(at.toString()));
    }
    return Files.isWritable(at)
        ? null
        : CannotWrite.sentence(wanted, new AccessDeniedException(at.toString()));
  }

  /** Why content may not stand in this directory; null if it may, or if it is yet to be made. */
  static @Nullable String toKeepingContent(Path directory) {
    Set<PosixFilePermission> mode;
    try {
      mode = Files.getPosixFilePermissions(directory);
    } catch (NoSuchFileException _) {
      return null;
    } catch (IOException failure) {
      return CannotWrite.sentence(directory, failure);
    }
    return mode.equals(OWNER_ONLY)
        ? null
        : "prompts are kept here, so only the owner may look in: chmod 700 " + whole(directory);
  }

  /** Whether a file can be read by everyone on this machine, where the system can tell. */
  static boolean isOpenToAll(Path file) {
    try {
      return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
    } catch (IOException | UnsupportedOperationException _) {
      return false;
    }
  }

  static Path whole(Path path) {
    return path.toAbsolutePath().normalize();
  }

  /** The same without links, as far as it exists: two names of one directory become one. */
  static Path real(Path path) {
    Path wanted = whole(path);
    for (Path at = wanted; at != null; at = at.getParent()) {
      try {
        return at.toRealPath().resolve(at.relativize(wanted)).normalize();
      } catch (IOException _) {
        // Not there, or not to be looked at: its parent may be.
      }
    }
    return wanted;
  }
}
