#!/usr/bin/env bash
# Drives the whole main job over HTTP: against the server of `make run` when it runs, else against one of its own.
#   demo.sh [--own] [--out FOLDER] [--database URL]
set -euo pipefail
cd "$(dirname "$0")/.."
own=no
out=
database=()
while [ $# -gt 0 ]; do
  case $1 in
    --own) own=yes ;;
    --out) out=$2; shift ;;
    --database) database=(--database "$2"); own=yes; shift ;;
    *) echo "usage: demo.sh [--own] [--out FOLDER] [--database URL]" >&2; exit 2 ;;
  esac
  shift
done
scripts/build.sh
programs=${CARGO_TARGET_DIR:-target}/debug
out=${out:-var/demo/$(date +%Y%m%d-%H%M%S)}
mkdir -p "$out"

# shellcheck source=scripts/running.sh
. scripts/running.sh
server=${LISTEN:-127.0.0.1:8080}
agent=${AGENT_LISTEN:-127.0.0.1:18181}
data=var/practice
if [ $own = yes ] || ! running >/dev/null || ! listening "$server"; then
  server=127.0.0.1:$(free_port)
  agent=127.0.0.1:$(free_port)
  folder=$(mktemp -d)
  data=$folder/data
  pid=
  # shellcheck disable=SC2317
  end() {
    [ -z "$pid" ] || { kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null; } || true
    rm -rf "$folder"
  }
  trap end EXIT
  trap 'exit 130' INT TERM
  echo "Starting a server of its own on $server …"
  "$programs/vanthu" practice --data "$data" --listen "$server" \
    --agent "$programs/vanthu-agent" --agent-listen "$agent" "${database[@]}" >"$out/server.log" 2>&1 &
  pid=$!
  for _ in $(seq 1200); do
    if listening "$server" && listening "$agent"; then break; fi
    if ! kill -0 "$pid" 2>/dev/null; then
      echo "The server ended before it listened:" >&2
      tail -n 20 "$out/server.log" >&2
      exit 1
    fi
    sleep 0.1
  done
  if ! { listening "$server" && listening "$agent"; }; then
    echo "The server or its agent does not listen after two minutes; see $out/server.log" >&2
    exit 1
  fi
fi
"$programs/vanthu" demo --server "http://$server" --agent "http://$agent" \
  --keys "$data/agent/keys" --out "$out"
