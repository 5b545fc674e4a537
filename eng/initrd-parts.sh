# Sourced by eng/build-installer and by the tests' maker of boot materials: a kernel and a small initrd out of Debian's packages,
# the same bytes for the same packages. Needs bash, apt-get, dpkg-deb, cpio, gzip, busybox-static; no root.
#
# Callers set $work (a scratch folder) before.
export LC_ALL=C TZ=UTC SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1700000000}
umask 022

fail() { echo "${0##*/}: $*" >&2; exit 1; }

# take_package NAME: unpacks a Debian package under $work/pkg/NAME. Downloads are kept in $BOOTDEPOT_PACKAGES (default: below
# the user's cache) for the next run.
package_cache=${BOOTDEPOT_PACKAGES:-${XDG_CACHE_HOME:-$HOME/.cache}/bootdepot/packages}
take_package() {
  local name=$1 version deb
  version=$(apt-cache policy "$name" | sed -n 's/^  Candidate: //p')
  if { [ -z "$version" ] || [ "$version" = '(none)' ]; } && [ "$(id -u)" = 0 ]; then
    apt-get update -qq >&2
    version=$(apt-cache policy "$name" | sed -n 's/^  Candidate: //p')
  fi
  [ -n "$version" ] && [ "$version" != '(none)' ] || fail "there is no Debian package $name here; run apt-get update as root first"
  mkdir -p "$package_cache"
  deb=$(find "$package_cache" -maxdepth 1 -name "${name}_${version//:/%3a}_*.deb" -print -quit)
  if [ -z "$deb" ]; then
    (cd "$package_cache" && apt-get download -qq -o APT::Sandbox::User=root "$name=$version" >&2) ||
      fail "cannot download $name $version; are the package lists old (apt-get update)?"
    deb=$(find "$package_cache" -maxdepth 1 -name "${name}_${version//:/%3a}_*.deb" -print -quit)
  fi
  mkdir -p "$work/pkg/$name"
  dpkg-deb -x "$deb" "$work/pkg/$name"
}

