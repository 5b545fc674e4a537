# Sourced by ./test, ./run and bench/run: makes sure that the Debian packages a command needs are there.

# need COMMAND PACKAGE: remember PACKAGE when COMMAND is not installed.
_lacking=()
need() { command -v "$1" >/dev/null 2>&1 || _lacking+=("$2"); }

# Installs what need() found lacking: as root by apt-get, else says what to install and stops.
install_lacking() {
  [ ${#_lacking[@]} -gt 0 ] || return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing: ${_lacking[*]}" >&2
    apt-get update -qq >&2
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${_lacking[@]}" >/dev/null
  else
    echo "these Debian packages are needed: ${_lacking[*]}" >&2
    exit 1
  fi
  _lacking=()
}

# A busybox that runs without libraries; the plain package has the same command.
need_static_busybox() {
  command -v busybox >/dev/null && ! ldd "$(command -v busybox)" >/dev/null 2>&1 || _lacking+=(busybox-static)
}

prerequisites_for_installer() {
  need cpio cpio
  need /sbin/depmod kmod
  need_static_busybox
  install_lacking
}

prerequisites_for_packages() {
  need python3 python3
  need dpkg-deb dpkg
  install_lacking
}

prerequisites_for_containers() {
  need mmdebstrap mmdebstrap
  need umoci umoci
  need skopeo skopeo
  install_lacking
}

# Virtual machines with unmodified firmware and boot loaders.
need_machines() {
  need qemu-system-x86_64 qemu-system-x86
  [ -f /usr/share/OVMF/OVMF_CODE_4M.ms.fd ] || _lacking+=(ovmf)
  [ -f /usr/lib/ipxe/qemu/efi-virtio.rom ] || [ -f /usr/share/qemu/efi-virtio.rom ] || _lacking+=(ipxe-qemu)
  need dnsmasq dnsmasq-base
  need ip iproute2
  need syslinux syslinux
  need grub-mkimage grub-common
  need cpio cpio
  need /sbin/depmod kmod
  need_static_busybox
}

prerequisites_for_tests() {
  need curl curl
  need gpg gnupg
  need python3 python3
  need gpgv gpgv
  need sqv sqv
  need promtool prometheus
  need qemu-img qemu-utils
  need mksquashfs squashfs-tools
  need xz xz-utils
  need zstd zstd
  need bzip2 bzip2
  need awk mawk
  need cmp diffutils
  need genisoimage genisoimage
  need tftp tftp-hpa
  need atftp atftp
  need mformat mtools
  need /usr/sbin/sfdisk fdisk
  need /usr/sbin/mke2fs e2fsprogs
  need setpriv util-linux
  ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || _lacking+=(postgresql)
  need go golang-go
  need node nodejs
  need npm npm
  [ -d /usr/share/gocode/src/github.com/juju/gomaasapi ] || _lacking+=(golang-github-juju-gomaasapi-dev)
  need /usr/sbin/nginx nginx-light
  need radosgw radosgw
  need ceph-mon ceph-mon
  need ceph-osd ceph-osd
  need uuidgen uuid-runtime
  need swift-proxy-server swift-proxy
  need swift-object-server swift-object
  need swift-container-server swift-container
  need swift-account-server swift-account
  [ -d /usr/lib/python3/dist-packages/tusclient ] || _lacking+=(python3-tuspy)
  need_machines
  need /usr/sbin/dhcpd isc-dhcp-server
  need /usr/sbin/kea-dhcp4 kea-dhcp4-server
  need chromium chromium
  need systemd-analyze systemd
  install_lacking
  # The web UI is built by Node. Debian 12's own is too old for its tools.
  local major
  major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')
  if [ "${major:-0}" -lt 20 ] || ! command -v npm >/dev/null; then
    echo "Node.js 20 or newer with npm is needed to build and test the web UI (found: ${major:-none})" >&2
    exit 1
  fi
}
