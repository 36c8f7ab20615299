package dev.tollspan.pipelineconfig;

import dev.tollspan.pipelineconfig.ExtensionSettings.BasicAuth;
import dev.tollspan.pipelineconfig.ExtensionSettings.BearerTokenAuth;
import dev.tollspan.pipelineconfig.ExtensionSettings.Client;
import dev.tollspan.receiver.Login;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads {@code bearertokenauth} and {@code basicauth}, and what exporters name of them. */
final class AuthReader {
  private AuthReader() {}

  static ExtensionSettings bearer(Section section) {
    Login standard = Login.bearer("none");
    Path file = ComponentReader.optionalPath(section, "filename");
    String token = secret(section, "token");
    String header = section.text("header", standard.header(), Function.identity());
    String scheme = section.text("scheme", standard.scheme(), Function.identity());
    if (file == null && token.isEmpty()) {
      section.problem("token", "missing: a token, or the filename of one");
    } else if (file != null && !token.isEmpty()) {
      section.warn("token", "has no effect beside filename");
    }
    String text = file == null ? token : "";
    return new BearerTokenAuth(
        section.checked(
            standard, () -> checked(new Login(Login.Kind.BEARER, header, scheme, file, text))));
  }

  static ExtensionSettings basic(Section section) {
    Login users = section.has("htpasswd") ? users(section.section("htpasswd")) : null;
    Client client = section.has("client_auth") ? client(section.section("client_auth")) : null;
    if (users == null && client == null) {
      section.problem(
          "htpasswd", "missing: htpasswd says who may send, client_auth as whom to export");
    }
    return new BasicAuth(users, client);
  }

  private static Login users(Section section) {
    Login standard = Login.basic("a:b");
    Path file = ComponentReader.optionalPath(section, "file");
    String inline = secret(section, "inline");
    if (inline.isEmpty() == (file == null)) {
      section.problem("inline", "this or file is needed, and only one of the two");
    }
    section.finish();
    return section.checked(
        standard,
        () ->
            checked(
                new Login(Login.Kind.BASIC, standard.header(), standard.scheme(), file, inline)));
  }

  private static Client client(Section section) {
    String username = section.text("username", "", Function.identity());
    if (username.isEmpty() || username.contains(":")) {
      section.problem("username", "expected a name without a colon");
    }
    String password = secret(section, "password");
    section.finish();
    return new Client(username, password);
  }

  /** What stands in the configuration is looked at now; a file when the pipeline starts. */
  private static Login checked(Login login) {
    if (login.file() == null && !login.text().isEmpty()) {
      try {
        login.check();
      } catch (IOException e) {
        throw new IllegalStateException("nothing was read", e);
      }
    }
    return login;
  }

  /** The id below {@code auth.authenticator} of an exporter; null if there is none. */
  static @Nullable String authenticator(
      Section exporter, Map<String, ExtensionSettings> extensions) {
    Section auth = exporter.section("auth");
    String id = auth.text("authenticator", "", Function.identity());
    auth.finish();
    if (id.isEmpty()) {
      return null;
    }
    switch (extensions.get(id)) {
      case BasicAuth(Login _, Client client) when client == null ->
          auth.problem("authenticator", "has no client_auth, so it does not say as whom to export");
      case BasicAuth _, BearerTokenAuth _ -> {}
      case ExtensionSettings.HealthCheck _, ExtensionSettings.Journal _ ->
          auth.problem("authenticator", "expected a bearertokenauth or a basicauth");
      case null -> auth.problem("authenticator", "not defined below extensions");
    }
    return id;
  }

  /** Text that belongs into no file of many readers. */
  static String secret(Section section, String key) {
    String text = section.text(key, "", Function.identity());
    if (!text.isEmpty()) {
      warnOfLiteral(section, key);
    }
    return text;
  }

  /** Says so if the secret of this key is written out. */
  static void warnOfLiteral(Section section, String key) {
    if (section.isLiteral(key)) {
      section.warn(key, "looks like a secret in the file; take it from ${env:NAME}");
    }
  }
}
