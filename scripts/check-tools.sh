#!/usr/bin/env bash
# Says clearly which compiler and which Node are needed, when they are missing or too old.
set -euo pipefail
cd "$(dirname "$0")/.."

at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }
wrong=0
need() { # program, version found, version needed, where from
  if [ -z "$2" ]; then
    echo "$1 is missing; version $3 or newer is needed. $4" >&2
    wrong=1
  elif ! at_least "$2" "$3"; then
    echo "$1 is version $2; $3 or newer is needed. $4" >&2
    wrong=1
  fi
}

rust=$(rustc --version 2>/dev/null | cut -d' ' -f2 || true)
node=$(node --version 2>/dev/null | tr -d v || true)
need rustc "$rust" "$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)" "See https://rustup.rs"
need node "$node" 20 "See https://nodejs.org (Node 20 or newer, with npm)"
command -v cargo >/dev/null || { echo "cargo is missing; it comes with Rust. See https://rustup.rs" >&2; wrong=1; }
command -v npm >/dev/null || { echo "npm is missing; it comes with Node. See https://nodejs.org" >&2; wrong=1; }
exit $wrong
