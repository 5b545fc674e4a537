#!/usr/bin/env bash
# boot-files.sh OUT: collects real boot files into OUT and describes them in OUT/stream.yaml, ready for
# `bootdepot stream build`. Prints one line that says where they came from.
#
# With apt at hand: Debian's netboot kernel and initrd and Debian's signed boot loaders, taken out of the packages
# without installing them. Without: small generated stand-ins, which can be imported and served but not booted.
# A second run with the same OUT does nothing.
set -euo pipefail
out=${1:?usage: boot-files.sh OUT}
[ ! -f "$out/stream.yaml" ] || { cat "$out/origin"; exit 0; }
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C

installer=debian-installer-12-netboot-amd64
loaders=(shim-signed shim-helpers-amd64-signed grub-efi-amd64-signed pxelinux syslinux-common)

fetch_packages() {
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 1
  if ! apt-cache show "$installer" >/dev/null 2>&1; then
    [ "$(id -u)" = 0 ] && apt-get update -qq >&2 || return 1
  fi
  chmod 755 "$work"
  (cd "$work" && apt-get download -qq -o APT::Sandbox::User=root "$installer" "${loaders[@]}" >&2) || return 1
  for deb in "$work"/*.deb; do dpkg-deb -x "$deb" "$work/root" || return 1; done
}

# version_of PACKAGE: its version as a stream version name (no +, ~, : or epoch).
version_of() { dpkg-deb -f "$work/$1"_*.deb Version | sed 's/^[0-9]*://; s/[+~:]/-/g'; }
package_version() { dpkg-deb -f "$work/$1"_*.deb Version; }

take() { install -D -m 644 "$1" "$2"; }

from_debian() {
  local image=$work/root/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64
  take "$image/linux" "$out/debian/boot-kernel"
  take "$image/initrd.gz" "$out/debian/boot-initrd"
  take "$work/root/usr/lib/shim/shimx64.efi.signed" "$out/shim/bootx64.efi"
  take "$work/root/usr/lib/shim/mmx64.efi.signed" "$out/shim/mmx64.efi"
  take "$work/root/usr/lib/grub/x86_64-efi-signed/grubnetx64.efi.signed" "$out/grub/grubx64.efi"
  take "$work/root/usr/lib/PXELINUX/pxelinux.0" "$out/syslinux/pxelinux.0"
  take "$work/root/usr/lib/PXELINUX/lpxelinux.0" "$out/syslinux/lpxelinux.0"
  for module in ldlinux libcom32 libutil menu chain ifcpu64 linux; do
    take "$work/root/usr/lib/syslinux/modules/bios/$module.c32" "$out/syslinux/$module.c32"
  done
  cat >"$work/stream.yaml" <<YAML
# What \`bootdepot stream build\` makes a signed stream of. Paths are relative to this file.
label: stable
images:
  - os: debian
    release: bookworm
    version: "12"
    title: Debian 12 (installer)
    arch: amd64
    set: $(version_of "$installer")
    files:
      boot-kernel: { path: debian/boot-kernel, kpackage: linux-image-amd64 }
      boot-initrd: { path: debian/boot-initrd, kpackage: linux-image-amd64 }
bootloaders:
  - os: grub-efi-signed
    type: uefi
    arch: amd64
    set: $(version_of grub-efi-amd64-signed)
    archives:
      grub2-signed: { package: grub-efi-amd64-signed, version: "$(package_version grub-efi-amd64-signed)", release: bookworm, files: [grub/grubx64.efi] }
      shim-signed: { package: shim-signed, version: "$(package_version shim-signed)", release: bookworm, files: [shim/bootx64.efi, shim/mmx64.efi] }
  - os: pxelinux
    type: pxe
    arch: i386
    arches: i386,amd64
    set: $(version_of pxelinux)
    archives:
      syslinux:
        package: pxelinux
        version: "$(package_version pxelinux)"
        release: bookworm
        files: [$(cd "$out" && printf '%s, ' syslinux/* | sed 's/, $//')]
YAML
  echo "Debian's own packages: $installer $(package_version "$installer") and signed boot loaders" >"$out/origin"
}

generated() {
  mkdir -p "$out/generated"
  # Content from a fixed seed, so that a second build gives the same digests.
  awk 'BEGIN { srand(1); for (i = 0; i < 400000; i++) printf "%08x\n", int(rand() * 4294967295) }' >"$out/generated/boot-kernel"
  awk 'BEGIN { srand(2); for (i = 0; i < 900000; i++) printf "%08x\n", int(rand() * 4294967295) }' >"$out/generated/boot-initrd"
  cat >"$work/stream.yaml" <<YAML
# What \`bootdepot stream build\` makes a signed stream of. Paths are relative to this file.
label: stable
images:
  - os: debian
    release: bookworm
    version: "12"
    title: Generated stand-in
    arch: amd64
    set: "20260101"
    files:
      boot-kernel: { path: generated/boot-kernel }
      boot-initrd: { path: generated/boot-initrd }
YAML
  echo "small generated stand-ins (Debian's packages could not be fetched here; they import and serve, but do not boot)" >"$out/origin"
}

if fetch_packages; then from_debian; else generated; fi
mv "$work/stream.yaml" "$out/stream.yaml"
cat "$out/origin"
