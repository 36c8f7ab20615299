# For the scripts beside this one, which source it.

# Ends a process that the script started, and waits for its end; gives back its exit code. Of an empty id nothing.
stop() {
  [ -n "$1" ] || return 0
  kill -TERM "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null
}

# Waits until somebody listens on this port of 127.0.0.1, 20 s at most.
await_port() {
  for _ in $(seq 200); do
    (exec 3<>/dev/tcp/127.0.0.1/"$1") 2>/dev/null && return
    sleep 0.1
  done
  echo "nobody listens on port $1" >&2
  return 1
}
