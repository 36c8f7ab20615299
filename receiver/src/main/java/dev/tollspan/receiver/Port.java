package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tollspan.receiver.OtlpReceiverConfig.Listen;
import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.util.AttributeKey;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.file.FileSystemException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One listening socket: what it is for, and what it asks of those who come. Certificates, keys and
 * credentials are read when it opens and looked at again from time to time: new ones count for
 * connections and requests that come from then on; those that cannot be used change nothing.
 *
 * <p>{@link #load} and {@link #reload} belong to one thread at a time; the rest is for all.
 */
final class Port {
  /** The port that a connection came to, for Netty. */
  static final AttributeKey<Port> OF_CONNECTION = AttributeKey.valueOf(Port.class, "port");

  /** The same for gRPC. */
  static final Attributes.Key<Port> OF_CALL = Attributes.Key.create("tollspan-port");

  private static final System.Logger LOG = System.getLogger(Port.class.getPackageName());

  /** The protocol that is at home here. */
  enum Home {
    GRPC("gRPC"),
    HTTP("HTTP");

    final String said;

    Home(String said) {
      this.said = said;
    }
  }

  private final Home home;
  private final Listen listen;
  private final String loginField;
  private final Metadata.Key<String> loginKey;
  private volatile @Nullable ServerChannel listening; // set by the thread that starts
  private volatile @Nullable Guard guard; // replaced by a reload
  private volatile @Nullable SslContext tls; // replaced by a reload
  private byte @Nullable [] clientCa; // as of the start; owned by the thread that loads
  private byte[] tlsSeen = {}; // owned by the thread that loads
  private byte[] loginSeen = {}; // likewise

  Port(Home home, Listen listen) {
    this.home = home;
    this.listen = listen;
    Login login = listen.login();
    loginField = login == null ? "authorization" : login.header().toLowerCase(Locale.ROOT);
    loginKey = Metadata.Key.of(loginField, Metadata.ASCII_STRING_MARSHALLER);
  }

  Home home() {
    return home;
  }

  Listen listen() {
    return listen;
  }

  void opened(ServerChannel channel) {
    listening = channel;
  }

  /** The number that it listens on; 0 if it does not. */
  int number() {
    return listening != null && listening.localAddress() instanceof InetSocketAddress address
        ? address.getPort()
        : 0;
  }

  InetSocketAddress address() {
    return new InetSocketAddress(listen.host(), listen.port());
  }

  /** Who may come in; null: everybody. */
  @Nullable Guard guard() {
    return guard;
  }

  /** What a connection must speak; null: no TLS. */
  @Nullable SslContext tls() {
    return tls;
  }

  /** The name of the field with credentials, in lower case. */
  String loginField() {
    return loginField;
  }

  Metadata.Key<String> loginKey() {
    return loginKey;
  }

  /** What to log in with. */
  String scheme() {
    return listen.login() == null ? "" : listen.login().scheme();
  }

  /**
   * Reads what it asks for.
   *
   * @throws IOException with one sentence for the operator
   */
  void load() throws IOException {
    ServerTls files = listen.tls();
    if (files != null) {
      TlsContext.Files read = TlsContext.Files.read(files);
      clientCa = read.clientCa();
      tls = TlsContext.of(files, read);
      tlsSeen = stamp(read);
    }
    Login login = listen.login();
    if (login != null) {
      String credentials = login.read();
      guard = login.guard(credentials);
      loginSeen = hash(credentials.getBytes(UTF_8));
    }
  }

  /** Reads the files again, if they have changed; what is wrong with them is logged once. */
  void reload() {
    if (listen.tls() != null) {
      reloadTls(listen.tls());
    }
    if (listen.login() != null && listen.login().file() != null) {
      reloadLogin(listen.login());
    }
  }

  private void reloadTls(ServerTls files) {
    byte[] stamp = {};
    try {
      TlsContext.Files read = TlsContext.Files.read(files);
      if (!files.reloadsClientCa()) {
        read = new TlsContext.Files(read.certificate(), read.key(), clientCa);
      }
      stamp = stamp(read);
      if (!Arrays.equals(stamp, tlsSeen)) {
        tls = TlsContext.of(files, read);
        say(Level.INFO, "new certificates are in use");
      }
    } catch (IOException | RuntimeException e) {
      if (!Arrays.equals(stamp, tlsSeen)) {
        say(Level.WARNING, "the certificates in use stay: " + reason(e));
      }
    }
    tlsSeen = stamp;
  }

  private void reloadLogin(Login login) {
    byte[] stamp = {};
    try {
      String credentials = login.read();
      stamp = hash(credentials.getBytes(UTF_8));
      if (!Arrays.equals(stamp, loginSeen)) {
        guard = login.guard(credentials);
        say(Level.INFO, "new credentials are in use");
      }
    } catch (IOException | RuntimeException e) {
      if (!Arrays.equals(stamp, loginSeen)) {
        say(Level.WARNING, "the credentials in use stay: " + reason(e));
      }
    }
    loginSeen = stamp;
  }

  private void say(Level level, String what) {
    LOG.log(level, "port " + number() + ": " + what);
  }

  /** Of a file that cannot be read the message is its name. */
  static String reason(Exception e) {
    String message = String.valueOf(e.getMessage());
    return e instanceof FileSystemException ? "cannot read " + message : message;
  }

  private static byte[] stamp(TlsContext.Files files) {
    byte[] ca = files.clientCa();
    return hash(files.certificate(), files.key(), ca == null ? new byte[0] : ca);
  }

  private static byte[] hash(byte[]... parts) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        sha.update(MessageDigest.getInstance("SHA-256").digest(part));
      }
      return sha.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
