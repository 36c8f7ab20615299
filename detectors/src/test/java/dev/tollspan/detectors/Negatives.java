package dev.tollspan.detectors;

import static dev.tollspan.detectors.Samples.ALNUM;
import static dev.tollspan.detectors.Samples.DIGITS;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.SplittableRandom;
import java.util.UUID;

/** Text as telemetry is full of it, and in which nothing may be found. */
final class Negatives {
  /** What there is, each with the key under which it travels most. */
  enum Shape {
    TRACE_ID("trace_id"),
    SPAN_ID("parent_span_id"),
    DECIMAL_TRACE_ID("dd.trace_id"),
    EPOCH_NANOS("start_time_unix_nano"),
    EPOCH_MICROS("timestamp"),
    EPOCH_MILLIS("created"),
    EPOCH_SECONDS("iat"),
    ISO_TIME("time"),
    SHA1("git.commit.sha"),
    SHA256("image.digest"),
    UUID_TEXT("gen_ai.response.id"),
    RESPONSE_ID("gen_ai.response.id"),
    VERSION("service.version"),
    FOUR_PARTS("package"),
    MODEL("gen_ai.request.model"),
    TOKENS("gen_ai.usage.input_tokens"),
    HOST("server.address"),
    LOOPBACK("net.peer"),
    POD("k8s.pod.name"),
    ARN("aws.bedrock.arn"),
    SMALL_INTS("payload"),
    PATH("code.filepath"),
    DURATION("duration"),
    FLOAT("gen_ai.response.logprob"),
    MONEY("cost.usd"),
    USER_AGENT("user_agent.original"),
    ACCESS_LOG("message"),
    SQL("db.query.summary"),
    STACK("code.function"),
    REFERENCE("config"),
    SENTENCE("note"),
    NUMBERS("values");

    final String key;

    Shape(String key) {
      this.key = key;
    }
  }

  private final SplittableRandom random;
  private final Samples samples;

  Negatives(SplittableRandom random) {
    this.random = random;
    this.samples = new Samples(random);
  }

  /** One text: bare, in JSON, in a log line, as key=value, or in JSON within JSON. */
  String text(Shape shape) {
    String value = value(shape);
    return switch (random.nextInt(5)) {
      case 0 -> value;
      case 1 -> "{\"" + shape.key + "\":\"" + value.replace("\"", "\\\"") + "\",\"ok\":true}";
      case 2 -> "2026-03-01 10:20:30,123 DEBUG [pool-2-thread-7] " + shape.key + ": " + value;
      case 3 -> "level=info " + shape.key + "=" + value + " status=200 bytes=51233";
      default -> "\"{\\\"" + shape.key + "\\\":\\\"" + value + "\\\"}\"";
    };
  }

  long context(Shape shape) {
    byte[] key = shape.key.getBytes(UTF_8);
    return Detectors.context(key, 0, key.length);
  }

  private String value(Shape shape) {
    return switch (shape) {
      case TRACE_ID -> samples.hex(32);
      case SPAN_ID -> samples.hex(16);
      case DECIMAL_TRACE_ID -> Long.toUnsignedString(random.nextLong());
      case EPOCH_NANOS -> "1" + (7 + random.nextInt(2)) + samples.some(DIGITS, 17);
      case EPOCH_MICROS -> "17" + samples.some(DIGITS, 14);
      case EPOCH_MILLIS -> "17" + samples.some(DIGITS, 11);
      case EPOCH_SECONDS -> "17" + samples.some(DIGITS, 8);
      case ISO_TIME -> isoTime();
      case SHA1 -> samples.hex(40);
      case SHA256 -> samples.pick("", "sha256:") + samples.hex(64);
      case UUID_TEXT -> new UUID(random.nextLong(), random.nextLong()).toString();
      case RESPONSE_ID ->
          samples.pick("chatcmpl-", "resp_", "msg_01", "call_", "run-", "req_")
              + samples.some(ALNUM, samples.pick(22, 24, 29));
      case VERSION -> version();
      case FOUR_PARTS ->
          samples.pick("v", "driver version ", "Chrome/", "libfoo-v", "release ", "build/")
              + number(140)
              + "."
              + number(30)
              + "."
              + number(256)
              + "."
              + number(256);
      case MODEL -> model();
      case TOKENS -> String.valueOf(number(samples.pick(100, 10_000, 2_000_000, 2_000_000_000)));
      case HOST -> host();
      case LOOPBACK ->
          samples.pick("127.0.0.1:", "0.0.0.0:", "localhost:", "[::1]:") + number(65535);
      case POD -> pod();
      case ARN -> arn();
      case SMALL_INTS -> smallInts();
      case PATH -> path();
      case DURATION ->
          number(100_000)
              + "."
              + samples.some(DIGITS, 3)
              + samples.pick("ms", "s", "us", "")
              + samples.pick("", " PT1H2M3.5S");
      case FLOAT -> String.valueOf(random.nextDouble() * samples.pick(-1.0, 1.0, 100.0, 1e-7, 1e9));
      case MONEY -> "0.0" + samples.some(DIGITS, samples.pick(4, 8, 12));
      case USER_AGENT ->
          "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/"
              + number(140)
              + ".0."
              + number(9999)
              + "."
              + number(256)
              + " Safari/537.36";
      case ACCESS_LOG ->
          "\"POST /v1/chat/completions HTTP/1.1\" "
              + samples.pick(200, 429, 503)
              + " "
              + number(100_000)
              + " "
              + number(10_000)
              + " "
              + number(100_000)
              + " - "
              + number(1000);
      case SQL ->
          "SELECT id_" + number(99) + " FROM t" + number(9) + " WHERE a = ? LIMIT " + number(5000);
      case STACK ->
          "com.example.app"
              + number(9)
              + ".Handler$"
              + number(9)
              + ".run(Handler.java:"
              + number(999)
              + ") std::vec::Vec::<u8>::push at "
              + "0x"
              + samples.hex(12);
      case REFERENCE ->
          samples.pick(
              "api_key=${OPENAI_API_KEY}",
              "token: cl100k_base_v" + number(9),
              "secret=projects/acme/secrets/db-pass/versions/" + number(99),
              "password: <redacted-by-policy-2>",
              "secret: ********",
              "token_type=Bearer",
              "cache_key=" + samples.hex(32),
              "next_page=" + number(99),
              "token_count=" + number(1_000_000),
              "api_key_id=" + samples.hex(12),
              "password=required",
              "max_tokens: " + number(9999),
              "idempotency_key=" + new UUID(random.nextLong(), random.nextLong()));
      case SENTENCE -> sentence();
      case NUMBERS -> numbers();
    };
  }

