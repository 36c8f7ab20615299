package dev.tollspan.receiver;

import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Why a client and we could not agree on TLS, in words of ours. The JDK tells most of it in
 * messages alone; where these change, the reason gets vaguer.
 */
final class HandshakeFailure {
  private static final String START = "no TLS agreed on: ";
  private static final String LEFT =
      "it left in the middle; it may not trust the certificate of this port";

  /** The client's alert; ours stands at the start in parentheses, and so does one of its again. */
  private static final Pattern THEIRS = Pattern.compile("Received fatal alert: (\\w{1,40})$");

  private static final Pattern OURS = Pattern.compile("^\\((\\w{1,40})\\) ");

  private HandshakeFailure() {}

  static String of(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      String reason = reason(each);
      if (reason != null) {
        return START + reason;
      }
    }
    String message = String.valueOf(failure.getMessage());
    Matcher theirs = THEIRS.matcher(message);
    if (theirs.find()) {
      return START + theirs(theirs.group(1));
    }
    Matcher ours = OURS.matcher(message);
    return START + (ours.find() ? ours(ours.group(1)) : "the handshake failed");
  }

  private static @Nullable String reason(Throwable cause) {
    return switch (cause) {
      case CertificateExpiredException _ -> "its certificate has expired";
      case CertificateNotYetValidException _ -> "its certificate is not valid yet";
      case CertPathBuilderException _ -> "its certificate is signed by nobody in client_ca_file";
      case ClosedChannelException _ -> LEFT;
      default -> {
        String message = String.valueOf(cause.getMessage());
        if (message.contains("closing inbound before")) {
          yield LEFT;
        }
        if (message.contains("Empty client certificate chain")) {
          yield "it sent no certificate, which client_ca_file asks for";
        }
        if (message.contains("no cipher suites in common")) {
          yield "it has no cipher suite that this port takes";
        }
        yield message.contains("handshake timed out") ? "it was not done in time" : null;
      }
    };
  }

  private static String ours(String alert) {
    return alert.equals("protocol_version")
        ? "it speaks no version that this port takes"
        : "this port ended it with the alert " + alert;
  }

  private static String theirs(String alert) {
    return switch (alert) {
      case "unknown_ca", "certificate_unknown", "bad_certificate", "certificate_expired" ->
          "it does not trust the certificate of this port (its alert: " + alert + ")";
      default -> "it ended it with the alert " + alert;
    };
  }
}