# take_kernel cloud|generic: sets $kernel_image and $kernel_modules (the folder lib/modules/VERSION).
take_kernel() {
  local meta=linux-image-amd64 package
  [ "$1" = generic ] || meta=linux-image-cloud-amd64
  apt-cache show "$meta" >/dev/null 2>&1 || { [ "$(id -u)" = 0 ] && apt-get update -qq >&2; }
  package=$(apt-cache depends "$meta" | awk '$1 == "Depends:" && $2 ~ /^linux-image-[0-9]/ { print $2; exit }')
  [ -n "$package" ] || fail "cannot tell which package $meta stands for; run apt-get update as root first"
  take_package "$package"
  kernel_image=$(echo "$work/pkg/$package"/boot/vmlinuz-*)
  kernel_modules=$(echo "$work/pkg/$package"/lib/modules/*)
}

# busybox_tree DIR: a root file system of busybox and links to it.
busybox_tree() {
  local dir=$1 applet
  mkdir -p "$dir"/{bin,sbin,etc,proc,sys,dev,tmp,run,root}
  install -m 755 "$(command -v busybox)" "$dir/bin/busybox"
  ! ldd "$dir/bin/busybox" >/dev/null 2>&1 || fail "the busybox here is not static; install busybox-static"
  for applet in $("$dir/bin/busybox" --list); do
    case $applet in busybox | linuxrc | init) ;; *) ln -sf busybox "$dir/bin/$applet" ;; esac
  done
  ln -sf ../bin/busybox "$dir/sbin/modprobe"
}

# add_modules DIR PATH...: the modules below those paths of kernel/ (a folder, or a file without .ko) and all they depend
# on, with what modprobe needs to find them by alias.
add_modules() {
  local dir=$1 release=${kernel_modules##*/} path
  shift
  local target=$dir/lib/modules/$release
  mkdir -p "$target"
  # modules.dep of the package's build is not shipped, so it is made here.
  [ -f "$work/depmod-done" ] || { /sbin/depmod -b "${kernel_modules%/lib/modules/*}" "$release"; : >"$work/depmod-done"; }
  for path in "$@"; do
    if [ -d "$kernel_modules/kernel/$path" ]; then
      (cd "$kernel_modules" && find "kernel/$path" -name '*.ko*')
    else
      (cd "$kernel_modules" && ls "kernel/$path".ko* 2>/dev/null) || true # built in
    fi
  done | sort -u >"$work/wanted"
  awk -F': *' 'NR == FNR { want[$1]; next } $1 in want { print $1; n = split($2, d, " "); for (i = 1; i <= n; i++) print d[i] }' \
    "$work/wanted" "$kernel_modules/modules.dep" | sort -u |
    while read -r path; do install -D -m 644 "$kernel_modules/$path" "$target/$path"; done
  cp "$kernel_modules"/modules.{builtin,builtin.modinfo,order} "$target/" 2>/dev/null || true
  /sbin/depmod -b "$dir" "$release"
  rm -f "$target"/*.bin "$target"/modules.{devname,softdep,symbols}
}

# The start of every init: mounts, the modules that this machine's devices ask for, and small helpers.
init_start() {
  cat <<'SH'
#!/bin/sh
export PATH=/bin:/sbin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev 2>/dev/null
mount -t tmpfs run /run
exec </dev/console >/dev/console 2>&1

word() { # NAME: the value of NAME= on the kernel's command line, quotes dropped; the last one counts
  xargs -n 1 </proc/cmdline | sed -n "s/^$1=//p" | tail -n 1
}
tell() { # a line on the console and, where that is not the console, on the first serial port
  printf '\n%s\n' "$*"
  case " $(cat /sys/class/tty/console/active) " in
    *' ttyS0 '*) ;;
    *) printf '\n%s\n' "$*" >/dev/ttyS0 2>/dev/null ;;
  esac
}
plug() { # loads what the devices here ask for; twice, since a bus driver shows more devices
  for round in 1 2; do
    find /sys/devices -name modalias -exec cat {} + 2>/dev/null | sort -u | xargs modprobe -q -a 2>/dev/null
  done
}
until_there() { # SECONDS COMMAND...: waits for it to succeed
  local tenths=$(($1 * 10))
  shift
  while ! "$@"; do
    tenths=$((tenths - 1))
    [ $tenths -gt 0 ] || return 1
    sleep 0.1
  done
}
find_card() { # sets $card: the one of BOOTIF (GRUB writes colons, the others dashes), else the first
  local want path
  want=$(word BOOTIF | sed 's/^01-//' | tr 'A-F-' 'a-f:')
  for path in /sys/class/net/*; do
    card=${path##*/}
    [ "$card" != lo ] || continue
    [ -z "$want" ] || [ "$(cat "$path/address")" = "$want" ] || continue
    return 0
  done
  return 1
}
network() { # an address by DHCP
  until_there 20 find_card || return 1
  ip link set lo up
  ip link set "$card" up
  udhcpc -i "$card" -n -q -t 20 -T 2 -s /etc/dhcp.script >/run/dhcp 2>&1
}
SH
}

# dhcp_script FILE: what udhcpc calls.
dhcp_script() {
  cat >"$1" <<'SH'
#!/bin/sh
case $1 in bound | renew) ;; *) exit 0 ;; esac
ip addr flush dev "$interface"
ip addr add "$ip/${mask:-24}" dev "$interface"
for hop in $router; do ip route add default via "$hop" dev "$interface" && break; done
for server in $dns; do echo "nameserver $server"; done >/etc/resolv.conf
SH
  chmod 755 "$1"
}

# pack_initrd DIR FILE: as a compressed archive, sorted, with one time and owner for all. Device nodes are written as archive
# entries, since making them takes root.
pack_initrd() {
  local dir=$1 file=$2
  find "$dir" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  {
    (cd "$dir" && find . -mindepth 1 -printf '%P\n' | sort | cpio --quiet --reproducible -o -H newc -R 0:0)
    cpio_entry dev/console 20600 5 1 1
    cpio_entry dev/null 20666 1 3 2
    cpio_entry 'TRAILER!!!' 0 0 0 0
  } | gzip -9n >"$file"
}
cpio_entry() { # NAME MODE(octal) MAJOR MINOR INODE, in the "new ASCII" form of cpio(5)
  local length=$((${#1} + 1))
  printf '070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s\0' \
    "$5" "0$2" 0 0 1 "$SOURCE_DATE_EPOCH" 0 0 0 "$3" "$4" $length 0 "$1"
  local over=$(((110 + length) % 4))
  [ $over = 0 ] || head -c $((4 - over)) /dev/zero
}
