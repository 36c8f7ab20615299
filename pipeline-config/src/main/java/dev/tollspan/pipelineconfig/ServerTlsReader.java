package dev.tollspan.pipelineconfig;

import dev.tollspan.pipelineconfig.Section.Word;
import dev.tollspan.receiver.Pem;
import dev.tollspan.receiver.ServerTls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the TLS of a port. */
final class ServerTlsReader {
  private static final List<String> TLS_WITHOUT_EFFECT =
      List.of("ca_file", "ca_pem", "include_system_ca_certs_pool", "curve_preferences", "tpm");

  private ServerTlsReader() {}

  static @Nullable ServerTls read(Section section) {
    Pem certificate = pem(section, "cert");
    Pem key = pem(section, "key");
    Pem ca = pem(section, "client_ca");
    boolean reloadsCa = section.flag("client_ca_file_reload", true);
    Duration interval =
        section.value("reload_interval", ServerTls.RELOAD_INTERVAL, Units::duration);
    String min = section.text("min_version", "1.2", Function.identity());
    String max = section.text("max_version", "1.3", Function.identity());
    List<String> suites = Word.texts(section.words("cipher_suites"));
    for (String without : TLS_WITHOUT_EFFECT) {
      section.withoutEffect(without, "not for a port, in this version");
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
            ? AuthReader.secret(section, "key_pem")
            : section.text(key + "_pem", "", Function.identity());
    if (file != null && !text.isEmpty()) {
      section.problem(key + "_pem", "stands beside " + key + "_file: give one");
    }
    return file != null ? Pem.of(file) : text.isEmpty() ? null : new Pem(null, text);
  }
}
