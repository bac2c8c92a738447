#!/usr/bin/env bash
# Builds the front end and the two programs, each only when a source is newer than the last build.
# Without anything to do it calls no compiler, so that a second `make run` starts at once.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
web=crates/vanthu-web

# Whether something in the given places is newer than a stamp. Folders count: a deleted file changes its folder.
newer() {
  local stamp=$1
  shift
  [ -e "$stamp" ] || return 0
  [ -n "$(find "$@" \( -name node_modules -o -name dist \) -prune -o -newer "$stamp" -print -quit)" ]
}
# A stamp carries the time at which the build began: what is changed meanwhile is built next time.
begin() { mkdir -p "$target/stamps" && : >"$target/stamps/$1.begun"; }
done_with() { mv "$target/stamps/$1.begun" "$target/stamps/$1"; }

rust_sources=(Cargo.toml Cargo.lock .cargo crates)
if [ -x "$target/debug/vanthu" ] && [ -x "$target/debug/vanthu-agent" ] && [ -d "$web/static/dist" ] &&
  ! newer "$target/stamps/programs" "${rust_sources[@]}"; then
  exit 0
fi

scripts/install-missing.sh build
scripts/check-tools.sh

frontend=("$web/package.json" "$web/package-lock.json" "$web/tsconfig.json" "$web/assets")
if [ ! -d "$web/static/dist" ] || newer "$target/stamps/frontend" "${frontend[@]}"; then
  begin frontend
  echo "Building the front end …"
  if [ ! "$web/node_modules/.package-lock.json" -nt "$web/package-lock.json" ]; then
    npm ci --prefix "$web" --no-audit --no-fund
  fi
  npm run build --prefix "$web"
  done_with frontend
fi

begin programs
echo "Building the server and the signing agent (the first time takes some minutes) …"
cargo build -p vanthu -p vanthu-agent
done_with programs
