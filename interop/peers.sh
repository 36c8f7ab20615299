#!/usr/bin/env bash
# Tollspan and the OpenTelemetry Collector in one sitting, in turns, with the same load generator and sink: the server
# on core 0, load and sink on core 1, spans per server CPU-second.
#
#   interop/peers.sh [ROUNDS] [COMPARISON...]      default 3 rounds of both
#
#   edits     the Collector with transform + redaction, Tollspan with its journal in memory
#   durable   the Collector with its queue in file_storage, Tollspan with its journal, both with fsync; the gate is six
#             times less CPU, in the median
#
#   PEERS      the folder with bench.sh            (default: ../shared/peers beside this checkout)
#   PEERS_OUT  what its build.sh made              (default: PEERS/out)
#   WARMUP SECONDS_MEASURED                        (default: 40 and 15; a JVM on one core needs the warm-up)
#   DISK_STORE  where queue and journal stand      (default: PEERS_OUT/store; emptied)
#   LOAD       further flags of the load generator, such as "--prompt-bytes 8000"
#
# Needs the peers, built with Go, and taskset. Without them it measures nothing, says so on standard error and ends
# with 77, so that nobody takes it for a success. Exit code 1: something was lost, or a gate failed. All traffic stays
# on 127.0.0.1.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/interop/processes.sh"
peers=${PEERS:-$root/../shared/peers}
out=${PEERS_OUT:-$peers/out}
export PEERS_OUT=$out WARMUP=${WARMUP:-40} SECONDS_MEASURED=${SECONDS_MEASURED:-15}
export DISK_STORE=${DISK_STORE:-$out/store}
rounds=${1:-3}
[ $# -gt 0 ] && shift
comparisons=${*:-edits durable}
skip() { echo "SKIPPED, nothing was measured: $1" >&2; exit 77; }
for tool in "$out/bin/loadgen" "$out/bin/sink" "$out/bin/otelcol-peer"; do
  [ -x "$tool" ] || skip "$tool is missing; build it with $peers/build.sh"
done
command -v taskset >/dev/null || skip "taskset is missing"
log=$(mktemp -d)
server= sink=
trap 'stop "$server" || true; stop "$sink" || true; rm -rf "$log"' EXIT
figure() { sed -n "s/^$1=//p" "$log/load" | head -1; }

ours() { # durability: leaves the figure in $delivered
  rm -rf "$DISK_STORE"
  taskset -c 1 "$out/bin/sink" --quiet --listen 127.0.0.1:14317 --admin 127.0.0.1:14319 >"$log/sink" 2>&1 & sink=$!
  DURABILITY=$1 JOURNAL=$DISK_STORE \
    taskset -c 0 "$root/tollspan" run --config "$root/interop/tollspan-forward.yaml" >"$log/server" 2>&1 & server=$!
  await_port 4317 || { tail -3 "$log/server" >&2; return 1; }
  taskset -c 1 "$out/bin/loadgen" --warmup "$WARMUP" --seconds "$SECONDS_MEASURED" --watch "$server" --sink 127.0.0.1:14319 \
    ${LOAD:-} >"$log/load" 2>&1
  stop "$server" || true; server=
  stop "$sink" || true; sink=
  rm -rf "$DISK_STORE"
  local acknowledged arrived
  acknowledged=$(figure acknowledged); arrived=$(sed -n 's/^spans=//p' "$log/sink")
  delivered=$(figure delivered_per_server_cpu_s)
  printf 'tollspan (%s): %s spans per server CPU-second delivered, p50 %s ms, p99 %s ms, resident %s MiB, lost %d\n' \
    "$1" "$delivered" "$(figure p50_ms)" "$(figure p99_ms)" "$(figure server_peak_mib)" $((acknowledged - arrived))
  [ "$acknowledged" = "$arrived" ]
}

collector() { # case of bench.sh: leaves the figure in $delivered
  RESULTS=$log/results.tsv bash "$peers/bench.sh" "$1" >/dev/null
  local line
  line=$(tail -1 "$log/results.tsv")
  rm -f "$log/results.tsv"
  delivered=$(cut -f8 <<<"$line")
  awk -F'\t' '{printf "collector (%s): %s spans per server CPU-second delivered, p50 %s ms, p99 %s ms, resident %s MiB, lost %s\n", $1, $8, $9, $10, $12, $15}' <<<"$line"
}

compare() { # what, case of bench.sh, durability, ratio wanted in the median or nothing
  local ratios=() theirs median
  for _ in $(seq "$rounds"); do
    collector "$2" || return 1
    theirs=$delivered
    ours "$3" || return 1
    ratios+=("$(awk -v a="$delivered" -v b="$theirs" 'BEGIN { printf "%.2f", b + 0 == 0 ? 0 : a / b }')")
    echo "ratio: ${ratios[-1]}"
  done
  median=$(printf '%s\n' "${ratios[@]}" | sort -n | sed -n "$(((rounds + 2) / 2))p")
  if [ -z "${4:-}" ]; then
    echo "$1: $median times the spans per CPU-second"
  elif awk -v a="$median" -v b="$4" 'BEGIN { exit !(a >= b) }'; then
    echo "gate: $1: $median times the spans per CPU-second (>= $4): pass"
  else
    echo "gate: $1: $median times the spans per CPU-second (>= $4): FAIL"
    return 1
  fi
}

"$root/tollspan" version >/dev/null # builds on first use, before any clock runs
status=0
for comparison in $comparisons; do
  case $comparison in
    edits) compare edits otelcol-transform-redaction memory || status=1 ;;
    durable)
      mkdir -p "$DISK_STORE"
      df -hT "$DISK_STORE" | awk 'NR == 2 { print "disk: " $1 ", " $2 ", " $3 }'
      compare durable otelcol-persistent fsync 6 || status=1 ;;
    *) echo "no comparison $comparison" >&2; exit 2 ;;
  esac
done
exit $status
