#!/usr/bin/env bash
# The proof that an acknowledgement is kept: an oracle feeds a Tollspan over gRPC and HTTP, lets it end in every way
# that it can think of, starts it again, and at last compares whole files and a destination with what was acknowledged.
#
#   interop/crash.sh CYCLES [--mode MODE,...] [--seed N] [--keep]
#
#   kill       SIGKILL at a random moment, during the start too
#   term       SIGTERM under load; now and then SIGKILL while it drains
#   stop       SIGSTOP for a while, then SIGCONT or SIGKILL
#   corrupt    bytes of the journal change between two lives
#   enospc     the disk is full for a while             needs root, for a tmpfs of 2 GiB
#   powerloss  what was not synced is gone              needs root and loop devices, for an ext4 in a file
#   eio        syncs fail with EIO for a while          needs strace that may attach, as root may
#   fsize      files may not grow for a while           needs prlimit
#   readonly   nothing can be opened for writing        needs root, for a mount
#   all        all of these
#
# Default: kill,term. Kill, term and stop take turns; each other mode gets CYCLES of its own. What cannot be had here is
# skipped, loudly. Prints the seed; with the same one the plan of deaths is the same, their moment nearly.
# Exit code 0: nothing was lost, doubled, altered or invented. Needs a JDK 25 and Maven. All traffic stays on 127.0.0.1.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
usage() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
cycles=${1:-}
[[ $cycles =~ ^[0-9]+$ ]] || usage
shift
modes=kill,term
seed=$(date +%s)
keep=
while [ $# -gt 0 ]; do
  case $1 in
    --mode) modes=${2:?}; shift 2 ;;
    --seed) seed=${2:?}; shift 2 ;;
    --keep) keep=yes; shift ;;
    *) usage ;;
  esac
done
[ "$modes" != all ] || modes=kill,term,stop,corrupt,enospc,powerloss,eio,fsize,readonly

java=$("$root/tollspan" --which-java)
echo "building ..." >&2
# Installed nowhere: the oracle sees the other rooms as the reactor built them.
(cd "$root" && JAVA_HOME=$(dirname "$(dirname "$java")") \
  MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED ${MAVEN_OPTS:-}" \
  mvn -B -q -DskipTests -Dspotless.check.skip -Pbenchmarks -pl benchmarks -am package)
path=$root/benchmarks/target/classes:$(cat "$root/benchmarks/target/class-path")
"$root/tollspan" version >&2 # builds it, if that is needed

# Lives are short: nothing is won by compiling well.
export TOLLSPAN_JAVA_OPTS=${TOLLSPAN_JAVA_OPTS:--XX:TieredStopAtLevel=1}

work=$(mktemp -d)
oracle=
status=0
unmount() { if grep -q " $work/data " /proc/mounts 2>/dev/null; then umount "$work/data"; fi; }
clean() {
  if [ -n "$oracle" ]; then # it ends what it started
    kill -TERM "$oracle" 2>/dev/null || true
    wait "$oracle" 2>/dev/null || true
  fi
  if [ -n "$keep" ]; then
    echo "kept: $work" >&2
  else
    unmount || true
    rm -rf "$work"
  fi
}
trap clean EXIT
trap 'exit 130' INT TERM

may_trace() {
  command -v strace >/dev/null || return
  sleep 30 &
  local code=0
  timeout -s INT 1 strace -qq -o /dev/null -p $! 2>/dev/null || code=$?
  kill $!
  [ $code = 124 ] # it was still there after a second
}
skip() { echo "SKIPPED $1: $2" >&2; }

# MODES, COMMAND...: so many cycles of these modes, with a pipeline that the command starts.
run() {
  local modes=$1
  shift
  "$java" -Xmx1g --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -cp "$path" \
    dev.tollspan.benchmarks.crash.Crash "$cycles" "$seed" "$modes" "$work" "$work/data" "$@" &
  oracle=$!
  if ! wait "$oracle"; then
    status=1
    cp "$work/victim.log" "$root/benchmarks/target/crash-$modes.log" 2>/dev/null || true
    echo "FAILED $modes with seed $seed; the log of the pipeline: benchmarks/target/crash-$modes.log" >&2
    if [ -n "$keep" ]; then exit 1; fi
  fi
  oracle=
  unmount
  rm -rf "${work:?}"/*
}

turns=
for mode in ${modes//,/ }; do
  case $mode in
    kill | term | stop) turns=$turns${turns:+,}$mode ;;
    corrupt | enospc | powerloss | eio | fsize | readonly) ;;
    *) usage ;;
  esac
done
if [ -n "$turns" ]; then
  mkdir -p "$work/data"
  run "$turns" "$root/tollspan"
fi
for mode in ${modes//,/ }; do
  mkdir -p "$work/data"
  case $mode in
    corrupt) run corrupt "$root/tollspan" ;;
    enospc)
      if mount -t tmpfs -o size=2g tollspan-crash "$work/data" 2>/dev/null; then
        run enospc "$root/tollspan"
      else
        skip enospc "a tmpfs cannot be mounted here; it needs root"
      fi
      ;;
    powerloss)
      if truncate -s 640M "$work/disk-0.img" && mkfs.ext4 -q "$work/disk-0.img" 2>/dev/null &&
        mount -o loop "$work/disk-0.img" "$work/data" 2>/dev/null; then
        run powerloss "$root/tollspan"
      else
        skip powerloss "an ext4 in a file cannot be mounted here; it needs root, mkfs.ext4 and loop devices"
      fi
      ;;
    eio)
      if may_trace; then run eio "$root/tollspan"; else skip eio "strace is missing, or must not attach here"; fi
      ;;
    fsize)
      if command -v prlimit >/dev/null; then run fsize "$root/tollspan"; else skip fsize "prlimit is missing"; fi
      ;;
    readonly)
      if mount --bind "$work/data" "$work/data" 2>/dev/null && umount "$work/data"; then
        run readonly "$root/tollspan"
      else
        skip readonly "nothing can be mounted here; it needs root"
      fi
      ;;
  esac
done
exit $status
