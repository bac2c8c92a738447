#!/usr/bin/env bash
# Serves the practice installation in var/practice, making it when there is none. Ctrl-C or `make stop` ends it.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/build.sh
programs=${CARGO_TARGET_DIR:-target}/debug
address=${LISTEN:-127.0.0.1:8080}
agent=${AGENT_LISTEN:-127.0.0.1:18181}

# shellcheck source=scripts/running.sh
. scripts/running.sh
if pid=$(running); then
  echo "Already running at http://$address (process $pid). Stop it with: make stop"
  exit 0
fi
for place in "$address" "$agent"; do
  if listening "$place"; then
    echo "Another program already listens on $place. Stop it, or choose other places:" >&2
    echo "  make run LISTEN=127.0.0.1:8090 AGENT_LISTEN=127.0.0.1:18191" >&2
    exit 1
  fi
done
mkdir -p var/practice
echo $$ >var/run.pid
# DEVICES=folder: the agent's keys are on the devices that scripts/practice-devices.sh put there.
devices=()
if [ -n "${DEVICES:-}" ]; then
  SOFTHSM2_CONF=$(cd "$DEVICES" && pwd)/softhsm2.conf
  export SOFTHSM2_CONF
  devices=(--agent-pkcs11 "${SOFTHSM_MODULE:-/usr/lib/softhsm/libsofthsm2.so}")
fi
# From here on this process is the server, under the same number.
exec "$programs/vanthu" practice --data var/practice --listen "$address" \
  --agent "$programs/vanthu-agent" --agent-listen "$agent" "${devices[@]}"
