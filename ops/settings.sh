# Every port, path and version that the scripts of ops/ use. Each can be overridden from the environment.
# shellcheck shell=bash disable=SC2034

# Where everything that runs keeps its data, logs and pid files. ops/down --purge removes it.
NEPHO_HOME=${NEPHO_HOME:-$root/.local}

# Versions.
POSTGRES_VERSION=15
POSTGRES_BIN=/usr/lib/postgresql/$POSTGRES_VERSION/bin

# Ports of `ops/up`, all on 127.0.0.1. `ops/test` takes free ones instead.
POSTGRES_PORT=${POSTGRES_PORT:-25432}
BROKER_PORT=${BROKER_PORT:-29092}
API_PORT=${API_PORT:-8041}
MONITORING_PORT=${MONITORING_PORT:-8042}

# The database of `ops/up`.
DATABASE=nephoscope

# An existing Kafka cluster; when set, no development broker is started.
KAFKA_BOOTSTRAP=${KAFKA_BOOTSTRAP:-}

# The trace that `ops/up` replays: notifications recorded from a real OpenStack.
TRACE=$root/Tests/Metering/NotificationsTests/Traces/trace-open.jsonl.gz

# Debian packages: to build, to run, and what only the tests need.
BUILD_PACKAGES=(
  # What the Swift toolchain itself needs on a bare Debian 12.
  binutils git gcc g++ libc6-dev libgcc-12-dev libstdc++-12-dev libcurl4 libedit2 libncurses6 libpython3.11 libsqlite3-0
  libxml2-dev libz3-4 tzdata ca-certificates
  pkg-config libpq-dev librdkafka-dev libvirt-dev zlib1g-dev
)
RUN_PACKAGES=(
  "postgresql-$POSTGRES_VERSION" python3-venv
  libvirt-daemon libvirt-daemon-system libvirt-clients qemu-system-x86 qemu-utils
  busybox-static cpio xz-utils iproute2 util-linux
)
TEST_PACKAGES=(jq libvirt-daemon-driver-lxc)
