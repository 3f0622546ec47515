# A Debian with nothing on it, made by debootstrap and entered by chroot. To be sourced.
# Needs root, debootstrap (apt install debootstrap; nothing else comes onto this machine) and a mirror.

say() { printf '==> %s\n' "$*"; }
# Not possible here: exit status 77, and the reason.
cannot() {
  printf 'skipped: %s\n' "$*"
  exit 77
}

# Makes FOLDER a Debian, unless it is one already. SUITE: bookworm (12), trixie (13), testing, ...
make_machine() { # FOLDER SUITE
  [ "$(id -u)" = 0 ] || cannot "only root can chroot"
  command -v debootstrap >/dev/null || cannot "no debootstrap on this machine: apt install debootstrap"
  [ -f "$1/clean" ] && return
  rm -rf "$1"
  say "making a Debian $2 in $1"
  debootstrap --variant=minbase --include=ca-certificates "$2" "$1" >"$1.log" 2>&1 ||
    cannot "debootstrap failed, see $1.log"
  # apt asks, and nobody answers here.
  echo 'APT::Get::Assume-Yes "true";' >"$1/etc/apt/apt.conf.d/assume-yes"
  # A mirror may be older than the lists of testing are meant to be.
  echo 'Acquire::Check-Valid-Until "false";' >"$1/etc/apt/apt.conf.d/old-mirror"
  printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
  chmod +x "$1/usr/sbin/policy-rc.d"
  # The network is this machine's, and so are the authorities that it trusts.
  cp --dereference /etc/resolv.conf /etc/hosts "$1/etc/"
  cp --dereference /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/"
  touch "$1/clean"
}

# Runs a command on the machine in FOLDER, with an empty environment. In a name space of its own, so
# that its mounts and processes end with it.
inside() { # FOLDER COMMAND...
  unshare --mount --pid --fork --kill-child bash -euc '
    machine=$1
    shift
    mount --bind "$machine" "$machine"
    mount --rbind /sys "$machine/sys"
    mount --rbind /dev "$machine/dev"
    mount -t proc proc "$machine/proc"
    mount -t tmpfs tmpfs "$machine/dev/shm"
    exec chroot "$machine" /usr/bin/env -i HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
      PIP_CERT=/etc/ssl/certs/ca-certificates.crt \
      PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"' inside "$@"
}
