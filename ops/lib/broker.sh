# A Kafka-protocol broker for development and tests, from PyPI (docs/decisions/0003-development-broker.md).
# shellcheck shell=bash

# broker_start PORT: installs the pinned wheel once, into an environment of its own.
broker_start() {
  local environment=$NEPHO_HOME/broker-environment
  if [ ! -x "$environment/bin/noida-db" ]; then
    python3 -m venv "$environment"
    "$environment/bin/pip" install --quiet --require-hashes --no-deps -r "$root/ops/requirements/broker.txt"
  fi
  mkdir -p "$NEPHO_HOME/broker"
  # The package's command is a wrapper that leaves its child behind when it is stopped; so the child itself is started.
  local program
  program=$(echo "$environment"/lib/python3*/site-packages/noida_db/noida-db)
  start_process broker "$program" start --only kafka --kafka-port "$1" --data-dir "$NEPHO_HOME/broker"
  wait_until 30 "the broker on port $1" port_answers "$1"
}

broker_stop() {
  stop_process broker
}
