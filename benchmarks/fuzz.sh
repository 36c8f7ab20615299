#!/usr/bin/env bash
# Looks for inputs that break what a fuzz target promises, one target after the other.
#
#   benchmarks/fuzz.sh MINUTES [TARGET...]   MINUTES for each; a target is the name of its test class
#                                            (default: every class whose name ends in FuzzTest)
#
# What `mvn verify` tests of each target are the inputs that are checked in; here Jazzer makes new ones from them. Those
# that reached new code are kept in target/fuzz/TARGET/corpus, and the next run goes on from there; those that broke
# something stand beside it, and end the run of their target. Copy them, under a name that says what they are, to where
# the others are (src/test/resources/.../TARGETInputs) once they are mended.
#
# Says of each target how often it ran, what it covered and what it found. Exit code 1: something was found, or a target
# did not run. Needs a JDK 25 and Maven; the fuzzer comes from Maven Central.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
case ${1:-} in
  "" | 0* | *[!0-9]*) echo "usage: benchmarks/fuzz.sh MINUTES [TARGET...]" >&2; exit 2 ;;
esac
seconds=$((60 * $1))
shift
java=$("$root/tollspan" --which-java)
out=$root/target/fuzz
mkdir -p "$out"
find_targets() { (cd "$root" && find spans receiver -path '*src/test/java/*FuzzTest.java' | sort); }
if [ $# -eq 0 ]; then
  # Word splitting is wanted: class names have no spaces.
  # shellcheck disable=SC2046
  set -- $(find_targets | sed 's#.*/##; s#[.]java$##')
fi
echo "building ..." >&2
(cd "$root" && mvn -B -q -Dstyle.color=never -DskipTests -Dspotless.check.skip -pl spans,receiver -am package \
  org.apache.maven.plugins:maven-dependency-plugin:build-classpath -Dmdep.outputFile=target/fuzz-path \
  -Dmdep.includeScope=test)

last() { sed -n "s/$1/\1/p" "$2" | tail -1; }
status=0
for target in "$@"; do
  file=$(find_targets | grep "/$target[.]java\$") || { echo "$target: there is no such target" >&2; status=1; continue; }
  room=${file%%/*}
  package=${file#*src/test/java/}
  package=${package%/*}
  place=$out/$target
  mkdir -p "$place/corpus"
  code=0
  began=$SECONDS
  JAZZER_FUZZ=1 "$java" -Xmx1g -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \
    --sun-misc-unsafe-memory-access=allow -XX:+EnableDynamicAgentLoading -Xshare:off \
    -cp "$root/$room/target/test-classes:$root/$room/target/classes:$(cat "$root/$room/target/fuzz-path")" \
    com.code_intelligence.jazzer.Jazzer --target_class="${package//\//.}.$target" \
    --instrumentation_includes='dev.tollspan.**' --reproducer_path="$place" \
    -artifact_prefix="$place/" -max_total_time=$seconds -timeout=20 -rss_limit_mb=3072 -print_final_stats=1 \
    "$place/corpus" >"$place/log" 2>&1 || code=$?
  runs=$(last '^stat::number_of_executed_units: *\([0-9]*\).*' "$place/log")
  edges=$(last '.* cov: \([0-9]*\) .*' "$place/log")
  found=$(find "$place" -maxdepth 1 -type f \( -name 'crash-*' -o -name 'timeout-*' -o -name 'oom-*' \) | wc -l)
  printf '%s: %s runs in %d s, %s edges covered, %d found\n' \
    "$target" "${runs:-0}" $((SECONDS - began)) "${edges:-no}" "$found"
  if [ $code -ne 0 ] || [ -z "$runs" ] || [ "$found" -ne 0 ]; then
    echo "$target ended with $code; see $place" >&2
    status=1
  fi
done
exit $status