  private String isoTime() {
    String time =
        "2026-%02d-%02d%s%02d:%02d:%02d"
            .formatted(
                1 + number(12),
                1 + number(28),
                samples.pick("T", " "),
                number(24),
                number(60),
                number(60));
    return time
        + samples.pick(
            "Z",
            "." + samples.some(DIGITS, 9) + "Z",
            "+02:00",
            "." + samples.some(DIGITS, 3),
            "+0530");
  }

  private String version() {
    String semantic = number(30) + "." + number(99) + "." + number(99);
    return semantic
        + samples.pick(
            "", "-rc." + number(9), "+build." + samples.some(DIGITS, 8), "." + number(999));
  }

  private String model() {
    return samples.pick(
        "gpt-4o-mini-2024-07-18",
        "claude-3-5-sonnet-20241022",
        "us.anthropic.claude-opus-4-20250514-v1:0",
        "meta-llama/Llama-3.3-70B-Instruct-Turbo",
        "ft:gpt-4o-2024-08-06:acme::" + samples.some(ALNUM, 8),
        "mistral-large-2411",
        "gemini-2.5-pro-preview-05-06",
        "sk-learn-" + number(99),
        "deepseek-r1:70b-q4_K_M",
        "accounts/fireworks/models/qwen2p5-72b",
        "text-embedding-3-large",
        "hf_model-v" + number(9),
        "@cf/meta/llama-3-8b-instruct",
        "nomic-embed-text@1.5",
        "Qwen/Qwen2.5-" + number(99) + "B-Instruct");
  }

  private String host() {
    return samples.pick(
        "ip-10-" + number(256) + "-" + number(256) + "-" + number(256) + ".ec2.internal",
        "api.openai.com:443",
        "bedrock-runtime.us-east-1.amazonaws.com",
        "svc-" + number(99) + ".default.svc.cluster.local:8080",
        "node" + number(999) + ".example.net",
        "ssh://git@github.com/acme/repo-" + number(99) + ".git",
        "git@gitlab.com:acme/repo.git",
        "@acme/package@" + number(9) + ".1.0",
        "image@sha256:" + samples.hex(64));
  }

  private String pod() {
    String letters = "bcdfghjklmnpqrstvwxz2456789";
    return samples.pick("web", "vllm-worker", "app-1", "otel-collector")
        + "-"
        + samples.some(letters, 10)
        + "-"
        + samples.some(letters, 5);
  }

  private String arn() {
    String account = samples.some(DIGITS, 12);
    return samples.pick(
        "arn:aws:iam::" + account + ":role/app-role",
        "arn:aws:bedrock:us-east-1:" + account + ":inference-profile/us.amazon.nova-lite-v1:0",
        "projects/" + account + "/locations/us-central1/endpoints/" + samples.some(DIGITS, 10),
        "/subscriptions/"
            + new UUID(random.nextLong(), random.nextLong())
            + "/resourceGroups/rg"
            + number(99));
  }

  private String smallInts() {
    byte[] ints = new byte[4 * (2 + number(12))];
    for (int i = 3; i < ints.length; i += 4) {
      ints[i] = (byte) number(100);
    }
    return Base64.getEncoder().encodeToString(ints);
  }

  private String path() {
    return samples.pick(
        "/usr/lib/python3." + number(14) + "/site-packages/foo/bar_" + number(99) + ".py",
        "C:/app/build-" + number(9999) + "/x64/tool.exe",
        "/var/lib/docker/overlay2/" + samples.hex(64) + "/merged",
        "s3://bucket-"
            + number(99)
            + "/year=2026/month=03/part-"
            + samples.some(DIGITS, 5)
            + ".parquet",
        "src/main/java/App.java:" + number(999) + ":" + number(99));
  }

  private String sentence() {
    return samples.pick(
        "The request took "
            + number(9999)
            + " ms and used "
            + number(99_999)
            + " tokens in "
            + number(9)
            + " calls.",
        "Retry " + number(9) + " of 5 after HTTP 429; limit resets at " + isoTime() + ".",
        "Cache hit ratio "
            + number(100)
            + "."
            + number(100)
            + "% over "
            + number(1_000_000)
            + " lookups",
        "Batch "
            + number(99_999_999)
            + " finished: "
            + number(999_999)
            + " ok, "
            + number(99)
            + " failed");
  }

  private String numbers() {
    StringBuilder all = new StringBuilder("[");
    for (int i = 0; i < 3 + number(8); i++) {
      all.append(i > 0 ? ", " : "").append(number(samples.pick(10, 1000, 100_000)));
    }
    return all.append("]").toString();
  }

  private int number(int bound) {
    return random.nextInt(bound);
  }
}
