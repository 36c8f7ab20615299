package dev.tollspan.exporters.otlp;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.tollspan.spans.CleanBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A batch cut between its spans: any neighbours of them as a message of their own, with the
 * resources and scopes that they belong to. The bytes stay where they are; only the lengths in
 * front of groups are new.
 */
final class SplitBatch {
  private static final int GROUP_OWN = 1; // ResourceSpans.resource, ScopeSpans.scope
  private static final int GROUP_MEMBERS = 2; // ResourceSpans.scope_spans, ScopeSpans.spans

  /** A message with its members apart from its other fields; a span has no members. */
  private record Group(List<Slice> own, List<Slice> behind, List<Group> members, int spans) {}

  private final List<Group> resources = new ArrayList<>();

  SplitBatch(CleanBatch batch) {
    try {
      CodedInputStream in =
          CodedInputStream.newInstance(batch.bytes(), batch.offset(), batch.byteSize());
      while (!in.isAtEnd()) {
        in.readTag();
        int length = in.readRawVarint32();
        int start = batch.offset() + in.getTotalBytesRead();
        resources.add(group(batch.bytes(), start, length, 2));
        in.skipRawBytes(length);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a clean batch is not canonical", e);
    }
  }

  /** The message that holds the spans with these numbers, from 0 on in the order of the wire. */
  List<Slice> part(int from, int to) {
    List<Slice> message = new ArrayList<>();
    append(message, resources, 1, from, to);
    return message;
  }

  private static Group group(byte[] bytes, int start, int length, int depth) throws IOException {
    List<Slice> own = new ArrayList<>();
    List<Slice> behind = new ArrayList<>();
    List<Group> members = new ArrayList<>();
    if (depth == 0) {
      own.add(new Slice(bytes, start, length));
      return new Group(own, behind, members, 1);
    }
    int spans = 0;
    CodedInputStream in = CodedInputStream.newInstance(bytes, start, length);
    while (!in.isAtEnd()) {
      int fieldStart = start + in.getTotalBytesRead();
      int tag = in.readTag();
      if (WireFormat.getTagFieldNumber(tag) == GROUP_MEMBERS) {
        int inner = in.readRawVarint32();
        Group member = group(bytes, start + in.getTotalBytesRead(), inner, depth - 1);
        members.add(member);
        spans += member.spans();
        in.skipRawBytes(inner);
      } else {
        in.skipField(tag);
        int fieldLength = start + in.getTotalBytesRead() - fieldStart;
        boolean isOwn = WireFormat.getTagFieldNumber(tag) == GROUP_OWN;
        (isOwn ? own : behind).add(new Slice(bytes, fieldStart, fieldLength));
      }
    }
    return new Group(own, behind, members, spans);
  }

  /** Appends what these groups hold of the spans asked for, each group behind its new length. */
  private static void append(List<Slice> to, List<Group> groups, int field, int from, int end) {
    int before = 0;
    for (Group group : groups) {
      int first = Math.max(from - before, 0);
      int last = Math.min(end - before, group.spans());
      if (first < last) {
        List<Slice> content = new ArrayList<>(group.own());
        append(content, group.members(), GROUP_MEMBERS, first, last);
        content.addAll(group.behind());
        to.add(head(field, bytes(content)));
        to.addAll(content);
      }
      before += group.spans();
    }
  }

  private static Slice head(int field, int length) {
    byte[] head = new byte[1 + CodedOutputStream.computeUInt32SizeNoTag(length)];
    CodedOutputStream out = CodedOutputStream.newInstance(head);
    try {
      out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
      out.writeUInt32NoTag(length);
    } catch (IOException e) {
      throw new UncheckedIOException("an array has room for what was counted", e);
    }
    return new Slice(head, 0, head.length);
  }

  static int bytes(List<Slice> message) {
    int bytes = 0;
    for (Slice slice : message) {
      bytes += slice.length();
    }
    return bytes;
  }
}
