package dev.tollspan.processors.cost;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tollspan.pipeline.SpanProcessor;
import dev.tollspan.spans.Additions;
import dev.tollspan.spans.Additions.Constant;
import dev.tollspan.spans.Attributes;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.Decoded;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.LlmField;
import dev.tollspan.spans.LlmFields;
import dev.tollspan.spans.SpanBatch;
import dev.tollspan.spans.SpanView;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * {@code estimate_cost}: gives each LLM span its cost, or the reason why it has none.
 *
 * <p>What becomes of a span, the first that fits:
 *
 * <ol>
 *   <li>No attribute that speaks of an LLM call: nothing.
 *   <li>It carries {@code estimated_cost_usd}: an amount from 0 to a million is copied to {@code
 *       reported_cost_usd} with {@code cost.basis=provider_reported}; anything else is {@code
 *       invalid_usage}. What came stays as it is.
 *   <li>Both token counts (embeddings need no output count): the cost by the price of the response
 *       model, else of the request model, else {@code no_model} or {@code unknown_model}. A count
 *       that is no count, or a cost beyond all numbers, is {@code invalid_usage}.
 *   <li>Fewer counts, but a model call by its operation name, or with no count at all a span of
 *       kind CLIENT or SERVER with a model: {@code no_usage}, or {@code failed_without_usage} if
 *       its status is ERROR.
 *   <li>Else it is a part of a call: {@code cost.role=stage}, never a cost.
 * </ol>
 *
 * <p>What a sender writes under our own names ({@code cost.*}, {@code estimated_cost_nanousd}) is
 * not believed: spans are judged anew, and the gate removes it.
 *
 * <p>A cost is exact decimal arithmetic, rounded once, half to even, to nano-dollars: that is
 * {@code estimated_cost_nanousd}, and {@code estimated_cost_usd} is the double nearest to it.
 * Cached tokens are part of the input (OpenTelemetry's rule); as books have no price of their own
 * for them yet, a cost with cached tokens is marked approximate.
 *
 * <p>Safe for many threads: readers of fields are lent to one call at a time and kept between
 * calls, because making one costs more than reading a small batch.
 */
public final class EstimateCost implements SpanProcessor {
  private static final int SERVER = 2; // SpanKind and StatusCode of the protocol's trace.proto
  private static final int CLIENT = 3;
  private static final int ERROR = 2;

  private static final byte[][] CALLS =
      words("chat", "text_completion", "completion", "generate_content");
  private static final byte[][] EMBEDDINGS = words("embeddings", "embedding");

  /** Facts that any span may tell, and those that this processor writes. */
  private static final Set<LlmField> NO_EVIDENCE =
      EnumSet.of(
          LlmField.TENANT,
          LlmField.COST_NANO_USD,
          LlmField.REPORTED_COST_USD,
          LlmField.UNPRICED_REASON,
          LlmField.COST_ROLE,
          LlmField.PRICE_ID,
          LlmField.PRICE_VERSION);

  private static final int LLM = 1; // marks of keys
  private static final int COSTED = 2;
  private static final int REPORTED = 4;

  private static final int READERS_KEPT_MAX = 64;

  /** No call costs more; a larger number is something else. */
  private static final double REPORTED_USD_MAX = 1e6;

  private final PriceBook book;
  private final @Nullable Price unknown;
  private final KeyTable keys;
  private final byte[] marks; // by key number
  private final SpanView noSpan;
  private final ArrayBlockingQueue<LlmFields> readers = new ArrayBlockingQueue<>(READERS_KEPT_MAX);

  /**
   * Reads the price books.
   *
   * @param keys the table of all batches to come; it holds LlmField's keys and {@link #keys()}
   * @throws IllegalArgumentException with every problem of every price file, one a line
   */
  public EstimateCost(EstimateCostConfig config, KeyTable keys) {
    book = PriceBook.load(config.prices());
    unknown = config.defaultPrice() ? book.unknown() : null;
    if (config.defaultPrice() && unknown == null) {
      throw new IllegalArgumentException(
          "default_price: none of the price books has a row named " + PriceBook.DEFAULT_MODEL);
    }
    this.keys = keys;
    marks = marks(keys);
    noSpan = noSpan(keys);
  }

  /** The attributes to look out for beside those of LlmField: the ones that are written here. */
  public static Collection<String> keys() {
    return CostAttributes.NAMES;
  }

  @Override
  public SpanBatch process(SpanBatch batch) {
    if (batch.keys() != keys) {
      throw new IllegalArgumentException("the batch was indexed with another key table");
    }
    LlmFields pooled = readers.poll();
    LlmFields fields = pooled != null ? pooled : new LlmFields(keys);
    SpanView span = batch.view();
    Additions additions = batch.startAdditions();
    int count = span.spanCount();
    for (int i = 0; i < count; i++) {
      additions.next();
      judge(span.moveTo(i), fields, additions);
    }
    readers.offer(fields.read(noSpan)); // so that an idle reader holds no request
    return batch.with(additions);
  }

  private void judge(SpanView span, LlmFields fields, Additions additions) {
    int marked = marked(span.attributes());
    if ((marked & LLM) == 0) {
      return;
    }
    fields.read(span);
    if ((marked & COSTED) != 0) {
      passOn(span.attributes(), fields, additions, (marked & REPORTED) == 0);
      return;
    }
    boolean input = fields.has(LlmField.INPUT_TOKENS);
    boolean output = fields.has(LlmField.OUTPUT_TOKENS);
    if (input && (output || says(span, fields, EMBEDDINGS))) {
      price(span, fields, additions, output ? fields.count(LlmField.OUTPUT_TOKENS) : 0);
    } else if (isCall(span, fields, input || output)) {
      additions.add(withoutUsage(span, fields, input, output));
      additions.add(CostAttributes.BILLABLE);
    } else {
      additions.add(CostAttributes.STAGE);
    }
  }

  private void price(SpanView span, LlmFields fields, Additions additions, long output) {
    long input = fields.count(LlmField.INPUT_TOKENS);
    Constant reason = CostAttributes.INVALID_USAGE;
    if (input >= 0 && output >= 0) {
      Price price = find(span, fields);
      long nanos = price == null ? -1 : price.nanos(input, output);
      if (price != null && nanos >= 0) {
        price.write(additions, nanos, !countsCached(fields));
        return;
      }
      if (price == null) {
        reason = hasModel(fields) ? CostAttributes.UNKNOWN_MODEL : CostAttributes.NO_MODEL;
      }
    }
    additions.add(reason);
    additions.add(CostAttributes.BILLABLE);
  }

  private @Nullable Price find(SpanView span, LlmFields fields) {
    Price price = find(span, fields, LlmField.RESPONSE_MODEL);
    if (price == null) {
      price = find(span, fields, LlmField.REQUEST_MODEL);
    }
    return price == null && hasModel(fields) ? unknown : price;
  }

  private @Nullable Price find(SpanView span, LlmFields fields, LlmField model) {
    return book.find(span.bytes(), fields.textOffset(model), fields.textLength(model));
  }

  private static void passOn(
      Attributes attributes, LlmFields fields, Additions additions, boolean copy) {
    int at = fields.position(LlmField.COST_USD);
    double usd = Double.NaN;
    if (at >= 0) {
      boolean whole = attributes.type(at) == Attributes.INT;
      usd = whole ? attributes.longValue(at) : attributes.doubleValue(at);
    }
    if (usd >= 0 && usd <= REPORTED_USD_MAX) {
      if (copy) {
        additions.add(CostAttributes.REPORTED_USD, usd);
      }
      additions.add(CostAttributes.PROVIDER_REPORTED);
    } else {
      additions.add(CostAttributes.INVALID_USAGE);
    }
    additions.add(CostAttributes.BILLABLE);
  }

  private static Constant withoutUsage(
      SpanView span, LlmFields fields, boolean input, boolean output) {
    if ((input && fields.count(LlmField.INPUT_TOKENS) < 0)
        || (output && fields.count(LlmField.OUTPUT_TOKENS) < 0)) {
      return CostAttributes.INVALID_USAGE;
    }
    return span.statusCode() == ERROR
        ? CostAttributes.FAILED_WITHOUT_USAGE
        : CostAttributes.NO_USAGE;
  }

  private static boolean isCall(SpanView span, LlmFields fields, boolean counted) {
    if (says(span, fields, CALLS) || says(span, fields, EMBEDDINGS)) {
      return true;
    }
    boolean remote = span.kind() == CLIENT || span.kind() == SERVER;
    return remote && !counted && hasModel(fields);
  }

  private static boolean hasModel(LlmFields fields) {
    return fields.textLength(LlmField.RESPONSE_MODEL) > 0
        || fields.textLength(LlmField.REQUEST_MODEL) > 0;
  }

  private static boolean countsCached(LlmFields fields) {
    return (fields.has(LlmField.CACHE_READ_TOKENS) && fields.count(LlmField.CACHE_READ_TOKENS) != 0)
        || (fields.has(LlmField.CACHE_WRITE_TOKENS)
            && fields.count(LlmField.CACHE_WRITE_TOKENS) != 0);
  }

  private static boolean says(SpanView span, LlmFields fields, byte[][] operations) {
    int length = fields.textLength(LlmField.OPERATION);
    int from = fields.textOffset(LlmField.OPERATION);
    for (byte[] word : operations) {
      if (length == word.length
          && Arrays.equals(word, 0, length, span.bytes(), from, from + length)) {
        return true;
      }
    }
    return false;
  }

  private int marked(Attributes attributes) {
    int marked = 0;
    int count = attributes.count();
    for (int i = 0; i < count; i++) {
      marked |= marks[attributes.keyId(i)];
    }
    return marked;
  }

  private static byte[] marks(KeyTable keys) {
    byte[] marks = new byte[keys.size() + 1];
    for (LlmField field : LlmField.values()) {
      if (!NO_EVIDENCE.contains(field)) {
        field.keys().forEach(key -> marks[keys.id(key)] = LLM);
      }
    }
    marks[keys.id(CostAttributes.USD_NAME)] = LLM | COSTED;
    marks[keys.id(CostAttributes.REPORTED_USD_NAME)] = REPORTED;
    return marks;
  }

  private static SpanView noSpan(KeyTable keys) {
    return switch (SpanBatch.decode(new BatchPool(0), keys, new byte[0], 0)) {
      case Decoded.Whole whole -> whole.batch().view();
      case Decoded.Malformed _, Decoded.NoRoom _ -> throw new IllegalStateException("no spans");
    };
  }

  private static byte[][] words(String... words) {
    byte[][] encoded = new byte[words.length][];
    for (int i = 0; i < words.length; i++) {
      encoded[i] = words[i].getBytes(UTF_8);
    }
    return encoded;
  }
}
