#!/usr/bin/env bash
# Makes the virtual environment of tests/requirements.txt in .venv when it is missing or stale, and prints its Python.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ ! -x .venv/bin/python ] || [ ! .venv/installed -nt tests/requirements.txt ]; then
  echo "Making .venv from tests/requirements.txt …"
  python3 -m venv --clear .venv
  .venv/bin/pip install --quiet --no-deps -r tests/requirements.txt
  touch .venv/installed
fi
echo "$PWD/.venv/bin/python"
