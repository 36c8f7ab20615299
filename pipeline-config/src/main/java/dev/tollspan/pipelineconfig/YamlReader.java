package dev.tollspan.pipelineconfig;

import dev.tollspan.pipelineconfig.YamlValue.Entries;
import dev.tollspan.pipelineconfig.YamlValue.Entry;
import dev.tollspan.pipelineconfig.YamlValue.Items;
import dev.tollspan.pipelineconfig.YamlValue.Scalar;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads YAML events into plain values with their positions.
 *
 * <p>Builds no objects but maps, lists and text, and does not recurse. At most 1 MiB, 20 aliases,
 * nesting of 32, one document; keys are text and stand once; an alias inside its own anchor is a
 * problem, and so is every tag but those of plain types. For one document and one thread.
 */
final class YamlReader {
  static final int BYTES_MAX = 1 << 20;
  static final String TOO_LARGE = "larger than 1 MiB";
  static final int ALIASES_MAX = 20;
  static final int DEPTH_MAX = 32;

  private static final String PLAIN_TAG = "!|tag:yaml\\.org,2002:(str|int|float|bool|null|seq|map)";

  private final Findings findings;
  private final ArrayDeque<Open> open = new ArrayDeque<>();
  private final Map<Anchor, YamlValue> anchored = new HashMap<>();
  private @Nullable YamlValue root; // set once by the reading thread
  private int aliases; // counted by the reading thread

  private YamlReader(Findings findings) {
    this.findings = findings;
  }

  /** A list or map whose end has not come yet. */
  private static final class Open {
    final Position position;
    final Optional<Anchor> anchor;
    final @Nullable Map<String, Entry> entries; // null for a list
    final List<YamlValue> values = new ArrayList<>();
    @Nullable Scalar key; // of the value that comes next; owned by the reader

    Open(Position position, Optional<Anchor> anchor, boolean map) {
      this.position = position;
      this.anchor = anchor;
      this.entries = map ? new LinkedHashMap<>() : null;
    }
  }

  /**
   * The document's root; null if it is empty or cannot be read, which is then among the findings.
   */
  static @Nullable YamlValue read(String text, Findings findings) {
    if (text.length() > BYTES_MAX) {
      findings.problem(Position.START, "", TOO_LARGE);
      return null;
    }
    YamlReader reader = new YamlReader(findings);
    LoadSettings settings =
        LoadSettings.builder().setCodePointLimit(BYTES_MAX).setParseComments(false).build();
    try {
      for (Event event : new Parse(settings).parseString(text)) {
        if (!reader.take(event)) {
          return null;
        }
      }
    } catch (MarkedYamlEngineException broken) {
      findings.problem(position(broken.getProblemMark()), "", "not YAML: " + broken.getProblem());
      return null;
    } catch (YamlEngineException broken) {
      findings.problem(Position.START, "", "not YAML: it holds characters that YAML forbids");
      return null;
    }
    return reader.root;
  }

  /** Returns false if reading on makes no sense. */
  private boolean take(Event event) {
    Position at = position(event.getStartMark());
    if (event instanceof DocumentStartEvent && root != null) {
      findings.problem(at, "", "a second document; one file is one document");
      return false;
    }
    if (event instanceof CollectionEndEvent) {
      Open done = open.pop();
      YamlValue value =
          done.entries == null
              ? new Items(done.values, done.position)
              : new Entries(done.entries, done.position);
      done.anchor.ifPresent(anchor -> anchored.put(anchor, value));
      add(value);
      return true;
    }
    if (!(event instanceof NodeEvent node)) {
      return true;
    }
    if (node instanceof AliasEvent alias) {
      return takeAlias(alias, at);
    }
    return node instanceof CollectionStartEvent start
        ? takeStart(start, at)
        : takeScalar((ScalarEvent) node, at);
  }

  private boolean takeStart(CollectionStartEvent start, Position at) {
    if (open.size() == DEPTH_MAX) {
      findings.problem(at, "", "nested deeper than " + DEPTH_MAX);
      return false;
    }
    checkTag(start.getTag(), at);
    Open parent = open.peek();
    if (parent != null && parent.entries != null && parent.key == null) {
      findings.problem(at, "", "a key must be text, not a list or map");
      return false;
    }
    open.push(new Open(at, start.getAnchor(), start instanceof MappingStartEvent));
    return true;
  }

  private boolean takeScalar(ScalarEvent scalar, Position at) {
    checkTag(scalar.getTag(), at);
    Scalar value = new Scalar(scalar.getValue(), scalar.isPlain(), at);
    scalar.getAnchor().ifPresent(anchor -> anchored.put(anchor, value));
    add(value);
    return true;
  }

  private boolean takeAlias(AliasEvent alias, Position at) {
    if (++aliases > ALIASES_MAX) {
      findings.problem(at, "", "more than " + ALIASES_MAX + " aliases");
      return false;
    }
    YamlValue value = anchored.get(alias.getAlias());
    if (value == null) {
      findings.problem(at, "", "an alias without an anchor that ends before it");
      return false;
    }
    add(value);
    return true;
  }

  private void add(YamlValue value) {
    Open parent = open.peek();
    if (parent == null) {
      root = value;
    } else if (parent.entries == null) {
      parent.values.add(value);
    } else if (parent.key == null) {
      takeKey(parent, value);
    } else {
      Scalar key = parent.key;
      parent.key = null;
      Entry first = parent.entries.putIfAbsent(key.text(), new Entry(key.position(), value));
      if (first != null) {
        String before = first.position().line() + ":" + first.position().column();
        findings.problem(key.position(), path(key.text()), "stands twice, first at " + before);
      }
    }
  }

  private String path(String key) {
    StringBuilder path = new StringBuilder();
    for (Open outer : (Iterable<Open>) open::descendingIterator) {
      if (outer.key != null) {
        path.append(outer.key.text()).append('.');
      }
    }
    return path.append(key).toString();
  }

  private void takeKey(Open parent, YamlValue value) {
    if (value instanceof Scalar key) {
      parent.key = key;
    } else {
      findings.problem(value.position(), "", "a key must be text, not a list or map");
      parent.key = new Scalar("", false, value.position());
    }
  }

  private void checkTag(Optional<String> tag, Position at) {
    if (tag.isPresent() && !tag.get().matches(PLAIN_TAG)) {
      findings.problem(at, "", "tags are not allowed; values are text, numbers, lists and maps");
    }
  }

  private static Position position(Optional<Mark> mark) {
    return mark.map(m -> new Position(m.getLine() + 1, m.getColumn() + 1)).orElse(Position.START);
  }
}
