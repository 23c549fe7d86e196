# Builds, configures, starts and stops the daemon of this checkout.
# shellcheck shell=bash

NEPHOD_BINARIES=$root/.build/release

nephod_build() {
  swift build -c release --product nephod
  swift build -c release --product nepho
}

# The programs with the configuration of ops/up.
nephod() {
  "$NEPHOD_BINARIES/nephod" "$@" --config "$NEPHO_HOME/nephod.yaml"
}

nepho() {
  "$NEPHOD_BINARIES/nepho" "$@"
}

# nephod_configure BOOTSTRAP HYPERVISOR: writes the configuration and, once, the operator token.
nephod_configure() {
  local bootstrap=$1 hypervisor=$2
  if [ ! -s "$NEPHO_HOME/operator-token" ]; then
    (umask 077 && head -c 32 /dev/urandom | base64 -w 0 >"$NEPHO_HOME/operator-token")
  fi
  cat >"$NEPHO_HOME/nephod.yaml" <<END
# Written by ops/up; \`nephod print-config\` shows every key.
database:
  url: postgresql://postgres@127.0.0.1:$POSTGRES_PORT/$DATABASE
  sessions: 8
kafka:
  bootstrap: "$bootstrap"
definitions:
  folder: $root/pipelines
  archive_policies: $root/pipelines/archive_policies.yaml
  prices: $root/pipelines/rating.yaml
ingestion:
  member: $(hostname)
collector:
  polling_file: $root/pipelines/polling.yaml
  hypervisor: "$hypervisor"
  spool_directory: $NEPHO_HOME/spool
alarming:
  rules: $root/pipelines/alarms.yaml
monitoring:
  listen: 127.0.0.1:$MONITORING_PORT
api:
  listen: 127.0.0.1:$API_PORT
  token_file: $NEPHO_HOME/operator-token
END
  nephod check-config
}

# What a running daemon was started with: its program, its configuration and its definitions.
nephod_sum() {
  find "$NEPHOD_BINARIES/nephod" "$NEPHO_HOME/nephod.yaml" "$root/pipelines" -type f -print0 |
    sort -z | xargs -0 sha256sum | sha256sum
}

# nephod_is_outdated: whether the daemon runs and something of that has changed since it was started.
nephod_is_outdated() {
  process_runs nephod && [ "$(nephod_sum)" != "$(cat "$NEPHO_HOME/run/nephod.sum" 2>/dev/null)" ]
}

nephod_start() {
  mkdir -p "$NEPHO_HOME/spool" "$NEPHO_HOME/run"
  process_runs nephod || nephod_sum >"$NEPHO_HOME/run/nephod.sum"
  start_process nephod "$NEPHOD_BINARIES/nephod" run all --config "$NEPHO_HOME/nephod.yaml"
  wait_until 60 "nephod to be ready" nephod_ready
}

nephod_ready() {
  python3 -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:$API_PORT/readyz', timeout=3)"
}

nephod_stop() {
  stop_process nephod
}
