# Functions that run a private libvirt and two small guests; sourced by ops/up, ops/down and ops/test.
#
# A libvirt of the system is not touched: virtlogd, libvirtd and the guests live in a mount and a network namespace of
# their own, in which libvirt's directories are folders below DIR. The namespaces live as long as a sleeping holder
# process, so that libvirtd can be stopped and started again without losing its guests. Clients outside connect through
# the socket below DIR. Needs root, Debian's libvirt-daemon-system, libvirt-clients, qemu-system-x86, busybox-static,
# cpio, iproute2 and util-linux.

libvirt_sh_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=ops/lib/process.sh
source "$libvirt_sh_folder/process.sh"

# The bridge of the guests; it exists in the private network namespace only.
LIBVIRT_BRIDGE=nephbr0
LIBVIRT_START_SECONDS=60
GUEST_BOOT_SECONDS=180

# libvirt_uri DIR: the connection URI of the private libvirt.
libvirt_uri() {
    echo "qemu+unix:///system?socket=$(realpath -m "$1")/run/libvirt-sock"
}

# libvirt_start DIR: starts what does not run yet, prints the URI on the last line.
libvirt_start() {
    local dir
    dir=$(realpath -m "$1")
    mkdir -p "$dir"/{run,etc,lib,cache,log,pid}
    chmod 755 "$dir" "$dir"/{run,etc,lib}
    _libvirt_configure "$dir"
    _libvirt_hold_namespaces "$dir" || return 1
    _libvirt_daemon "$dir" virtlogd virtlogd -f "$dir/etc/virtlogd.conf" || return 1
    _libvirt_daemon "$dir" libvirtd libvirtd -f "$dir/etc/libvirtd.conf" || return 1
    local deadline=$((SECONDS + LIBVIRT_START_SECONDS))
    until virsh -c "$(libvirt_uri "$dir")" version >"$dir/log/virsh.log" 2>&1; do
        if ((SECONDS >= deadline)); then
            echo "libvirtd does not answer after $LIBVIRT_START_SECONDS s; see $dir/log" >&2
            return 1
        fi
        sleep 0.2
    done
    libvirt_uri "$dir"
}

# libvirt_stop DIR: stops the guests, libvirtd, virtlogd and the namespaces.
libvirt_stop() {
    local dir
    dir=$(realpath -m "$1")
    guests_stop "$dir"
    local name
    for name in libvirtd virtlogd holder; do pid_file_stop "$dir/pid/$name" TERM 10; done
}

# guests_start DIR: boots the two guests that do not run yet, waits until their console says that they are ready.
guests_start() {
    local dir uri name
    dir=$(realpath -m "$1")
    uri=$(libvirt_uri "$dir")
    "$libvirt_sh_folder/../guests/build" "$dir/guests" || return 1
    for name in $(_guest_names); do
        [[ $(virsh -c "$uri" domstate "$name" 2>/dev/null) == running ]] && continue
        # The log of an earlier boot must not look like this one's.
        : >"$dir/guests/$name.log"
        _guest_xml "$dir" "$name" >"$dir/guests/$name.xml" || return 1
        virsh -q -c "$uri" create "$dir/guests/$name.xml" || return 1
    done
    local deadline=$((SECONDS + GUEST_BOOT_SECONDS))
    for name in $(_guest_names); do
        until grep -q "nephoscope guest: ready" "$dir/guests/$name.log" 2>/dev/null; do
            if ((SECONDS >= deadline)); then
                echo "guest $name is not ready after $GUEST_BOOT_SECONDS s; see $dir/guests/$name.log" >&2
                return 1
            fi
            sleep 0.5
        done
    done
}

# guests_stop DIR: destroys the two guests where they run; with libvirtd gone, ends the QEMU of every guest it left behind.
guests_stop() {
    local dir uri name
    dir=$(realpath -m "$1")
    uri=$(libvirt_uri "$dir")
    if ! _libvirt_runs "$dir" libvirtd; then
        _libvirt_end_orphans "$dir"
        return
    fi
    for name in $(_guest_names); do
        virsh -q -c "$uri" domstate "$name" >/dev/null 2>&1 || continue
        virsh -q -c "$uri" destroy "$name" || return 1
    done
}

