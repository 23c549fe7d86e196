# A private PostgreSQL under $NEPHO_HOME/postgres, on loopback only, without systemd.
# shellcheck shell=bash

# PostgreSQL refuses to run as root. As root its processes run as the package's own user, and keep the right to walk
# through folders that this user can't enter, such as a checkout below /root.
AS_POSTGRES=()
if [ "$(id -u)" = 0 ]; then
  AS_POSTGRES=(setpriv --reuid=postgres --regid=postgres --clear-groups
    --inh-caps=+dac_read_search --ambient-caps=+dac_read_search)
fi

# postgres_start PORT [SETTING...]: creates the cluster at the first start; settings are lines of postgresql.conf.
postgres_start() {
  local port=$1 data=$NEPHO_HOME/postgres
  shift
  if [ ! -f "$data/PG_VERSION" ]; then
    mkdir -p "$data"
    [ "$(id -u)" != 0 ] || chown postgres "$data"
    "${AS_POSTGRES[@]}" "$POSTGRES_BIN/initdb" -D "$data" -U postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8
  fi
  {
    printf "port = %s\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\n" "$port"
    [ $# -eq 0 ] || printf '%s\n' "$@"
  } >"$NEPHO_HOME/postgres.conf"
  "${AS_POSTGRES[@]}" tee "$data/postgresql.auto.conf" <"$NEPHO_HOME/postgres.conf" >/dev/null
  start_process postgres "${AS_POSTGRES[@]}" "$POSTGRES_BIN/postgres" -D "$data"
  wait_until 60 "PostgreSQL on port $port" "$POSTGRES_BIN/pg_isready" -h 127.0.0.1 -p "$port" -U postgres
}

# A fast shutdown: open transactions are rolled back, nothing committed is lost.
postgres_stop() {
  stop_process postgres INT
}

# postgres_database PORT NAME: creates the database unless it is there.
postgres_database() {
  local psql=(psql -X -q -h 127.0.0.1 -p "$1" -U postgres -v ON_ERROR_STOP=1)
  if [ -z "$("${psql[@]}" -At -c "SELECT 1 FROM pg_database WHERE datname = '$2'")" ]; then
    "${psql[@]}" -c "CREATE DATABASE $2"
  fi
}
