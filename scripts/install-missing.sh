#!/usr/bin/env bash
# Installs what is missing through the system's package manager: install-missing.sh build|test …
# With root or password-less sudo it installs; otherwise it says what is missing and goes on.
set -euo pipefail

# program or file to look for = Debian package that brings it
build=(gcc=gcc make=make headers=libc6-dev)
test=(chromium=chromium pg_ctl=postgresql pdfsig=poppler-utils qpdf=qpdf unzip=unzip softhsm2-util=softhsm2 pkcs11-tool=opensc ensurepip=python3-venv fonts=fonts-liberation)

present() {
  case $1 in
    pg_ctl) command -v pg_ctl >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/pg_ctl' >/dev/null ;;
    headers) [ -e /usr/include/stdio.h ] ;;
    fonts) compgen -G '/usr/share/fonts/*/*' >/dev/null ;;
    ensurepip) python3 -c 'import ensurepip, venv' 2>/dev/null ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

packages=()
for group in "$@"; do
  declare -n wanted=$group
  for pair in "${wanted[@]}"; do
    present "${pair%%=*}" || packages+=("${pair#*=}")
  done
done
[ ${#packages[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
  echo "Missing, and this system has no apt-get: ${packages[*]}. Going on without." >&2
  exit 0
fi
if [ "$(id -u)" = 0 ]; then
  as_root=()
elif sudo -n true 2>/dev/null; then
  as_root=(sudo -n)
else
  echo "Missing, and there is no right to install: ${packages[*]}. Going on without." >&2
  echo "To install by hand: sudo apt-get install ${packages[*]}" >&2
  exit 0
fi
echo "Installing ${packages[*]} …"
export DEBIAN_FRONTEND=noninteractive
# Debian starts a cluster of its own after installing PostgreSQL; the tests use one in a temporary folder instead.
if [[ " ${packages[*]} " == *" postgresql "* ]]; then
  "${as_root[@]}" mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] ||
    echo 'create_main_cluster = false' | "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
if ! { "${as_root[@]}" apt-get update -q && "${as_root[@]}" apt-get install -yq --no-install-recommends "${packages[@]}"; }; then
  echo "Could not install ${packages[*]}. Going on without." >&2
fi
