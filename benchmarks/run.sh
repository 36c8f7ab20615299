#!/usr/bin/env bash
# Our pipeline against the same pipeline on generated classes, in one run and in turns, over real gRPC:
# the servers on one core, load and sink on another. Then gRPC beside HTTP, what durability costs, a destination that is
# a black hole, large prompts, and JMH for a span's way in the process.
#
#   benchmarks/run.sh              all of it
#   benchmarks/run.sh end-to-end   the first only     ROUNDS=5 SECONDS_EACH=8 WARMUP=40 to change
#   benchmarks/run.sh transports   gRPC, HTTP and HTTP with JSON in turns           (the same three)
#   benchmarks/run.sh durability   acknowledgement and CPU with fsync, interval, memory  (the same three; DISK for where)
#   benchmarks/run.sh blackhole    three exporters, one of which is never answered  (the same four)
#   benchmarks/run.sh memory       10,000 spans with 100 KB prompts, and how far resident memory moves
#   benchmarks/run.sh restart      from the start of the process to being ready with MIB=1024 in the journal; as root,
#                                  with cold caches too
#   benchmarks/run.sh jmh [ARG...] a span's way in the process only    arguments go to JMH
#   benchmarks/run.sh json [ARG...] what reading OTLP/JSON costs; not part of all of it
#   benchmarks/run.sh parquet      rows per CPU-second and bytes allocated a row, beside AvroParquetWriter   ROUNDS; not
#                                  part of all of it
#
# Exit code 0: all gates passed. Needs a JDK 25 and Maven; taskset (util-linux) to pin, else it says so.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
what=${1:-all}
[ $# -gt 0 ] && shift
java=$("$root/tollspan" --which-java)
classes=$root/benchmarks/target/classes
echo "building ..." >&2
# Installed nowhere: the benchmarks see the other rooms as the reactor built them.
(cd "$root" && mvn -B -q -DskipTests -Dspotless.check.skip -Pbenchmarks -pl benchmarks -am package)
path=$classes:$(cat "$root/benchmarks/target/class-path")
flags=(-XX:+UseSerialGC -Xms256m -Xmx256m --enable-native-access=ALL-UNNAMED
  --sun-misc-unsafe-memory-access=allow -Dio.grpc.netty.shaded.io.netty.leakDetection.level=disabled
  -Dio.grpc.netty.shaded.io.netty.allocator.maxOrder=10)
pin() { if command -v taskset >/dev/null; then echo "taskset -c $1"; fi; }
[ -n "$(pin 0)" ] || echo "taskset is missing: nothing is pinned, read the figures with care" >&2

over_sockets() { # class, arguments before the command of a server
  $(pin 1) "$java" -Xmx1g --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -cp "$path" "dev.tollspan.benchmarks.$1" "${ROUNDS:-5}" "${SECONDS_EACH:-8}" "${WARMUP:-40}" \
    "${@:2}" $(pin 0) "$java" "${flags[@]}" -cp "$path" dev.tollspan.benchmarks.ServerMain
}
on_disk() { # class: its journals stand on a disk, by default that of this checkout
  local disk
  disk=$(mktemp -d "${DISK:-$root/benchmarks/target}/journals.XXXXXX")
  local result=0
  over_sockets "$1" "$disk" || result=1
  rm -rf "$disk"
  return $result
}
jmh() { # class, file, arguments
  "$java" --sun-misc-unsafe-memory-access=allow -cp "$path" org.openjdk.jmh.Main -prof gc -rf text \
    -rff "$root/benchmarks/target/$2" "${@:3}" "$1"
}

status=0
if [ "$what" = all ] || [ "$what" = end-to-end ]; then
  over_sockets EndToEnd || status=1
fi
if [ "$what" = all ] || [ "$what" = transports ]; then
  over_sockets Transports || status=1
fi
if [ "$what" = all ] || [ "$what" = durability ]; then
  on_disk Durability || status=1
fi
if [ "$what" = all ] || [ "$what" = blackhole ]; then
  on_disk Blackhole || status=1
fi
if [ "$what" = all ] || [ "$what" = memory ]; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  "$java" -Xmx1g --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -cp "$path" dev.tollspan.benchmarks.LargePrompts "$folder" "$root/tollspan" || status=1
fi
if [ "$what" = all ] || [ "$what" = restart ]; then
  filled=$(mktemp -d)
  trap 'rm -rf "${folder:-}" "$filled"' EXIT
  "$java" -Xmx1g --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -cp "$path" dev.tollspan.benchmarks.crash.Restart "${MIB:-1024}" "$filled" "$root/tollspan" || status=1
fi
if [ "$what" = all ] || [ "$what" = jmh ]; then
  jmh SpanPath jmh.txt "$@"
  awk '$1 ~ /index[A-Za-z]*$/ && $2 == 0 { ns[$1] = $5 }
       $1 ~ /index[A-Za-z]*:.*norm$/ && $2 == 0 { split($1, name, ":"); b[name[1]] = $5 }
       function gate(step, room, limit) {
         if (!(("SpanPath." step) in ns) || !("SpanPath.index" in ns)) return
         added = ns["SpanPath." step] - ns["SpanPath.index"]
         bytes = b["SpanPath." step] - b["SpanPath.index"]
         fast = added <= limit; lean = bytes < 1
         printf "gate: %s adds %.0f ns a span (<= %d): %s\n", room, added, limit, fast ? "pass" : "FAIL"
         printf "gate: %s adds %.1f bytes a span (< 1): %s\n", room, bytes, lean ? "pass" : "FAIL"
         failed = failed || !fast || !lean
       }
       END {
         gate("indexAndCost", "estimate_cost", 150)
         gate("indexAndGate", "drop_content strict", 300)
         gate("indexAndBalancedGate", "drop_content balanced", 15000)
         exit failed
       }' "$root/benchmarks/target/jmh.txt" || status=1
fi
if [ "$what" = json ]; then
  jmh JsonPath json.txt "$@"
fi
if [ "$what" = parquet ]; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  (cd "$root" && mvn -B -q -DskipTests -Dspotless.check.skip -pl exporters/parquet -am \
    test-compile dependency:build-classpath -DincludeScope=test -Dmdep.outputFile="$folder/class-path")
  classes=$root/exporters/parquet/target
  $(pin 1) "$java" "${flags[@]}" -Xmx1g -cp "$classes/test-classes:$classes/classes:$(cat "$folder/class-path")" \
    dev.tollspan.exporters.parquet.RowsPerCpuSecond "$folder/lake" "${ROUNDS:-5}"
fi
exit $status
