package dev.tollspan.receiver;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What this room logs until it is closed. */
final class LogLines extends Handler implements AutoCloseable {
  final List<String> said = new CopyOnWriteArrayList<>();
  private final Logger log = Logger.getLogger(Door.class.getPackageName());

  LogLines() {
    log.addHandler(this);
  }

  @Override
  public void publish(LogRecord line) {
    said.add(line.getMessage());
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    log.removeHandler(this);
  }
}
