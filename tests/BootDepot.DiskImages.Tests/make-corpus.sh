#!/usr/bin/env bash
# Makes the corpus of image files that the tests classify and convert. Usage: make-corpus.sh DIRECTORY (which is created).
# Needs: tar gzip bzip2 xz zstd qemu-img mksquashfs sfdisk mformat mcopy mke2fs genisoimage.
set -euo pipefail
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin MTOOLS_SKIP_CHECK=1 MTOOLSRC=/dev/null
out=$1
mkdir -p "$out"
cd "$out"

patch() { # FILE OFFSET ESCAPES: overwrites bytes
  printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
cut_to() { # FILE BYTES NEW: a copy without its end
  head -c "$2" "$1" >"$3"
}
half() { cut_to "$1" $(($(stat -c %s "$1") / 2)) "$2"; }
noise() { # BYTES SEED: what does not compress and is the same each time
  awk -v n="$1" -v s="$2" 'BEGIN { srand(s); for (i = 0; i < n / 64; i++) { l = ""; for (j = 0; j < 4; j++) l = l sprintf("%015x ", int(rand() * 2 ^ 52)); print substr(l, 1, 63) } }'
}
efi_program() { # MACHINE-ESCAPES: the headers of a PE program
  printf 'MZ'
  head -c 58 /dev/zero
  printf '\x40\0\0\0PE\0\0'"$1"
  head -c 4000 /dev/zero
}
esp() { # FILE NAME MACHINE: an EFI system partition of 6 MiB
  rm -f "$1"
  mformat -C -i "$1" -T 12288 -h 16 -s 63 -N 12345678 ::
  efi_program "$3" >program
  mmd -i "$1" ::/EFI ::/EFI/BOOT ::/EFI/debian
  mcopy -i "$1" program "::/EFI/BOOT/$2"
  mcopy -i "$1" program ::/EFI/BOOT/grubx64.efi
}
gpt() { # DISK ESP: 20 MiB with an EFI system partition at 1 MiB and data at 8 MiB
  truncate -s 0 "$1"
  truncate -s 20M "$1"
  printf 'label: gpt\nlabel-id: 11111111-2222-3333-4444-555555555555\nstart=2048,size=12288,type=uefi,uuid=11111111-2222-3333-4444-555555555556\nstart=16384,size=16384,type=linux,uuid=11111111-2222-3333-4444-555555555557\n' |
    sfdisk -q "$1"
  dd if="$2" of="$1" bs=1M seek=1 conv=notrunc status=none
  dd if=data of="$1" bs=1M seek=8 conv=notrunc status=none
}

# --- disks ---------------------------------------------------------------------------------
{ noise 300000 1; head -c 700000 /dev/zero; noise 500000 2; } >data
esp esp-amd64 BOOTX64.EFI '\x64\x86'
esp esp-arm64 BOOTAA64.EFI '\x64\xaa'
gpt efi.raw esp-amd64
gpt arm64.raw esp-arm64
cp efi.raw both.raw
patch both.raw 0 '\xeb\x63\x90'
patch both.raw 384 'GRUB \0Geom\0Hard Disk\0Read'
truncate -s 0 bios.raw
truncate -s 8M bios.raw
printf 'label: dos\nlabel-id: 0x12345678\nstart=2048,size=8192,type=83,bootable\n' | sfdisk -q bios.raw
patch bios.raw 0 '\xeb\x63\x90'
patch bios.raw 384 'GRUB \0Geom\0Hard Disk\0Read'
dd if=data of=bios.raw bs=1M seek=2 conv=notrunc status=none
gpt unbootable.raw esp-amd64
head -c 6M /dev/zero | dd of=unbootable.raw bs=1M seek=1 conv=notrunc status=none

# --- the disk types ------------------------------------------------------------------------
gzip -1nc efi.raw >efi.ddgz
bzip2 -1c efi.raw >efi.ddbz2
xz -1c efi.raw >efi.ddxz
zstd -q -1 -c efi.raw >efi.zst
{ head -c 10000000 efi.raw | gzip -1nc; tail -c +10000001 efi.raw | gzip -1nc; } >members.ddgz
{ head -c 10000000 efi.raw | bzip2 -1c; tail -c +10000001 efi.raw | bzip2 -1c; } >streams.ddbz2
{ head -c 10000000 efi.raw | xz -0c; tail -c +10000001 efi.raw | xz -0c; } >streams.ddxz
archive() { tar --format="$1" --owner=0 --group=0 --numeric-owner --mtime=@0 -cf "$2" "${@:3}"; }
archive ustar efi.ddtar efi.raw
archive pax pax.ddtar efi.raw
archive gnu gnu.ddtar efi.raw
archive v7 v7.ddtar efi.raw
tar --format=gnu -S -cf sparse.ddtar efi.raw
gzip -1nc efi.ddtar >efi.ddtgz
bzip2 -1c efi.ddtar >efi.ddtbz
xz -1c efi.ddtar >efi.ddtxz
zstd -q -1 -c efi.ddtar >efi.tar.zst
archive ustar two.tar efi.raw bios.raw

# --- root file systems ---------------------------------------------------------------------
mkdir -p root/bin root/etc root/usr/lib root/var
printf '\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0' >root/bin/sh
head -c 1000 /dev/zero >>root/bin/sh
echo tiny >root/etc/hostname
archive pax root.tar -C root .
gzip -1nc root.tar >root.tgz
bzip2 -1c root.tar >root.tbz
xz -1c root.tar >root.txz
zstd -q -c root.tar >root.tar.zst
archive gnu named.tar -C root bin etc usr var
gzip -1nc named.tar >named.tgz
mksquashfs root image.squashfs -noappend -quiet -no-progress >/dev/null
genisoimage -quiet -o image.iso root 2>/dev/null
truncate -s 4M bare.ext4 && mke2fs -q -F -t ext4 bare.ext4
gzip -1nc bare.ext4 >bare.ext4.gz
cp esp-amd64 bare.fat
printf '#!/bin/sh\n# onie installer\nexit 0\nexit_marker\n' >installer.bin
head -c 5000 data >>installer.bin
printf '#!/bin/sh\necho hello\n' >script.sh
printf 'PK\x03\x04' >archive.zip && head -c 2000 data >>archive.zip
cp data noise
head -c 1M /dev/zero >zeros
: >empty
tar -cf notes.tar installer.bin script.sh

# --- virtual disks -------------------------------------------------------------------------
to() { qemu-img convert -q -f raw -O "$@"; }
to qcow2 -o compat=0.10 efi.raw v2.qcow2
to qcow2 efi.raw v3.qcow2
to qcow2 -c efi.raw compressed.qcow2
to qcow2 -c -o compression_type=zstd efi.raw zstd.qcow2
to qcow2 -o extended_l2=on,cluster_size=128k efi.raw extended.qcow2
to qcow2 -o cluster_size=4k both.raw small-clusters.qcow2
to vmdk efi.raw sparse.vmdk
to vmdk -o subformat=streamOptimized efi.raw stream.vmdk
to vmdk -o subformat=monolithicFlat efi.raw flat.vmdk
to vpc -o subformat=fixed,force_size=on efi.raw fixed.vhd
to vpc -o subformat=dynamic,force_size=on efi.raw dynamic.vhd
to vhdx efi.raw dynamic.vhdx
to vhdx -o subformat=fixed efi.raw fixed.vhdx
to vdi efi.raw dynamic.vdi
to vdi -o static=on efi.raw static.vdi
to qcow2 bare.ext4 bare-inside.qcow2
printf '<?xml version="1.0"?><Envelope/>' >machine.ovf
printf 'SHA256(stream.vmdk)= 0\n' >machine.mf
archive ustar machine.ova machine.ovf stream.vmdk machine.mf
archive ustar two-disks.ova machine.ovf stream.vmdk dynamic.vhd
gzip -1nc v3.qcow2 >v3.qcow2.gz
archive ustar v3.qcow2.tar v3.qcow2

# --- cut off -------------------------------------------------------------------------------
cut_to efi.ddgz 600 cut.ddgz
cut_to efi.ddxz 300 cut.ddxz
cut_to efi.ddbz2 300 cut.ddbz2
cut_to efi.zst 300 cut.zst
cut_to efi.ddtar 100000 cut.ddtar
half efi.raw cut.raw
half v3.qcow2 cut.qcow2
half compressed.qcow2 cut-compressed.qcow2
half sparse.vmdk cut.vmdk
half stream.vmdk cut-stream.vmdk
half dynamic.vhd cut.vhd
cut_to dynamic.vhdx 100000 cut-head.vhdx
half dynamic.vhdx cut.vhdx
half dynamic.vdi cut.vdi
head -c 100 v3.qcow2 >head.qcow2
half efi.ddgz half.ddgz
half efi.ddtgz half.ddtgz
half efi.ddxz half.ddxz
half efi.ddbz2 half.ddbz2

# --- hostile -------------------------------------------------------------------------------
qemu-img create -q -f qcow2 -F raw -b efi.raw backing.qcow2
qemu-img create -q -u -f qcow2 -F raw -b /etc/passwd passwd.qcow2 1M
qemu-img create -q -u -f qcow2 -F raw -b 'json:{"driver":"file","filename":"/etc/passwd"}' json.qcow2 1M
qemu-img create -q -f qcow2 -o data_file=outside.raw data-file.qcow2 1M
qemu-img create -q -f qcow2 -o data_file=outside2.raw,data_file_raw=on raw-data-file.qcow2 1M
cp v3.qcow2 luks.qcow2 && patch luks.qcow2 32 '\0\0\0\x02'
qemu-img create -q -f vmdk -o subformat=monolithicSparse,backing_file=sparse.vmdk,backing_fmt=vmdk backing.vmdk
gzip -1nc passwd.qcow2 >passwd.qcow2.gz
archive ustar passwd.qcow2.tar passwd.qcow2
gzip -1nc data-file.qcow2 >data-file.qcow2.gz
printf '# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=ffffffff\ncreateType="monolithicFlat"\nRW 2048 FLAT "/etc/passwd" 0\n' >passwd.vmdk
printf '\n#hello\n  version=1\ncreateType="monolithicFlat"\nRW 2048 FLAT "/etc/passwd" 0\n' >hidden.vmdk
# The description inside of a sparse vmdk (at sector 1) made to name another file.
cp sparse.vmdk embedded.vmdk
head -c 10240 /dev/zero | dd of=embedded.vmdk bs=512 seek=1 conv=notrunc status=none
patch embedded.vmdk 512 '# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=ffffffff\ncreateType="monolithicFlat"\nRW 40960 FLAT "/etc/passwd" 0\n'
cp sparse.vmdk two-extents.vmdk
head -c 10240 /dev/zero | dd of=two-extents.vmdk bs=512 seek=1 conv=notrunc status=none
patch two-extents.vmdk 512 '# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=ffffffff\ncreateType="monolithicSparse"\nRW 40960 SPARSE "a.vmdk"\nRW 40960 FLAT "/etc/passwd" 0\n'
# the disk in a qcow2 is itself a qcow2 that names a file
cp passwd.qcow2 inner.raw && truncate -s 1M inner.raw
to qcow2 inner.raw nested.qcow2
to vmdk inner.raw nested.vmdk
# two formats at once
cp v3.qcow2 qcow2-mbr.img && patch qcow2-mbr.img 446 '\x80\0\0\0\x83\0\0\0\0\x08\0\0\0\x08\0\0' && patch qcow2-mbr.img 510 '\x55\xaa'
cp v3.qcow2 qcow2-vhd.img && tail -c 512 fixed.vhd >>qcow2-vhd.img
cp image.iso qcow2-iso.img && dd if=passwd.qcow2 of=qcow2-iso.img bs=1 count=512 conv=notrunc status=none
cp image.iso vmdk-iso.img && dd if=passwd.vmdk of=vmdk-iso.img conv=notrunc status=none
cp v3.qcow2 qcow2-vdi.img && patch qcow2-vdi.img 64 '\x7f\x10\xda\xbe'
# absurd headers
cp v3.qcow2 cluster-bits.qcow2 && patch cluster-bits.qcow2 20 '\0\0\0\x3f'
cp v3.qcow2 huge-l1.qcow2 && patch huge-l1.qcow2 36 '\x7f\xff\xff\xff'
cp v3.qcow2 huge-size.qcow2 && patch huge-size.qcow2 24 '\x7f\xff\xff\xff\xff\xff\xff\xff'
cp v3.qcow2 l1-far.qcow2 && patch l1-far.qcow2 40 '\0\0\x7f\xff\xff\xff\0\0'
cp v3.qcow2 unknown-feature.qcow2 && patch unknown-feature.qcow2 72 '\x40\0\0\0\0\0\0\0'
cp v3.qcow2 corrupt.qcow2 && patch corrupt.qcow2 79 '\x02'
cp v3.qcow2 version9.qcow2 && patch version9.qcow2 4 '\0\0\0\x09'
cp sparse.vmdk ftp.vmdk && patch ftp.vmdk 73 '\n \n\n'
cp sparse.vmdk huge-descriptor.vmdk && patch huge-descriptor.vmdk 36 '\0\0\0\x10\0\0\0\0'
cp sparse.vmdk tiny-grains.vmdk && patch tiny-grains.vmdk 20 '\0\0\0\0'
cp dynamic.vhd bad-sum.vhd && patch bad-sum.vhd 48 '\x7f'
cp dynamic.vhdx bad-sum.vhdx && patch bad-sum.vhdx 65600 '\x7f' && patch bad-sum.vhdx 131136 '\x7f'
cp dynamic.vdi parent.vdi && patch parent.vdi 440 '\x01\x02\x03'
cp dynamic.vdi huge-blocks.vdi && patch huge-blocks.vdi 376 '\xff\xff\xff\xff'
cp efi.raw bad-sum.raw && patch bad-sum.raw 528 '\0\0\0\0'
cp efi.raw bad-entries.raw && patch bad-entries.raw 1030 'x'
cp efi.raw no-table.raw && dd if=/dev/zero of=no-table.raw bs=512 seek=1 count=1 conv=notrunc status=none
# containers without end, and bombs
cp script.sh nested && for _ in 1 2 3 4 5 6 7; do gzip -nc nested >nested.new && mv nested.new nested.gz && cp nested.gz nested; done
rm nested
head -c 4G /dev/zero | zstd -q -1 -c >bomb.zst
zstd -q -c bomb.zst >bomb.zst.zst
head -c 300M /dev/zero | gzip -1nc >bomb.gz
mkdir many && (cd many && seq 1 3000 | xargs touch) && tar --sort=name -cf many.tar many && rm -r many
rm -rf root program inner.raw esp-amd64 esp-arm64 root.tar.new
