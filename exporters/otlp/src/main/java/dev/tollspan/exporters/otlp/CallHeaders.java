package dev.tollspan.exporters.otlp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The headers of the next call: those of the configuration, and the one of its {@link Auth}. All
 * fields that change are owned by the one caller's thread.
 */
final class CallHeaders {
  private static final System.Logger LOG = System.getLogger(CallHeaders.class.getName());
  private static final int FILE_BYTES_MAX = 64 << 10;

  private final Map<String, String> headers;
  private final Auth auth;
  private @Nullable FileTime written;

  /**
   * Reads the file of {@link Auth} if it has one.
   *
   * @throws IllegalArgumentException if that cannot be read, or holds what no header can
   */
  CallHeaders(OtlpConfig config) {
    headers = new TreeMap<>(config.headers());
    auth = config.auth();
    switch (auth) {
      case Auth.None _ -> {}
      case Auth.Fixed fixed -> headers.put(fixed.header(), fixed.value());
      case Auth.FromFile file -> {
        try {
          read(file);
        } catch (IOException e) {
          throw new IllegalArgumentException("the file of auth cannot be read", e);
        }
      }
    }
  }

  /** Names are in lower case. The map is ours: good until the next call. */
  Map<String, String> now() {
    if (auth instanceof Auth.FromFile file) {
      try {
        if (!Files.getLastModifiedTime(file.file()).equals(written)) {
          read(file);
        }
      } catch (IOException | IllegalArgumentException e) {
        if (written != null) {
          LOG.log(Level.WARNING, "the file of auth cannot be used, its old text stays");
          written = null; // said once, and looked at again with each call
        }
      }
    }
    return headers;
  }

  private void read(Auth.FromFile from) throws IOException {
    FileTime now = Files.getLastModifiedTime(from.file());
    if (Files.size(from.file()) > FILE_BYTES_MAX) {
      throw new IllegalArgumentException("the file of auth is too large for a header");
    }
    String value = from.prefix() + Files.readString(from.file(), UTF_8).strip();
    OtlpConfig.checkHeaderValue(from.header(), value);
    headers.put(from.header(), value);
    written = now;
  }
}
