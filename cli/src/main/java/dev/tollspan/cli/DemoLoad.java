package dev.tollspan.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Sends calls to the inference service, a few at a time, so that some have to queue there. */
final class DemoLoad {
  private static final int AT_ONCE = 6;
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private DemoLoad() {}

  /** Sends all and waits for the answers; fails unless each is answered as it should be. */
  static void send(List<DemoCall> calls, int port) throws FailedException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + "/v1/completions");
    try (HttpClient client = HttpClient.newHttpClient();
        ExecutorService senders =
            Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory())) {
      List<Callable<Boolean>> tasks = new ArrayList<>();
      for (DemoCall call : calls) {
        tasks.add(() -> answeredAsExpected(client, uri, call));
      }
      int odd = 0;
      for (Future<Boolean> answer : senders.invokeAll(tasks)) {
        odd += answer.get() ? 0 : 1;
      }
      if (odd > 0) {
        throw new FailedException(odd + " of " + calls.size() + " calls were answered wrongly");
      }
    } catch (ExecutionException failure) {
      throw new FailedException("the inference service did not answer a call", failure);
    }
  }

  private static boolean answeredAsExpected(HttpClient client, URI uri, DemoCall call)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(call.json()))
            .build();
    int status = client.send(request, BodyHandlers.discarding()).statusCode();
    return status == (call.fails() ? 500 : 200);
  }
}
