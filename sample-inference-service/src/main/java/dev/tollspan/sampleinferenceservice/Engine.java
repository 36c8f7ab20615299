package dev.tollspan.sampleinferenceservice;

import io.opentelemetry.api.trace.Span;
import java.util.concurrent.Semaphore;

/**
 * Simulates a model: a call waits for a slot, then its prompt is counted and prefilled, then the
 * completion is decoded. Blocks the calling thread for as long as a model would. Safe for threads.
 *
 * <p>Reported latencies are those of the simulated model; the time scale only shortens the waiting.
 */
final class Engine {
  private static final long PREFILL_NANOS_PER_TOKEN = 500_000;
  private static final long PREFILL_NANOS_MAX = 200_000_000;
  private static final long DECODE_NANOS_PER_TOKEN = 2_000_000;
  private static final double NANOS_PER_MS = 1e6;

  private final Semaphore slots;
  private final double timeScale;
  private final Tokenizer tokenizer;
  private final EngineClock clock;

  Engine(Settings.Simulation simulation, Tokenizer tokenizer, EngineClock clock) {
    this.slots = new Semaphore(simulation.slots(), true);
    this.timeScale = simulation.timeScale();
    this.tokenizer = tokenizer;
    this.clock = clock;
  }

  Completion run(CompletionRequest request, CallSpan call)
      throws EngineFailureException, InterruptedException {
    long arrivedNanos = clock.nanoTime();
    awaitSlot(call);
    try {
      int promptTokens = tokenize(request.prompt(), call);
      call.used(promptTokens, 0);
      long waitedNanos = clock.nanoTime() - arrivedNanos;
      long prefillNanos = prefill(promptTokens, call);
      if (request.simulate() == CompletionRequest.Simulate.FAIL) {
        throw new EngineFailureException("a failure that the request asked for");
      }
      int completionTokens = decode(request.maxTokens(), call);
      Completion completion = completion(request, call, promptTokens, completionTokens);
      long firstTokenNanos = waitedNanos + prefillNanos + DECODE_NANOS_PER_TOKEN;
      call.answered(completion, firstTokenNanos / NANOS_PER_MS);
      return completion;
    } finally {
      slots.release();
    }
  }

  private void awaitSlot(CallSpan call) throws InterruptedException {
    Span span = call.stage("inference.queue");
    try {
      slots.acquire();
    } finally {
      span.end();
    }
  }

  private int tokenize(String prompt, CallSpan call) {
    Span span = call.stage("inference.tokenize");
    try {
      int promptTokens = tokenizer.count(prompt);
      span.setAttribute(Keys.LLM_PROMPT_TOKENS, (long) promptTokens);
      span.setAttribute(
          Keys.LLM_PROMPT_LENGTH_CHARS, (long) prompt.codePointCount(0, prompt.length()));
      return promptTokens;
    } finally {
      span.end();
    }
  }

  private long prefill(int promptTokens, CallSpan call) throws InterruptedException {
    Span span = call.stage("inference.prefill");
    try {
      long nanos = Math.min(promptTokens * PREFILL_NANOS_PER_TOKEN, PREFILL_NANOS_MAX);
      sleep(nanos);
      span.setAttribute(Keys.LLM_PREFILL_LATENCY_MS, nanos / NANOS_PER_MS);
      span.setAttribute(Keys.LLM_PROMPT_TOKENS, (long) promptTokens);
      return nanos;
    } finally {
      span.end();
    }
  }

  private int decode(int maxTokens, CallSpan call) throws InterruptedException {
    Span span = call.stage("inference.decode");
    try {
      int completionTokens = Math.max(1, maxTokens * 6 / 10);
      long nanos = completionTokens * DECODE_NANOS_PER_TOKEN;
      sleep(nanos);
      span.setAttribute(Keys.LLM_COMPLETION_TOKENS, (long) completionTokens);
      span.setAttribute(Keys.LLM_DECODE_LATENCY_MS, nanos / NANOS_PER_MS);
      return completionTokens;
    } finally {
      span.end();
    }
  }

  private Completion completion(
      CompletionRequest request, CallSpan call, int promptTokens, int completionTokens) {
    return new Completion(
        call.completionId(),
        request.model(),
        promptTokens,
        completionTokens,
        request.simulate() == CompletionRequest.Simulate.TRUNCATE,
        clock.now() / 1_000_000_000,
        call.traceId());
  }

  private void sleep(long nanos) throws InterruptedException {
    clock.sleep(Math.round(nanos * timeScale));
  }
}
