package dev.tollspan.benchmarks;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How a benchmark of servers in turns is asked for.
 *
 * @param millis of each window
 * @param folder for journals
 * @param server how to start one
 */
record Windows(int rounds, long millis, long warmUpMillis, Path folder, List<String> server) {
  static final int DISTINCT = 32;

  /** Where delays are measured: 5,000 spans a second. */
  static final int PACED_SPANS = 20;

  static final int PACED_REQUESTS = 250;

  /** Of these arguments: rounds, seconds of each window and of warm-up, folder, command. */
  static Windows of(String[] args) {
    return new Windows(
        Integer.parseInt(args[0]),
        Long.parseLong(args[1]) * 1000,
        Long.parseLong(args[2]) * 1000,
        Path.of(args[3]),
        List.of(args).subList(4, args.length));
  }

  /** Says on what disk it is measured. */
  void sayDisk() throws IOException {
    FileStore disk = Files.getFileStore(folder);
    System.out.printf("disk: %s, %s%n", disk, disk.type());
  }

  String folder(String name) {
    return folder.resolve(name).toString();
  }
}
