#!/usr/bin/env bash
# make-boot-materials.sh OUT: small real boot materials for virtual machines, out of Debian's packages, the same bytes each time:
#   boot-kernel, boot-initrd   a Debian cloud kernel and a busybox initrd that writes a marker on the serial port and powers off
#   squashfs                   a root file system for root=squash:URL, which writes another
#   disk.qcow2                 a disk that boots (BIOS: syslinux; UEFI: shim and GRUB) and writes a third
#   loaders/bios, loaders/uefi-signed (Debian's, Secure Boot), loaders/uefi-http (Debian's shim and a GRUB with HTTP, unsigned)
#   installer/amd64            the installer
# Markers: VM-NETBOOT-OK, VM-ROOT-OK, VM-DISK-OK, VM-FAIL. A second run with the same OUT does nothing.
set -euo pipefail
out=${1:?usage: make-boot-materials.sh OUT}
[ ! -f "$out/complete" ] || exit 0
eng=$(cd "$(dirname "$0")/../../eng" && pwd)
mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
source "$eng/initrd-parts.sh"

take_kernel cloud
for package in pxelinux syslinux-common shim-signed shim-helpers-amd64-signed grub-efi-amd64-signed grub-efi-amd64-bin; do
  take_package "$package"
done
install -m 644 "$kernel_image" "$out/boot-kernel"

# --- the initrd
ird=$work/initrd
busybox_tree "$ird"
dhcp_script "$ird/etc/dhcp.script"
add_modules "$ird" drivers/virtio drivers/block/virtio_blk drivers/net/virtio_net net/packet/af_packet \
  drivers/block/loop fs/squashfs fs/overlayfs
{
  init_start
  cat <<'SH'
bye() { sync; sleep 0.3; poweroff -f; }
fail() { tell "VM-FAIL $*"; bye; }
plug
if [ -n "$(word vm.disk)" ]; then
  tell "VM-DISK-OK"
  bye
fi
url=$(word root | sed -n 's/^squash://p')
if [ -z "$url" ]; then
  tell "VM-NETBOOT-OK cmdline=$(cat /proc/cmdline)"
  bye
fi
modprobe -a loop squashfs overlay
network || fail "no network"
mkdir -p /ram && mount -t tmpfs -o size=80% ram /ram && mkdir /ram/lower /ram/upper /ram/work /ram/root
wget -q -O /ram/squashfs "$url" || fail "cannot fetch $url"
mount -t squashfs -o ro,loop /ram/squashfs /ram/lower || fail "cannot mount what came from $url"
mount -t overlay -o lowerdir=/ram/lower,upperdir=/ram/upper,workdir=/ram/work root /ram/root || fail "no overlay"
for fs in dev proc sys; do mount --move /$fs /ram/root/$fs; done
exec switch_root /ram/root /sbin/init
SH
} >"$ird/init"
chmod 755 "$ird/init"
pack_initrd "$ird" "$out/boot-initrd"

# --- the root file system
root=$work/root
busybox_tree "$root"
cat >"$root/sbin/init" <<'SH'
#!/bin/sh
export PATH=/bin:/sbin
touch /root/written && written=yes || written=no
line="VM-ROOT-OK writable=$written root=$(awk '$2 == "/" { t = $3 } END { print t }' /proc/mounts)"
printf '\n%s\n' "$line" | tee /dev/ttyS0
sync
sleep 0.3
poweroff -f
SH
chmod 755 "$root/sbin/init"
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
rm -f "$out/squashfs"
(unset SOURCE_DATE_EPOCH; mksquashfs "$root" "$out/squashfs" -all-root -no-progress -quiet -no-xattrs -mkfs-time 1700000000 -processors 1 >/dev/null)

