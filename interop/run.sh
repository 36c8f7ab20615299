#!/usr/bin/env bash
# Tollspan between peers that others made: each sends a known number of spans to a Tollspan (strict, to NDJSON), which
# forwards them to the Collector over gRPC and HTTP. Ids, token counts and costs that were sent must be those that
# arrived, each once, and no prompt; a table says so.
#
#   interop/run.sh
#
#   INTEROP_OUT  where the peers are kept between runs, and logs (default: target/interop)
#   TRACES       how many traces each sends                      (default: 500)
#
# Needs a JDK 25 and Maven for Tollspan, and Python 3.9 to compare. Each peer needs its own tools, and for the first run
# its registry:
#
#   Collector, telemetrygen   Go 1.26
#   SDK for Python            Python with venv and pip
#   SDK for Node              Node 20 and npm
#
# A peer that cannot be had is skipped, loudly. Exit code 0: what ran passed, or nothing ran; 1: something differs or
# failed. All traffic of the comparison stays on 127.0.0.1.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/interop/processes.sh"
collector=0.161.0
providers=1.67.0
out=${INTEROP_OUT:-$root/target/interop}
traces=${TRACES:-500}
mkdir -p "$out"
out=$(cd "$out" && pwd)
skipped=0
skip() { skipped=$((skipped + 1)); echo "SKIPPED $1: $2" >&2; }

# NAME, FILE, COMMAND...: makes $out/NAME once for each version of FILE, which names the versions, with its output in a
# log; false, and said, if it cannot be had.
get() {
  local name=$1 pins=$root/interop/$2
  shift 2
  [ ! "$out/$name/.complete" -nt "$pins" ] || return 0
  echo "getting $name ..." >&2
  rm -rf "${out:?}/$name"
  mkdir -p "$out/$name"
  if (cd "$out/$name" && "$@") >"$out/$name.log" 2>&1; then
    touch "$out/$name/.complete"
  else
    tail -3 "$out/$name.log" >&2
    skip "$name" "it cannot be had, see $out/$name.log"
    return 1
  fi
}
go_peers() {
  export GOBIN=$PWD GOTOOLCHAIN=local
  go install "go.opentelemetry.io/collector/cmd/builder@v$collector" &&
    sed -e "s#@CORE@#$collector#; s#@CONFMAP@#$providers#; s#@DIST@#$PWD/src#" \
      "$root/interop/otelcol-builder.yaml" >builder.yaml &&
    ./builder --config builder.yaml && mv src/otelcol . &&
    go install "github.com/open-telemetry/opentelemetry-collector-contrib/cmd/telemetrygen@v$collector"
}
python_sdk() {
  python3 -m venv . && bin/pip install --disable-pip-version-check -r "$root/interop/requirements.txt"
}
node_sdk() {
  cp "$root/interop/package.json" . && npm install --no-audit --no-fund --ignore-scripts
}
has() { command -v "$2" >/dev/null || { skip "$1" "$2 is missing"; return 1; }; }

has everything python3 || exit 0
go=go-$collector
has_go= has_python= has_node=
if has "Collector and telemetrygen" go && get "$go" run.sh go_peers; then has_go=yes; fi
if get python requirements.txt python_sdk; then has_python=yes; fi
if has "SDK for Node" node && has "SDK for Node" npm && get node package.json node_sdk; then has_node=yes; fi
if [ -z "$has_go$has_python$has_node" ]; then
  echo "SKIPPED everything: nothing was compared" >&2
  exit 0
fi
"$root/tollspan" version # builds on first use

