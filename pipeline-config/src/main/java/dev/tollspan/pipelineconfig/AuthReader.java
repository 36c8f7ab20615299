package dev.tollspan.pipelineconfig;

import dev.tollspan.exporters.otlp.Auth;
import dev.tollspan.pipelineconfig.ExtensionSettings.BasicAuth;
import dev.tollspan.pipelineconfig.ExtensionSettings.BearerTokenAuth;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads {@code bearertokenauth} and {@code basicauth}, and what refers to them. */
final class AuthReader {
  private AuthReader() {}

  static ExtensionSettings bearer(Section section) {
    String token = section.text("token", "", Function.identity());
    Path file = ComponentReader.optionalPath(section, "filename");
    if (token.isEmpty() && file == null) {
      section.problem("token", "missing: a token, or the filename of one");
    }
    warnOfSecret(section, "token");
    return new BearerTokenAuth(
        token.isEmpty() ? null : token,
        file,
        section.text("header", "Authorization", Function.identity()),
        section.text("scheme", "Bearer", Function.identity()));
  }

  static ExtensionSettings basic(Section section) {
    Section client = section.section("client_auth");
    String username = client.text("username", "", Function.identity());
    if (username.isEmpty() || username.contains(":")) {
      client.problem("username", "expected a name without a colon");
    }
    String password = client.text("password", "", Function.identity());
    warnOfSecret(client, "password");
    client.finish();
    return new BasicAuth(username, password);
  }

  /** The id below {@code auth.authenticator}; null if there is none. */
  static @Nullable String authenticator(
      Section exporter, Map<String, ExtensionSettings> extensions) {
    Section auth = exporter.section("auth");
    String id = auth.text("authenticator", "", Function.identity());
    auth.finish();
    if (id.isEmpty()) {
      return null;
    }
    ExtensionSettings extension = extensions.get(id);
    if (extension == null) {
      auth.problem("authenticator", "not defined below extensions");
    } else if (!(extension instanceof BearerTokenAuth || extension instanceof BasicAuth)) {
      auth.problem("authenticator", "expected a bearertokenauth or a basicauth");
    }
    return id;
  }

  /** What an exporter sends for it. */
  static Auth auth(@Nullable ExtensionSettings extension) {
    return switch (extension) {
      case BearerTokenAuth(String token, Path file, String header, String scheme) -> {
        String prefix = scheme.isEmpty() ? "" : scheme + " ";
        yield file == null
            ? new Auth.Fixed(header, prefix + (token == null ? "" : token))
            : new Auth.FromFile(header, prefix, file);
      }
      case BasicAuth(String username, String password) -> Auth.basic(username, password);
      case ExtensionSettings.HealthCheck _, ExtensionSettings.Journal _ -> Auth.none();
      case null -> Auth.none();
    };
  }

  private static void warnOfSecret(Section section, String key) {
    if (section.has(key) && section.isLiteral(key)) {
      section.warn(key, "a secret in the file; take it from ${env:NAME}");
    }
  }
}