# --- the disk: one FAT partition that syslinux boots, and that UEFI firmware takes for the EFI system partition (type ef)
disk=$work/disk.raw
truncate -s 32M "$disk"
printf 'label: dos\nlabel-id: 0x626f6f74\n2048,,0xef,*\n' | /usr/sbin/sfdisk -q "$disk"
export MTOOLS_SKIP_CHECK=1 MTOOLSRC=/dev/null
mformat -i "$disk@@1M" -T $((31 * 2048)) -h 64 -s 32 -H 2048 -N 626f6f74 -v VMDISK ::
syslinux --install -t 1048576 "$disk"
cat >"$work/syslinux.cfg" <<'CFG'
SERIAL 0 115200
DEFAULT disk
LABEL disk
  KERNEL boot-kernel
  INITRD boot-initrd
  APPEND console=ttyS0 vm.disk=yes
CFG
cat >"$work/grub.cfg" <<'CFG'
search --no-floppy --set=root --file /boot-initrd
linux /boot-kernel console=ttyS0 vm.disk=yes
initrd /boot-initrd
boot
CFG
cp "$out/boot-kernel" "$out/boot-initrd" "$work/"
cp "$work/pkg/shim-signed/usr/lib/shim/shimx64.efi.signed" "$work/bootx64.efi"
cp "$work/pkg/grub-efi-amd64-signed/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed" "$work/grubx64.efi"
touch -d "@$SOURCE_DATE_EPOCH" "$work"/{syslinux.cfg,grub.cfg,boot-kernel,boot-initrd,bootx64.efi,grubx64.efi}
mmd -i "$disk@@1M" ::/EFI ::/EFI/BOOT ::/EFI/debian
mcopy -m -i "$disk@@1M" "$work"/{syslinux.cfg,boot-kernel,boot-initrd} ::
mcopy -m -i "$disk@@1M" "$work"/{bootx64.efi,grubx64.efi} ::/EFI/BOOT
mcopy -m -i "$disk@@1M" "$work/grub.cfg" ::/EFI/debian
dd if="$work/pkg/syslinux-common/usr/lib/syslinux/mbr/mbr.bin" of="$disk" conv=notrunc status=none
qemu-img convert -q -c -f raw -O qcow2 "$disk" "$out/disk.qcow2"
gzip -9nc "$disk" >"$out/disk.raw.gz"

# --- boot loaders
take() { install -D -m 644 "$1" "$out/loaders/$2"; }
take "$work/pkg/pxelinux/usr/lib/PXELINUX/lpxelinux.0" bios/lpxelinux.0
take "$work/pkg/pxelinux/usr/lib/PXELINUX/pxelinux.0" bios/pxelinux.0
for module in ldlinux libcom32 libutil chain reboot; do
  take "$work/pkg/syslinux-common/usr/lib/syslinux/modules/bios/$module.c32" "bios/$module.c32"
done
for kind in uefi-signed uefi-http; do
  take "$work/pkg/shim-signed/usr/lib/shim/shimx64.efi.signed" "$kind/bootx64.efi"
  take "$work/pkg/shim-helpers-amd64-signed/usr/lib/shim/mmx64.efi.signed" "$kind/mmx64.efi"
done
take "$work/pkg/grub-efi-amd64-signed/usr/lib/grub/x86_64-efi-signed/grubnetx64.efi.signed" uefi-signed/grubx64.efi
# Debian's signed GRUB has no HTTP, as MAAS's own has; this one is for UEFI HTTP boot. shim wants to see an SBAT section (its
# table of revocable generations), which grub-mkimage takes as a text.
printf '%s\n' 'sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md' \
  'grub,4,Free Software Foundation,grub,2.06,https://www.gnu.org/software/grub/' >"$work/sbat.csv"
grub-mkimage -O x86_64-efi -p /grub --sbat "$work/sbat.csv" -d "$work/pkg/grub-efi-amd64-bin/usr/lib/grub/x86_64-efi" \
  -o "$out/loaders/uefi-http/grubx64.efi" efinet http tftp net normal configfile linux chain search search_fs_file part_gpt part_msdos \
  fat ext2 echo test true sleep reboot halt serial terminal minicmd

"$eng/build-installer" "$out/installer" --kernel cloud
: >"$out/complete"
