package dev.tollspan.pipelineconfig;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.tollspan.receiver.Pem;
import dev.tollspan.receiver.ServerTls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a certificate or a key, and what helps, in one sentence each; null if nothing
 * is. Of what stands in them nothing is repeated.
 */
final class PemCheck {
  private static final int BYTES_MAX = 1 << 20;
  private static final Pattern OLD_KEY =
      Pattern.compile("-----BEGIN (RSA|DSA|EC) PRIVATE KEY-----");

  private PemCheck() {}

  static @Nullable String certificates(Pem pem) {
    String text;
    try {
      text = text(pem);
      CertificateFactory x509 = CertificateFactory.getInstance("X.509");
      if (!x509.generateCertificates(new ByteArrayInputStream(text.getBytes(ISO_8859_1)))
          .isEmpty()) {
        return null;
      }
    } catch (IOException e) {
      return e.getMessage();
    } catch (CertificateException e) {
      return "no certificates in PEM can be read from " + name(pem);
    }
    return name(pem) + " holds no certificate in PEM";
  }

  static @Nullable String key(Pem pem) {
    String text;
    try {
      text = text(pem);
    } catch (IOException e) {
      return e.getMessage();
    }
    if (text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") || text.contains(",ENCRYPTED")) {
      return name(pem)
          + " holds a key with a password, for which nobody is asked: openssl pkey -in "
          + file(pem)
          + " -out NEW.pem";
    }
    Matcher old = OLD_KEY.matcher(text);
    if (old.find()) {
      return name(pem)
          + (old.group(1).equals("EC") ? " holds a key of SEC 1" : " holds a key of PKCS 1")
          + ", and PKCS 8 is needed: openssl pkcs8 -topk8 -nocrypt -in "
          + file(pem)
          + " -out NEW.pem";
    }
    return text.contains("-----BEGIN PRIVATE KEY-----")
        ? null
        : name(pem) + " holds no key in PEM (it would begin with -----BEGIN PRIVATE KEY-----)";
  }

  /** Of a certificate and a key with which nothing is wrong alone. */
  static @Nullable String pair(Pem certificate, Pem key) {
    try {
      ServerTls.of(certificate, key, null).check();
      return null;
    } catch (IOException e) {
      return name(key)
          + " is not the key of the first certificate of "
          + name(certificate)
          + ", or is broken: openssl pkey -pubout -in "
          + file(key)
          + " has to print what openssl x509 -pubkey -noout -in "
          + file(certificate)
          + " prints";
    }
  }

  private static String text(Pem pem) throws IOException {
    Path file = pem.file();
    if (file == null) {
      return pem.text();
    }
    try {
      if (Files.size(file) > BYTES_MAX) {
        throw new IOException(name(pem) + " is larger than 1 MiB");
      }
      return Files.readString(file, ISO_8859_1);
    } catch (java.nio.file.FileSystemException e) {
      throw new IOException("cannot read " + name(pem) + ": " + Obstacle.reason(file, e), e);
    }
  }

  private static String name(Pem pem) {
    return pem.file() == null ? "the text" : Obstacle.whole(pem.file()).toString();
  }

  private static String file(Pem pem) {
    return pem.file() == null ? "FILE" : name(pem);
  }
}
