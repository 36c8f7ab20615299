#!/usr/bin/env bash
# Tollspan and the OpenTelemetry Collector (transform + redaction) in one sitting, in turns, with the same load
# generator and sink: the server on core 0, load and sink on core 1, spans per server CPU-second.
#
#   interop/peers.sh [ROUNDS]      default 2
#
#   PEERS      the folder with bench.sh            (default: ../shared/peers beside this checkout)
#   PEERS_OUT  what its build.sh made              (default: PEERS/out)
#   WARMUP SECONDS_MEASURED                        (default: 40 and 15; a JVM on one core needs the warm-up)
#   LOAD       further flags of the load generator, such as "--prompt-bytes 8000"
#
# Needs the peers, built with Go, and taskset. Without them it measures nothing, says so on standard error and ends
# with 77, so that nobody takes it for a success. All traffic stays on 127.0.0.1.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/interop/processes.sh"
peers=${PEERS:-$root/../shared/peers}
out=${PEERS_OUT:-$peers/out}
export PEERS_OUT=$out WARMUP=${WARMUP:-40} SECONDS_MEASURED=${SECONDS_MEASURED:-15}
skip() { echo "SKIPPED, nothing was measured: $1" >&2; exit 77; }
for tool in "$out/bin/loadgen" "$out/bin/sink" "$out/bin/otelcol-peer"; do
  [ -x "$tool" ] || skip "$tool is missing; build it with $peers/build.sh"
done
command -v taskset >/dev/null || skip "taskset is missing"
log=$(mktemp -d)
server= sink=
trap 'stop "$server" || true; stop "$sink" || true; rm -rf "$log"' EXIT
figure() { sed -n "s/^$1=//p" "$log/load" | head -1; }

ours() {
  taskset -c 1 "$out/bin/sink" --quiet --listen 127.0.0.1:14317 --admin 127.0.0.1:14319 >"$log/sink" 2>&1 & sink=$!
  taskset -c 0 "$root/tollspan" run --config "$root/interop/tollspan-forward.yaml" >"$log/server" 2>&1 & server=$!
  await_port 4317
  taskset -c 1 "$out/bin/loadgen" --warmup "$WARMUP" --seconds "$SECONDS_MEASURED" --watch "$server" --sink 127.0.0.1:14319 \
    ${LOAD:-} >"$log/load" 2>&1
  stop "$server" || true; server=
  stop "$sink" || true; sink=
  local acknowledged arrived
  acknowledged=$(figure acknowledged); arrived=$(sed -n 's/^spans=//p' "$log/sink")
  printf 'tollspan: %s spans per server CPU-second delivered, p50 %s ms, p99 %s ms, resident %s MiB, lost %d\n' \
    "$(figure delivered_per_server_cpu_s)" "$(figure p50_ms)" "$(figure p99_ms)" "$(figure server_peak_mib)" \
    $((acknowledged - arrived))
  [ "$acknowledged" = "$arrived" ]
}

collector() {
  RESULTS=$log/results.tsv bash "$peers/bench.sh" otelcol-transform-redaction >/dev/null
  tail -1 "$log/results.tsv" | awk -F'\t' '{printf "collector (transform + redaction): %s spans per server CPU-second delivered, p50 %s ms, p99 %s ms, resident %s MiB, lost %s\n", $8, $9, $10, $12, $15}'
  rm -f "$log/results.tsv"
}

"$root/tollspan" version >/dev/null # builds on first use, before any clock runs
for _ in $(seq "${1:-2}"); do
  collector
  ours
done