# libvirt writes the bare number of a guest's process; that it is QEMU with the guest's name, in the namespaces of this
# libvirt's holder where that lives, tells it from another process that got the number.
_libvirt_end_orphans() {
    local dir=$1 file pid name
    for file in "$dir"/run/qemu/*.pid; do
        [[ -e $file ]] || continue
        name=$(basename "$file" .pid)
        pid=$(cat "$file")
        if _libvirt_is_guest "$dir" "$pid" "$name"; then
            pid_file_write "$dir/pid/guest-$name" "$pid"
            pid_file_stop "$dir/pid/guest-$name" TERM 10
        fi
        rm -f "$file"
    done
}

_libvirt_is_guest() {
    local dir=$1 pid=$2 name=$3 holder
    [[ $pid =~ ^[0-9]+$ && $(cat "/proc/$pid/comm" 2>/dev/null) == qemu-* ]] || return 1
    tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null | grep -qE "^guest=$name(,|\$)" || return 1
    _libvirt_runs "$dir" holder || return 0
    read -r holder _ <"$dir/pid/holder"
    [[ $(readlink "/proc/$pid/ns/net") == "$(readlink "/proc/$holder/ns/net")" ]]
}

# guest_say DIR NAME COMMAND…: writes a command to a guest's console; ops/guests/init lists them.
guest_say() {
    local dir=$1 name=$2 tty
    shift 2
    tty=$(virsh -c "$(libvirt_uri "$dir")" ttyconsole "$name") || return 1
    # QEMU looks once a second whether somebody has opened the terminal, and only then reads it.
    { sleep 1.5; printf '%s\n' "$*"; sleep 0.2; } >"$tty"
}

# libvirt_first_guest: the id of the first guest, which is that of its server.
libvirt_first_guest() {
    _guest_table | cut -d' ' -f2 | head -n 1
}

# Name, server id, last byte of address and MAC, port, server name, flavor and its vCPUs of each guest.
_guest_table() {
    cat <<'TABLE'
instance-00000001 6f1d2a0c-5b43-4c1e-9d7a-3c0e5f8a1b01 11 2b7e8d10-93c4-4f6b-8a55-d1c07e9f3a11 web-1 m1.tiny 1
instance-00000002 6f1d2a0c-5b43-4c1e-9d7a-3c0e5f8a1b02 12 7c40a9e2-1d58-4b07-bd96-24e8f05b6c12 db-1 m1.small 2
TABLE
}

_guest_names() {
    _guest_table | cut -d' ' -f1
}

_guest_xml() {
    local dir=$1 wanted=$2 name id byte port server flavor vcpus peer
    while read -r name id byte port server flavor vcpus; do
        [[ $name == "$wanted" ]] || continue
        peer=$((byte == 11 ? 12 : 11))
        sed -e "s|@NAME@|$name|g; s|@ID@|$id|g; s|@BYTE@|$byte|g; s|@PORT@|$port|g; s|@SERVER@|$server|g" \
            -e "s|@FLAVOR@|$flavor|g; s|@VCPUS@|$vcpus|g; s|@PEER@|$peer|g; s|@TAP@|tap${port:0:11}|g" \
            -e "s|@BRIDGE@|$LIBVIRT_BRIDGE|g; s|@DIR@|$dir/guests|g" \
            "$libvirt_sh_folder/../guests/domain.xml"
        local disk
        for disk in root data; do
            [[ -e $dir/guests/$name-$disk.img ]] || truncate -s 64M "$dir/guests/$name-$disk.img"
        done
        return 0
    done < <(_guest_table)
    echo "no guest is called $wanted" >&2
    return 1
}

_libvirt_configure() {
    local dir=$1
    cat >"$dir/etc/libvirtd.conf" <<CONF
unix_sock_rw_perms = "0700"
auth_unix_ro = "none"
auth_unix_rw = "none"
log_outputs = "3:file:$dir/log/libvirtd.log"
CONF
    cat >"$dir/etc/virtlogd.conf" <<CONF
log_outputs = "3:file:$dir/log/virtlogd.log"
max_size = 4194304
CONF
    # As user root and without drivers that relabel or remember owners: /dev/kvm may exist with mode 0600 and not work,
    # and then libvirt's check of its cached capabilities, which runs as the guests' user, fails and probes QEMU anew
    # some twenty times for each guest.
    cat >"$dir/etc/qemu.conf" <<CONF
user = "root"
group = "root"
security_driver = "none"
remember_owner = 0
namespaces = []
CONF
}

_libvirt_hold_namespaces() {
    local dir=$1 holder
    _libvirt_runs "$dir" holder && return 0
    setsid unshare --mount --propagation private --net sleep infinity </dev/null >>"$dir/log/holder.log" 2>&1 &
    holder=$!
    # The process exists before its namespaces do.
    local deadline=$((SECONDS + 10))
    until [[ $(cat "/proc/$holder/comm" 2>/dev/null) == sleep ]]; do
        if ((SECONDS >= deadline)) || ! kill -0 "$holder" 2>/dev/null; then
            echo "cannot make namespaces for libvirt (root is needed); see $dir/log/holder.log" >&2
            return 1
        fi
        sleep 0.05
    done
    pid_file_write "$dir/pid/holder" "$holder"
    mkdir -p /etc/libvirt /var/lib/libvirt /var/cache/libvirt /var/log/libvirt /run/libvirt
    _libvirt_inside "$dir" sh -e -c "
        mount --bind '$dir/etc' /etc/libvirt
        mount --bind '$dir/lib' /var/lib/libvirt
        mount --bind '$dir/cache' /var/cache/libvirt
        mount --bind '$dir/log' /var/log/libvirt
        mount --bind '$dir/run' /run/libvirt
        # Where both versions of cgroups are mounted, libvirt's LXC driver stumbles over the second.
        if [ -d /sys/fs/cgroup/unified ]; then umount /sys/fs/cgroup/unified || true; fi
        ip link set lo up
        ip link add $LIBVIRT_BRIDGE type bridge forward_delay 0 stp_state 0
        ip link set $LIBVIRT_BRIDGE up
    " >>"$dir/log/holder.log" 2>&1 || {
        echo "cannot prepare the namespaces of libvirt; see $dir/log/holder.log" >&2
        return 1
    }
}

_libvirt_inside() {
    local dir=$1
    shift
    nsenter --target "$(_libvirt_holder "$dir")" --mount --net -- "$@"
}

_libvirt_holder() {
    cut -d' ' -f1 "$1/pid/holder"
}

_libvirt_daemon() {
    local dir=$1 name=$2
    shift 2
    _libvirt_runs "$dir" "$name" && return 0
    rm -f "$dir/run/$name.pid"
    # nsenter without a new PID namespace becomes the daemon, so that its id is the daemon's.
    (_libvirt_inside_exec "$dir" "$@" -p "$dir/run/$name.pid") </dev/null >>"$dir/log/$name.out" 2>&1 &
    pid_file_write "$dir/pid/$name" $!
}

_libvirt_inside_exec() {
    local dir=$1
    shift
    exec setsid nsenter --target "$(_libvirt_holder "$dir")" --mount --net -- "$@"
}

_libvirt_runs() {
    pid_file_runs "$1/pid/$2"
}
