package dev.tollspan.processors.content;

/** Closed lists: the words that vendors, servers and conventions use, in any case. */
enum Vocabulary {
  /** Why models stop. */
  REASONS(
      "stop length max_tokens error content_filter tool_calls tool_call tool_use tool-calls"
          + " function_call end_turn stop_sequence pause_turn refusal safety recitation abort"
          + " cancelled canceled completed complete incomplete failed eos eos_token other unknown"
          + " content-filter content_filtered guardrail_intervened prohibited_content blocklist"
          + " spii model_length max_output_tokens model_context_window_exceeded"
          + " malformed_function_call insufficient_system_resource finish_reason_unspecified"),
  TIERS(
      "auto default flex priority scale standard standard_only batch on_demand on-demand"
          + " provisioned reserved performance unspecified"),
  OUTPUTS("text json json_object json_schema image speech audio video embedding embeddings"),
  TOKEN_TYPES(
      "input output prompt completion reasoning cached cache_read cache_creation cache_write"
          + " audio total"),
  SPAN_KINDS(
      "llm embedding reranker chain agent tool retriever guardrail evaluator prompt unknown"
          + " workflow task session"),
  /** Of the URL, the application and the transport. */
  PROTOCOLS(
      "http https ws wss websocket grpc grpcs spdy quic amqp mqtt kafka nats redis tcp udp pipe"
          + " unix inproc tls ssl file"),
  /** What stands where a version would. */
  CHANNELS("latest stable main master dev nightly edge beta alpha snapshot unknown default"),
  ROLES("user assistant system tool function developer model human ai"),
  LEVELS("debug default info warning error"),
  MIMES(
      "text/plain text/html text/markdown application/json application/octet-stream image/png"
          + " image/jpeg audio/wav audio/mpeg"),
  UNITS("ns us ms s m min h"),
  FLAGS("true false yes no on off 0 1 read write"),
  /** Parts of paths that lead to a model. */
  PATHS(
      "api v1 v2 v3 v4 v1beta v1beta1 beta chat complete completion completions embed embeddings"
          + " messages responses generate rerank models openai engines deployments inference invoke"
          + " converse converse-stream invoke-with-response-stream images generations edits audio"
          + " transcriptions translations speech moderations batch batches files threads runs"
          + " assistants conversations tokenize health metrics mcp sse ws graphql query search"),
  /** Of hosts, packages, clusters and models: words that tell nothing about anybody. */
  PROGRAMS(
      "http https grpc rpc api apis com org net io go dev opentelemetry otel openinference"
          + " instrumentation contrib proto service services svc cluster local internal compute"
          + " amazonaws aws azure openai googleapis google cloud elb vpce east west north south"
          + " central kube worker predictor deployment deployments default operator client server"
          + " id ids key uuid name type version v1 v2 v1beta v1beta1 project projects location"
          + " locations publisher publishers organization organizations namespace namespaces"
          + " user users tenant tenants account accounts router routers thread threads run runs"
          + " ai llm gpt claude llama gemini mistral qwen meta instruct turbo preview latest"
          + " experimental chat completion completions embedding embeddings model models"
          + " error exception async stream request response content generate"),
  METHODS("get head post put delete connect options trace patch query _other"),
  TOKENIZERS(
      "auto bpe wordpiece unigram sentencepiece tiktoken tekken huggingface hf mistral fast slow"
          + " cl100k cl100k_base o200k o200k_base o200k_harmony p50k_base p50k_edit r50k_base gpt2"
          + " llama llama2 llama3 qwen gemma claude gemini whitespace simple none unknown");

  @SuppressWarnings("ImmutableEnumChecker") // written here alone, and never handed out
  private final byte[][] words;

  Vocabulary(String words) {
    String[] split = words.split(" ", -1);
    this.words = new byte[split.length][];
    for (int i = 0; i < split.length; i++) {
      this.words[i] = Names.ascii(split[i]);
    }
  }

  boolean holds(byte[] bytes, int from, int length) {
    for (byte[] word : words) {
      if (word.length == length && equalsIgnoringCase(word, bytes, from)) {
        return true;
      }
    }
    return false;
  }

  private static boolean equalsIgnoringCase(byte[] word, byte[] bytes, int from) {
    for (int i = 0; i < word.length; i++) {
      byte c = bytes[from + i];
      int lower = Ascii.isUpper(c) ? c + 32 : c;
      if (lower != word[i]) {
        return false;
      }
    }
    return true;
  }
}
