# Processes by pid file, told apart from later ones that got the same number; sourced by common.sh and libvirt.sh.
# A pid file holds the number and the kernel's start time of the process.
# shellcheck shell=bash

# process_start_time PID: the kernel's start time of the process, in clock ticks since boot; nothing for one that has ended,
# even where its parent has not taken notice (state Z).
process_start_time() {
  sed -n 's/.*) \([^Z].*\)/\1/p' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20
}

# pid_file_write FILE PID
pid_file_write() {
  printf '%s %s\n' "$2" "$(process_start_time "$2")" >"$1"
}

# pid_file_runs FILE: whether the very process of the file still runs.
pid_file_runs() {
  local pid started
  read -r pid started 2>/dev/null <"$1" || return 1
  [ -n "$started" ] && [ "$(process_start_time "$pid")" = "$started" ]
}

# pid_file_stop FILE [SIGNAL [SECONDS]]: asks the process to end, waits, kills it when it does not, and removes the file.
pid_file_stop() {
  local file=$1 signal=${2:-TERM} seconds=${3:-20} pid
  pid_file_runs "$file" || { rm -f "$file"; return 0; }
  read -r pid _ <"$file"
  # It may end by itself in between.
  kill -s "$signal" "$pid" 2>/dev/null || true
  for _ in $(seq $((seconds * 5))); do
    pid_file_runs "$file" || break
    sleep 0.2
  done
  if pid_file_runs "$file"; then
    echo "the process of $file did not end after $seconds s and was killed" >&2
    kill -s KILL "$pid" 2>/dev/null || true
  fi
  rm -f "$file"
}
