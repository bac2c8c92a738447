#!/usr/bin/env bash
# Runs a command with a PostgreSQL of its own: with-postgres.sh COMMAND …
# The cluster lies in a temporary folder, listens on the loopback address under a password of its own, is told to
# the command as VANTHU_TEST_POSTGRES, and is gone afterwards. `--check` only says whether that is possible.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/running.sh
. scripts/running.sh

find_programs() {
  local found
  found=$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1 || true)
  [ -n "$found" ] || found=$(command -v initdb || true)
  [ -n "$found" ] && dirname "$(readlink -f "$found")"
}
programs=$(find_programs) || { echo "PostgreSQL is not installed." >&2; exit 1; }
# The database refuses to run as root: its own user does it then.
if [ "$(id -u)" = 0 ]; then
  id postgres >/dev/null 2>&1 || { echo "Running as root, and there is no user postgres." >&2; exit 1; }
  as=(runuser -u postgres --)
else
  as=()
fi
[ "${1:-}" != --check ] || exit 0

folder=$(mktemp -d)
[ ${#as[@]} = 0 ] || chown postgres "$folder"
# shellcheck disable=SC2317
end() {
  (cd / && "${as[@]}" "$programs/pg_ctl" stop -D "$folder/data" -m immediate -s >/dev/null 2>&1) || true
  rm -rf "$folder"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "$password" >"$folder/password"
chmod 644 "$folder/password"
chmod 755 "$folder"
there() { (cd "$folder" && "${as[@]}" "$@"); }
there "$programs/initdb" -D "$folder/data" -U vanthu --auth=scram-sha-256 --pwfile="$folder/password" \
  --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2; exit 1; }
# Nothing of this cluster outlives the tests, so it need not reach the disk.
cat >>"$folder/data/postgresql.conf" <<CONF
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 400
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
timezone = 'UTC'
CONF
port=
for _ in 1 2 3 4 5; do
  try=$(free_port)
  if there "$programs/pg_ctl" start -D "$folder/data" -w -s -o "-p $try" -l "$folder/data/log" >/dev/null 2>&1; then
    port=$try
    break
  fi
done
[ -n "$port" ] || { echo "PostgreSQL does not start:" >&2; tail -n 20 "$folder/data/log" >&2; exit 1; }
export VANTHU_TEST_POSTGRES="postgres://vanthu:$password@127.0.0.1:$port/postgres"
status=0
"$@" || status=$?
exit $status