WORK=$(mktemp -d "$out/run.XXXXXX")
PRICES=$root/interop/prices.tsv
read -r GRPC_IN HTTP_IN GRPC_SINK HTTP_SINK TO_GRPC TO_PROTO TO_JSON < <(python3 -c '
import socket
free = [socket.create_server(("127.0.0.1", 0)) for _ in range(7)]
print(*(each.getsockname()[1] for each in free))')
export WORK PRICES GRPC_IN HTTP_IN GRPC_SINK HTTP_SINK TO_GRPC TO_PROTO TO_JSON
server= sink= sender=
trap 'stop "$sender" || true; stop "$server" || true; stop "$sink" || true' EXIT

config=$root/interop/tollspan.yaml
if [ -n "$has_go" ]; then
  "$out/$go/otelcol" --config "$root/interop/otelcol-sink.yaml" >"$WORK/sink.log" 2>&1 & sink=$!
  for port in "$GRPC_SINK" "$HTTP_SINK"; do await_port "$port"; done
else
  sed '/collector/d' "$config" >"$WORK/tollspan.yaml"
  config=$WORK/tollspan.yaml
fi
"$root/tollspan" run --config "$config" >"$WORK/tollspan.log" 2>&1 & server=$!
await_port "$GRPC_IN"
await_port "$HTTP_IN"

senders=()
status=0
# SERVICE, FILE, COMMAND...: one sender, what it printed in FILE.
send() {
  local file=$WORK/$2
  senders+=("$1")
  export OTEL_SERVICE_NAME=$1
  shift 2
  "$@" >"$file" 2>"$WORK/$OTEL_SERVICE_NAME.log" || { echo "FAIL: $OTEL_SERVICE_NAME, see $WORK" >&2; status=1; }
}
# SERVICE, PORT, FLAG...: spans of one trace each five, all of them calls.
telemetrygen() {
  local service=$1 port=$2
  shift 2
  send "$service" "$service.out" "$out/$go/telemetrygen" traces --otlp-endpoint "127.0.0.1:$port" --otlp-insecure \
    --service "$service" --traces "$traces" --child-spans 4 --rate 2000 "$@" \
    --telemetry-attributes 'gen_ai.operation.name="chat"' --telemetry-attributes 'gen_ai.provider.name="openai"' \
    --telemetry-attributes 'gen_ai.request.model="interop-model"' \
    --telemetry-attributes 'gen_ai.usage.input_tokens=321' --telemetry-attributes 'gen_ai.usage.output_tokens=45' \
    --telemetry-attributes 'gen_ai.prompt="interop-mark: my name is Ann Example"'
}
if [ -n "$has_go" ]; then
  "$out/$go/otelcol" --config "$root/interop/otelcol-sender.yaml" >"$WORK/sender.log" 2>&1 & sender=$!
  for port in "$TO_GRPC" "$TO_PROTO" "$TO_JSON"; do await_port "$port"; done
  for each in "telemetrygen-grpc $GRPC_IN" "telemetrygen-http $HTTP_IN --otlp-http"; do
    # shellcheck disable=SC2086
    telemetrygen $each
    echo $((5 * traces)) >"$WORK/${each%% *}.count" # its ids are told nowhere
  done
  telemetrygen collector-grpc "$TO_GRPC"
  telemetrygen collector-proto "$TO_PROTO"
  telemetrygen collector-json "$TO_JSON"
fi
if [ -n "$has_python" ]; then
  # Both to the port of gRPC, as the README has it.
  export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:$GRPC_IN OTEL_EXPORTER_OTLP_COMPRESSION=gzip
  send python-grpc python-grpc.tsv "$out/python/bin/python" "$root/interop/send.py" grpc "$traces"
  send python-proto python-proto.tsv "$out/python/bin/python" "$root/interop/send.py" http/protobuf "$traces"
fi
if [ -n "$has_node" ]; then
  cp "$root/interop/send.mjs" "$out/node"
  # All three to the port of HTTP.
  export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:$HTTP_IN OTEL_EXPORTER_OTLP_COMPRESSION=none
  send node-grpc node-grpc.tsv node "$out/node/send.mjs" grpc "$traces"
  send node-json node-json.tsv node "$out/node/send.mjs" http/json "$traces"
  OTEL_EXPORTER_OTLP_COMPRESSION=gzip
  send node-proto node-proto.tsv node "$out/node/send.mjs" http/protobuf "$traces"
fi

# In the order of the flow, so that each hands on all it has.
stop "$sender" || { echo "FAIL: the Collector in front, see $WORK" >&2; status=1; }
sender=
code=0
stop "$server" || code=$?
server=
[ $code = 0 ] || { echo "FAIL: Tollspan ended with $code, see $WORK" >&2; status=1; }
stop "$sink" || { echo "FAIL: the Collector behind, see $WORK" >&2; status=1; }
sink=
python3 "$root/interop/compare.py" "$WORK" "${senders[@]}" || status=1
if [ $status = 0 ]; then
  echo "passed: ${#senders[@]} senders; skipped: $skipped"
  rm -rf "$WORK"
else
  echo "FAILED; all that was sent, that arrived and that was said lies in $WORK" >&2
fi
exit $status
