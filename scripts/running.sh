# Shared by run.sh, stop.sh and demo.sh: which server of this clone runs, and who listens where.

# The number of the process that `make run` started, if it still runs.
running() {
  local pid
  pid=$(cat var/run.pid 2>/dev/null) || return 1
  [ "$(readlink "/proc/$pid/exe" 2>/dev/null | sed 's/ (deleted)$//')" = "$(realpath "${CARGO_TARGET_DIR:-target}/debug/vanthu" 2>/dev/null)" ] || return 1
  echo "$pid"
}

# Whether something answers on HOST:PORT.
listening() { (exec 3<>"/dev/tcp/${1%:*}/${1##*:}") 2>/dev/null; }

# A port of the loopback address that nobody listens on.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    listening "127.0.0.1:$port" || { echo "$port"; return; }
  done
}
