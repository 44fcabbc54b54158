#!/usr/bin/env bash
# Searches with each target: fuzz/run.sh SECONDS [TARGET...]. Prints executions, coverage and memory of each;
# fails on the first finding. With 0 seconds it only builds them.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:?seconds for each target}
shift
(($# > 0)) || set -- mime pem ber keys key_costs envelope seal export manifest directory parts salvage extract
data=crates/smimezip/tests/data
mkdir -p target

cargo +nightly fuzz build >target/fuzz-build.log 2>&1 || { tail -n 40 target/fuzz-build.log; exit 1; }
((seconds > 0)) || exit 0
for target in "$@"; do
  case $target in
    ber | mime) seeds=("$data/vectors") ;;
    pem) seeds=("$data"/{keys,envelopes/keys}) ;;
    keys) seeds=("$data"/{keyforms,keys}) ;;
    key_costs | seal | export | manifest) seeds=() ;;
    envelope) seeds=("$data"/{envelopes,vectors}) ;;
    *) seeds=("$data/sets/info-zip-streamed") ;;
  esac
  # Where threads end, the leak checker now and then takes one's list of destructors for a leak.
  case $target in
    directory | export | extract | parts | salvage) options=(-max_len=8192 -detect_leaks=0) ;;
    *) options=(-max_len=16384) ;;
  esac
  log=target/fuzz-$target.log
  mkdir -p "target/fuzz-corpus/$target"
  # The limit is for what the library holds, so the sanitizer keeps little of what was freed.
  ASAN_OPTIONS=quarantine_size_mb=64 \
    cargo +nightly fuzz run "$target" "target/fuzz-corpus/$target" "fuzz/corpus/$target" "${seeds[@]}" -- \
    -dict=fuzz/dictionaries/export.dict "${options[@]}" -max_total_time="$seconds" -timeout=20 \
    -rss_limit_mb=768 -print_final_stats=1 >"$log" 2>&1 || { tail -n 60 "$log"; exit 1; }
  covered=$(grep -o 'cov: [0-9]*' "$log" | tail -n 1)
  echo "$target: $(grep -o 'executed_units: .*' "$log"), $covered, $(grep -o 'peak_rss_mb: .*' "$log")"
done
