package dev.tollspan.exporters.otlp;

import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;

/**
 * The files of TLS, read, and read again once they have changed. Those that cannot be used are
 * logged, once for each change, and the old ones stay. All fields that change are owned by the one
 * caller's thread.
 */
final class TlsFiles {
  private static final System.Logger LOG = System.getLogger(TlsFiles.class.getName());

  private final Tls tls;
  private final boolean http2;
  private final InstantSource clock;
  private SslContext context;
  private List<Object> seen;
  private Instant lookAgain;

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException if a file cannot be read or holds something else
   */
  TlsFiles(Tls tls, boolean http2, InstantSource clock) {
    this.tls = tls;
    this.http2 = http2;
    this.clock = clock;
    seen = marks();
    context = read();
    lookAgain = clock.instant().plus(tls.reloadInterval());
  }

  SslContext context() {
    return context;
  }

  /** Looks if it is time to; whether there is another context now. */
  boolean renew() {
    if (tls.reloadInterval().isZero() || clock.instant().isBefore(lookAgain)) {
      return false;
    }
    lookAgain = clock.instant().plus(tls.reloadInterval());
    List<Object> now = marks();
    if (now.equals(seen)) {
      return false;
    }
    seen = now;
    try {
      context = read();
      return true;
    } catch (IllegalArgumentException e) {
      LOG.log(Level.WARNING, "changed files of tls cannot be used, the old ones stay");
      return false;
    }
  }

  private SslContext read() {
    try {
      SslContextBuilder builder = SslContextBuilder.forClient();
      if (http2) {
        GrpcSslContexts.configure(builder);
      }
      if (tls.minVersion() == Tls.Version.TLS_1_3) {
        builder.protocols("TLSv1.3");
      } else {
        builder.protocols("TLSv1.3", "TLSv1.2");
      }
      if (tls.skipVerify()) {
        builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
        builder.endpointIdentificationAlgorithm(null);
      } else if (tls.caFile() != null) {
        builder.trustManager(tls.caFile().toFile());
      }
      if (tls.certFile() != null && tls.keyFile() != null) {
        builder.keyManager(tls.certFile().toFile(), tls.keyFile().toFile());
      }
      return builder.build();
    } catch (SSLException | IllegalArgumentException | IllegalStateException e) {
      throw new IllegalArgumentException("a file of tls cannot be used", e);
    }
  }

  /** What differs once a file has been written or replaced. */
  private List<Object> marks() {
    List<Object> marks = new ArrayList<>();
    for (Path file : new Path[] {tls.caFile(), tls.certFile(), tls.keyFile()}) {
      if (file != null) {
        try {
          BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
          marks.add(List.of(now.lastModifiedTime(), now.size(), String.valueOf(now.fileKey())));
        } catch (IOException e) {
          marks.add(file); // as long as it is gone
        }
      }
    }
    return marks;
  }
}
