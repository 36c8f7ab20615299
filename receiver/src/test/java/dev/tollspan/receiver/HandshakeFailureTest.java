package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

/** The others are had of real clients, in {@link TlsTest}. */
class HandshakeFailureTest {
  @Test
  void saysWhyAndRepeatsNothingOfTheClient() {
    Map<Exception, String> reasons = new LinkedHashMap<>();
    reasons.put(
        because(new CertPathBuilderException("CN=canary")),
        "its certificate is signed by nobody in client_ca_file");
    reasons.put(because(new CertificateExpiredException()), "its certificate has expired");
    reasons.put(because(new CertificateNotYetValidException()), "its certificate is not valid yet");
    reasons.put(
        new ClosedChannelException(),
        "it left in the middle; it may not trust the certificate of this port");
    reasons.put(
        new SSLHandshakeException("(internal_error) closing inbound before receiving peer's"),
        "it left in the middle; it may not trust the certificate of this port");
    reasons.put(
        new SSLHandshakeException("(internal_error) Received fatal alert: internal_error"),
        "it ended it with the alert internal_error");
    reasons.put(
        new SSLHandshakeException("(illegal_parameter) canary"),
        "this port ended it with the alert illegal_parameter");
    reasons.put(new SSLHandshakeException("canary"), "the handshake failed");
    reasons.put(new SSLHandshakeException(null), "the handshake failed");
    reasons.forEach(
        (failure, reason) ->
            assertEquals("no TLS agreed on: " + reason, HandshakeFailure.of(failure)));
  }

  private static SSLHandshakeException because(Exception cause) {
    SSLHandshakeException failure = new SSLHandshakeException("(certificate_unknown) canary");
    failure.initCause(new IllegalStateException("canary", cause));
    return failure;
  }
}
