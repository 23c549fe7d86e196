# What every script of ops/ shares: steps with a kept log, processes by pid file, free ports.
# shellcheck shell=bash

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=ops/settings.sh
source "$root/ops/settings.sh"
# shellcheck source=ops/lib/process.sh
source "$root/ops/lib/process.sh"

# step NAME COMMAND...: runs the command with its output in a log of its own, and says how it went.
step() {
  local name=$1 started=$SECONDS log
  shift
  mkdir -p "$NEPHO_HOME/log"
  log=$NEPHO_HOME/log/$(printf '%s' "$name" | tr -c 'A-Za-z0-9' '-').log
  printf '%-44s ' "$name"
  # The command runs in this shell, so that it may set variables; only its output goes elsewhere.
  # Called as a plain command and not as a condition, because a condition would switch `set -e` off inside it.
  trap 'step_failed "$log"' ERR
  set -E
  "$@" >"$log" 2>&1
  set +E
  trap - ERR
  printf 'done (%d s)\n' $((SECONDS - started))
}

step_failed() {
  set +E
  trap - ERR
  { printf 'FAILED\n\n'; tail -n 30 "$1"; printf '\nThe whole log: %s\n' "$1"; } >&3 2>&3
  exit 1
}
exec 3>&1

# start_process NAME COMMAND...: starts a process of its own session unless the one of its pid file still runs.
start_process() {
  local name=$1
  shift
  mkdir -p "$NEPHO_HOME/run" "$NEPHO_HOME/log"
  if process_runs "$name"; then
    echo "$name runs already"
    return 0
  fi
  (
    # What this shell inherited stays here: whoever waits for a pipe of the caller's to close would wait for ever.
    for descriptor in "/proc/$BASHPID/fd"/*; do
      descriptor=${descriptor##*/}
      [ "$descriptor" -le 2 ] || eval "exec $descriptor>&-"
    done
    exec setsid "$@"
  ) >>"$NEPHO_HOME/log/$name.out" 2>&1 </dev/null &
  pid_file_write "$NEPHO_HOME/run/$name.pid" $!
}

process_runs() {
  pid_file_runs "$NEPHO_HOME/run/$1.pid"
}

# stop_process NAME [SIGNAL]: asks the process to end, waits, and kills it after 20 seconds.
stop_process() {
  pid_file_stop "$NEPHO_HOME/run/$1.pid" "${2:-TERM}"
}

# wait_until SECONDS WHAT COMMAND...: polls until the command succeeds; says what was awaited when it never does.
wait_until() {
  local seconds=$1 what=$2 deadline
  shift 2
  deadline=$((SECONDS + seconds))
  until "$@" >/dev/null 2>&1; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      echo "waited $seconds s for $what" >&2
      return 1
    fi
    sleep 0.2
  done
}

# port_answers PORT [HOST]
port_answers() {
  (exec 4<>"/dev/tcp/${2:-127.0.0.1}/$1") 2>/dev/null
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
