#!/usr/bin/env bash
# Stops what `make run` started, and waits until it is gone.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/running.sh
. scripts/running.sh
if ! pid=$(running); then
  echo "Not running."
  exit 0
fi
kill "$pid"
for _ in $(seq 100); do
  running >/dev/null || { echo "Stopped."; rm -f var/run.pid; exit 0; }
  sleep 0.1
done
echo "Process $pid does not end; to end it by force: kill -9 $pid" >&2
exit 1
