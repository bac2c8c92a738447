#!/usr/bin/env bash
# Each fuzz target for a bounded time: SECONDS_EACH (default 30), TARGETS (default all of them). Needs the nightly
# compiler and cargo-fuzz; says so and ends well where they are missing. What is found lies in fuzz/artifacts.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${SECONDS_EACH:-30}
built=${FUZZ_TARGET_DIR:-$PWD/fuzz/target}

missing=()
rustup run nightly cargo --version >/dev/null 2>&1 ||
  missing+=("the nightly compiler (rustup toolchain install nightly --profile minimal)")
command -v xz >/dev/null || missing+=("xz (apt-get install xz-utils)")
cargo fuzz --version >/dev/null 2>&1 || missing+=("cargo-fuzz (cargo install --locked cargo-fuzz)")
if [ ${#missing[@]} -gt 0 ]; then
  printf 'skipped: fuzzing needs %s\n' "${missing[@]}"
  exit 0
fi

fuzz() { rustup run nightly cargo fuzz "$@" --fuzz-dir fuzz --target-dir "$built"; }
targets=${TARGETS:-$(rustup run nightly cargo fuzz list --fuzz-dir fuzz)}
cargo run --quiet -p vanthu-signing --example fuzz_seeds -- fuzz/corpus
cargo run --quiet -p vanthu-remote --example service_seeds -- fuzz/corpus
for kept in fuzz/corpora/*.tar.xz; do tar xJf "$kept" -C fuzz/corpus --skip-old-files; done
fuzz build

failed=()
for target in $targets; do
  printf '\n==> %s, %s s\n' "$target" "$seconds"
  log=$(mktemp)
  if rustup run nightly cargo fuzz run "$target" --fuzz-dir fuzz --target-dir "$built" -- \
    -max_total_time="$seconds" -rss_limit_mb=1024 -timeout=1 -print_final_stats=1 >"$log" 2>&1; then
    grep -E '^(stat::number_of_executed_units|stat::peak_rss_mb)|cov: ' "$log" | tail -n 3
  else
    tail -n 40 "$log"
    failed+=("$target")
  fi
  rm -f "$log"
done
if [ ${#failed[@]} -gt 0 ]; then
  printf '\nFOUND something in: %s\n' "${failed[*]}" >&2
  exit 1
fi
printf '\nNothing found.\n'
