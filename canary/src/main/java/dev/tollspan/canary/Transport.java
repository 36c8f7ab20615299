package dev.tollspan.canary;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The ways into a pipeline, by the names that OTEL_EXPORTER_OTLP_PROTOCOL has for them. */
public enum Transport {
  GRPC("grpc", "application/grpc"),
  HTTP_PROTOBUF("http/protobuf", "application/x-protobuf"),
  HTTP_JSON("http/json", "application/json");

  private static final Pattern REJECTED = Pattern.compile("\"rejectedSpans\":\"?(\\d+)");

  private final String label;
  private final String contentType;

  Transport(String label, String contentType) {
    this.label = label;
    this.contentType = contentType;
  }

  /** For reading. */
  public String label() {
    return label;
  }

  String contentType() {
    return contentType;
  }

  /** Whether requests are JSON. */
  boolean isJson() {
    return this == HTTP_JSON;
  }

  /** A request as it is sent this way. */
  public byte[] encode(byte[] request) {
    return isJson() ? JsonBody.of(request, ExportTraceServiceRequest.getDescriptor()) : request;
  }

  /** How many spans were rejected by what a request that was taken is told; -1 if it cannot be. */
  long rejectedSpans(byte[] answer) {
    if (isJson()) {
      String text = new String(answer, UTF_8);
      Matcher told = REJECTED.matcher(text);
      return told.find() ? Long.parseLong(told.group(1)) : text.startsWith("{") ? 0 : -1;
    }
    try {
      return ExportTraceServiceResponse.parseFrom(answer).getPartialSuccess().getRejectedSpans();
    } catch (InvalidProtocolBufferException _) {
      return -1;
    }
  }
}
