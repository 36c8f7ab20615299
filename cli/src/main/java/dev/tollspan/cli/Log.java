package dev.tollspan.cli;

import java.io.PrintStream;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * What a running pipeline says: a line each, with the time in UTC. While it is open, the lines of
 * all rooms and libraries go this way too, in the same form and without stack traces.
 */
final class Log implements AutoCloseable {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final Logger ROOT = Logger.getLogger("");

  private final Handler[] before = ROOT.getHandlers();
  private final Lines lines;

  private Log(Lines lines) {
    this.lines = lines;
  }

  /** Takes over what is logged in this process until it is closed. */
  static Log open(Console console) {
    Log log = new Log(new Lines(console.err(), InstantSource.system()));
    for (Handler handler : log.before) {
      ROOT.removeHandler(handler);
    }
    ROOT.addHandler(log.lines);
    return log;
  }

  void info(String line) {
    lines.publish(new LogRecord(Level.INFO, line));
  }

  void warn(String line) {
    lines.publish(new LogRecord(Level.WARNING, line));
  }

  @Override
  public void close() {
    ROOT.removeHandler(lines);
    for (Handler handler : before) {
      ROOT.addHandler(handler);
    }
  }

  /** Writes records as lines. Safe for all threads: a print stream takes a line as one. */
  private static final class Lines extends Handler {
    private static final Formatter MESSAGES =
        new Formatter() {
          @Override
          public String format(LogRecord line) {
            return formatMessage(line);
          }
        };

    private final PrintStream out;
    private final InstantSource clock;

    Lines(PrintStream out, InstantSource clock) {
      this.out = out;
      this.clock = clock;
    }

    @Override
    public void publish(LogRecord line) {
      if (!isLoggable(line)) {
        return;
      }
      Instant now = clock.instant();
      String level = line.getLevel().equals(Level.SEVERE) ? "ERROR" : line.getLevel().getName();
      Throwable thrown = line.getThrown();
      String cause = thrown == null ? "" : ": " + thrown.getClass().getName();
      out.println(TIME.format(now) + " " + level + " " + MESSAGES.format(line) + cause);
    }

    @Override
    public void flush() {
      out.flush();
    }

    @Override
    public void close() {}
  }
}
