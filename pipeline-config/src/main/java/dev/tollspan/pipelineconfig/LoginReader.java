package dev.tollspan.pipelineconfig;

import dev.tollspan.receiver.Login;
import dev.tollspan.receiver.Pem;
import dev.tollspan.receiver.ServerTls;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads how a port is protected: its TLS, and the extensions that say who may send. */
final class LoginReader {
  private static final String SECRET = "looks like a secret in the file; take it from ${env:NAME}";
  private static final List<String> TLS_WITHOUT_EFFECT =
      List.of("ca_file", "ca_pem", "include_system_ca_certs_pool", "curve_preferences", "tpm");

  private LoginReader() {}

  /** {@code bearertokenauth}. */
  static ExtensionSettings bearer(Section section) {
    Login standard = Login.bearer("none");
    Path file = ComponentReader.optionalPath(section, "filename");
    String token = secret(section, "token");
    String header = section.text("header", standard.header(), Function.identity());
    String scheme = section.text("scheme", standard.scheme(), Function.identity());
    either(section, "token", token, file);
    return new ExtensionSettings.BearerTokenAuth(
        section.checked(
            standard, () -> checked(new Login(Login.Kind.BEARER, header, scheme, file, token))));
  }

  /** {@code basicauth}. */
  static ExtensionSettings basic(Section section) {
    Section users = section.section("htpasswd");
    Path file = ComponentReader.optionalPath(users, "file");
    String inline = secret(users, "inline");
    either(users, "inline", inline, file);
    users.finish();
    if (section.has("client_auth")) {
      section.warn("client_auth", "has no effect: receivers only ask for a login");
    }
    Login standard = Login.basic("a:b");
    return new ExtensionSettings.BasicAuth(
        users.checked(
            standard,
            () ->
                checked(
                    new Login(
                        Login.Kind.BASIC, standard.header(), standard.scheme(), file, inline))));
  }

  private static void either(Section section, String key, String text, @Nullable Path file) {
    if (text.isEmpty() == (file == null)) {
      section.problem(key, "this, or the file with it, is needed; only one of the two");
    }
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

  /** The TLS of a port. */
  static @Nullable ServerTls tls(Section section) {
    Pem certificate = pem(section, "cert");
    Pem key = pem(section, "key");
    Pem ca = pem(section, "client_ca");
    boolean reloadsCa = section.flag("client_ca_file_reload", true);
    Duration interval =
        section.value("reload_interval", ServerTls.RELOAD_INTERVAL, Units::duration);
    String min = section.text("min_version", "1.2", Function.identity());
    String max = section.text("max_version", "1.3", Function.identity());
    List<String> suites = section.words("cipher_suites").stream().map(Section.Word::text).toList();
    for (String without : TLS_WITHOUT_EFFECT) {
      if (section.has(without)) {
        section.warn(without, "has no effect on who listens, in this version");
      }
    }
    section.finish();
    if (certificate == null || key == null) {
      section.problem("cert_file", "cert_file and key_file are needed, or cert_pem and key_pem");
      return null;
    }
    ServerTls standard = ServerTls.of(certificate, key, ca);
    return section.checked(
        standard, () -> new ServerTls(certificate, key, ca, reloadsCa, interval, min, max, suites));
  }

  private static @Nullable Pem pem(Section section, String key) {
    Path file = ComponentReader.optionalPath(section, key + "_file");
    String text =
        key.equals("key")
            ? secret(section, "key_pem")
            : section.text(key + "_pem", "", Function.identity());
    if (file != null && !text.isEmpty()) {
      section.problem(key + "_pem", "stands beside " + key + "_file: give one");
    }
    return file != null ? Pem.of(file) : text.isEmpty() ? null : new Pem(null, text);
  }

  private static String secret(Section section, String key) {
    String text = section.text(key, "", Function.identity());
    if (!text.isEmpty() && section.isLiteral(key)) {
      section.warn(key, SECRET);
    }
    return text;
  }
}
