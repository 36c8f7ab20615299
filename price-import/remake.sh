#!/usr/bin/env bash
# Remakes the bundled price book and the report on it from the catalogues that two Python packages carry.
#
#   price-import/remake.sh GENAI_PRICES_VERSION LITELLM_VERSION DAY
#
# DAY is the day of reading, YYYY-MM-DD. Needs Maven, a JDK 25, Python 3 with pip, unzip. The packages are
# read, never installed or run. To read catalogues that are there already:
#
#   GENAI_PRICES_JSON=... LITELLM_JSON=... price-import/remake.sh ...
set -euo pipefail
[ $# = 3 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 2; }
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

wheel() { # NAME VERSION: prints the path
  python3 -m pip download --quiet --no-deps --only-binary :all: --dest "$work" "$1==$2" >&2
  ls "$work/${1//-/_}-$2"-*.whl
}
if [ -z "${GENAI_PRICES_JSON:-}" ]; then
  GENAI_PRICES_JSON=$work/genai-prices-$1.json
  "$root/interop/genai_prices_to_json.py" "$(wheel genai-prices "$1")" >"$GENAI_PRICES_JSON"
fi
if [ -z "${LITELLM_JSON:-}" ]; then
  LITELLM_JSON=$work/litellm-$2.json
  unzip -p "$(wheel litellm "$2")" litellm/model_prices_and_context_window_backup.json >"$LITELLM_JSON"
fi

cd "$root"
mvn -B -q -pl price-import -am compile -Dspotless.check.skip
version=$(sed -n 's/.*<jackson.version>\(.*\)<.*/\1/p' pom.xml)
jackson=$(find "${MAVEN_REPOSITORY:-$HOME/.m2/repository}" -name "jackson-core-$version.jar" | head -1)
java=java
for home in "${JAVA_HOME:-}" /usr/lib/jvm/*25*; do
  if [ -x "$home/bin/java" ] && "$home/bin/java" -version 2>&1 | grep -q 'version "25'; then
    java=$home/bin/java
  fi
done
"$java" -cp "price-import/target/classes:$jackson" dev.tollspan.priceimport.RemakeBook "$GENAI_PRICES_JSON" "$1" "$LITELLM_JSON" "$2" "$3" \
  prices/src/main/resources/dev/tollspan/prices/builtin.tsv price-import/REPORT.md
