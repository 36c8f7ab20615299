package dev.tollspan.pipelineconfig;

import dev.tollspan.exporters.otlp.Auth;
import dev.tollspan.journal.JournalConfig;
import dev.tollspan.receiver.Login;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One entry below {@code extensions}. */
sealed interface ExtensionSettings {
  /** Who may send to a port that names this extension; null if it says nothing of that. */
  default @Nullable Login login() {
    return null;
  }

  /**
   * As whom an exporter calls that names this extension; null if it says nothing of that.
   *
   * @throws IllegalArgumentException if no header can carry it; nothing of it is repeated
   */
  default @Nullable Auth auth() {
    return null;
  }

  /** {@code health_check}. */
  record HealthCheck(Endpoint endpoint) implements ExtensionSettings {}

  /** {@code bearertokenauth}: the tokens that a port takes; an exporter shows the only one. */
  record BearerTokenAuth(Login login) implements ExtensionSettings {
    @Override
    public Auth auth() {
      String prefix = login.scheme().isEmpty() ? "" : login.scheme() + " ";
      return login.file() == null
          ? new Auth.Fixed(login.header(), prefix + login.text())
          : new Auth.FromFile(login.header(), prefix, login.file());
    }
  }

  /** {@code basicauth}: the users that a port takes, the one that an exporter is, or both. */
  record BasicAuth(@Nullable Login login, @Nullable Client client) implements ExtensionSettings {
    @Override
    public @Nullable Auth auth() {
      return client == null ? null : Auth.basic(client.username(), client.password());
    }
  }

  /** {@code client_auth}. */
  record Client(String username, String password) {
    @Override
    public String toString() {
      return "Client[username=" + username + "]";
    }
  }

  /**
   * {@code journal}.
   *
   * @param directory with a folder for each pipeline
   * @param deadLettersBytesMax how much each exporter may keep of what its destination refused
   * @param dedupeSpans how many spans each exporter remembers to know those that come again
   */
  record Journal(Path directory, JournalConfig config, long deadLettersBytesMax, int dedupeSpans)
      implements ExtensionSettings {}
}
