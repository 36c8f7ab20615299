package dev.tollspan.canary;

import java.util.Map;

/**
 * A way into a pipeline. Sends the bytes that it is given, whatever they are, and keeps whatever
 * comes back. One thread.
 */
public interface Sender extends AutoCloseable {
  /**
   * What is sent.
   *
   * @param method path of the call; of HTTP with its first slash
   * @param packing how the body is said to be compressed; empty if it is not
   * @param headers sent along
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Request(String method, String packing, Map<String, String> headers, byte[] body) {
    public Request {
      headers = Map.copyOf(headers);
    }
  }

  /**
   * What came back.
   *
   * @param ok whether the request was taken, at least in part
   * @param rejectedSpans how many of its spans were not
   * @param text the code, the description, all headers and trailers, and the body, as text
   */
  record Answer(boolean ok, long rejectedSpans, String text) {}

  /** Which way it is. */
  Transport transport();

  /** The path of an ordinary export of spans. */
  String exportMethod();

  /** Sends, and waits for the answer. */
  Answer send(Request request) throws InterruptedException;

  @Override
  void close();
}
