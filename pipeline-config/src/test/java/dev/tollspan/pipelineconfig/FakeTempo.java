package dev.tollspan.pipelineconfig;

import dev.tollspan.receiver.RawClient;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A destination in a process of its own, so that it can be killed like one. */
final class FakeTempo implements AutoCloseable {
  private final Process process;
  private final int port;

  /** Starts it on this port, or on a free one if it is 0. */
  FakeTempo(int port) throws IOException {
    process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--sun-misc-unsafe-memory-access=allow",
                    "-Xmx64m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    FakeTempo.class.getName(),
                    Integer.toString(port)))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    BufferedReader said =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    this.port = Integer.parseInt(said.readLine());
  }

  int port() {
    return port;
  }

  /** As {@code kill -9}: no connection is closed in an orderly way. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    ServerServiceDefinition service =
        ServerServiceDefinition.builder("opentelemetry.proto.collector.trace.v1.TraceService")
            .addMethod(
                RawClient.EXPORT,
                ServerCalls.asyncUnaryCall(
                    (request, answer) -> {
                      answer.onNext(new byte[0]);
                      answer.onCompleted();
                    }))
            .build();
    io.grpc.Server server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])))
            .addService(service)
            .build()
            .start();
    System.out.println(server.getPort());
    server.awaitTermination();
  }
}
