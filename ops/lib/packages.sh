# Installs from Debian what is missing.
# shellcheck shell=bash

# packages_install PACKAGE...: nothing to do, and no root needed, where all are there.
packages_install() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || { echo "nothing missing"; return 0; }
  echo "installing: ${missing[*]}"
  local run=()
  [ "$(id -u)" = 0 ] || run=(sudo)
  "${run[@]}" apt-get update
  "${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
}
