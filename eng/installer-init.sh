# The installer's init, behind the helpers of eng/initrd-parts.sh. What to do stands on the kernel's command line:
#   bootdepot.image=URL      the file, over HTTP
#   bootdepot.sha256=HEX     what it must hash to
#   bootdepot.size=BYTES     its size
#   bootdepot.type=TYPE      what it is: root-dd (tar.gz), root-dd.gz, .bz2, .xz, .raw, .tar, .tar.bz2, .tar.xz
#   bootdepot.disk=/dev/X    where to (else the first disk that is large enough)
#   bootdepot.report=URL     where to tell how it goes
# The file is hashed while it is written. Afterwards the disk is read back, so that what will boot is what was sent.
image=$(word bootdepot.image) sha256=$(word bootdepot.sha256) size=$(word bootdepot.size)
type=$(word bootdepot.type) disk=$(word bootdepot.disk) report=$(word bootdepot.report)

report() { # STATE [CODE REASON]
  [ -n "$report" ] || return 0
  wget -q -O /dev/null --post-data "state=$1&code=${2:-}&reason=$(printf %s "${3:-}" | tr -c 'A-Za-z0-9._:/-' '+')" "$report" ||
    tell "The rack did not take the report '$1'."
}
give_up() { # CODE REASON
  tell "INSTALL-FAILED $1: $2"
  report failed "$1" "$2"
  sync
  tell "The machine begins anew in 60 seconds."
  sleep 60
  reboot -f
}

plug
network || give_up install-network "No network address by DHCP${card:+ on $card}."

is_disk() { [ -b "$disk" ]; }
bytes_of() { echo $(($(cat "/sys/class/block/$1/size") * 512)); }
choose_disk() { # the first by name that is fixed, can be written, and is as large as the file at least
  local path name
  for path in /sys/block/*; do
    name=${path##*/}
    case $name in loop* | ram* | sr* | fd* | dm-* | md* | zram* | nbd*) continue ;; esac
    [ "$(cat "$path/removable")" = 0 ] && [ "$(cat "$path/ro")" = 0 ] && [ "$(bytes_of "$name")" -ge "$size" ] || continue
    disk=/dev/$name
    return 0
  done
  return 1
}
if [ -n "$disk" ]; then
  until_there 20 is_disk || give_up install-disk "There is no disk $disk."
else
  until_there 20 choose_disk || give_up install-disk "There is no fixed disk of at least $size bytes."
fi
name=$(basename "$(readlink -f "$disk")")

# A tar is read to its end: what is behind its last member must reach the hash too.
one_of_tar() { tar -xOf - && cat >/dev/null; }
unpack() {
  case $type in
    root-dd.raw) cat ;;
    root-dd.gz) gunzip -c ;;
    root-dd.bz2) bunzip2 -c ;;
    root-dd.xz) unxz -c ;;
    root-dd.tar) one_of_tar ;;
    root-dd) gunzip -c | one_of_tar ;;
    root-dd.tar.bz2) bunzip2 -c | one_of_tar ;;
    root-dd.tar.xz) unxz -c | one_of_tar ;;
  esac
}
case $type in
  root-dd | root-dd.raw | root-dd.gz | root-dd.bz2 | root-dd.xz | root-dd.tar | root-dd.tar.bz2 | root-dd.tar.xz) ;;
  root-tgz | root-tbz | root-txz)
    give_up install-type "A root archive ($type) has no partitions and no boot loader; this installer writes disk images only." ;;
  *) give_up install-type "This installer cannot write '$type'." ;;
esac

tell "Installing $image on $disk ($(bytes_of "$name") bytes)"
report writing
set -o pipefail
mkfifo /run/fetched /run/plain /run/count # dd of busybox does not say how much it wrote
sha256sum </run/fetched >/run/fetched.sha256 &
hash_fetched=$!
sha256sum </run/plain >/run/plain.sha256 &
hash_plain=$!
wc -c </run/count >/run/bytes &
count_plain=$!
(
  { wget -q -O - "$image" || echo fetch >>/run/broken; } | tee /run/fetched |
    { unpack || echo unpack >>/run/broken; } | tee /run/plain /run/count |
    { dd of="$disk" bs=1M 2>/run/dd || echo write >>/run/broken; }
  : >/run/ended
) &

# A transfer that moves may take as long as it takes; one that stands still for five minutes is over.
written() { awk '{ print $7 * 512 }' "/sys/class/block/$name/stat"; }
before=$(written) still=0 rounds=0
while [ ! -e /run/ended ]; do
  sleep 1
  now=$(written) rounds=$((rounds + 1))
  if [ "$now" = "$before" ]; then still=$((still + 1)); else still=0; fi
  before=$now
  [ $still -lt 300 ] || give_up install-image "Nothing was written for five minutes; $now bytes were."
  [ $((rounds % 10)) != 0 ] || { tell "  $now bytes written"; report writing; }
done
wait $hash_fetched $hash_plain $count_plain

got=$(cut -d' ' -f1 /run/fetched.sha256)
bad=$(head -n 1 /run/broken 2>/dev/null)
spoil() { dd if=/dev/zero of="$disk" bs=1M count=1 conv=fsync 2>/dev/null; } # nothing half-written may boot
if grep -qx write /run/broken 2>/dev/null; then
  spoil
  give_up install-disk "Writing $disk failed: $(tail -n 1 /run/dd)."
elif [ "$got" != "$sha256" ]; then
  spoil
  give_up install-image "What was fetched hashes to $got, expected was $sha256${bad:+ ($bad failed)}."
elif [ -n "$bad" ]; then
  spoil
  give_up install-image "The image does not unpack as $type ($bad failed)."
fi
sync
echo 3 >/proc/sys/vm/drop_caches
bytes=$(cat /run/bytes)
if [ "$(head -c "$bytes" "$disk" | sha256sum)" != "$(cat /run/plain.sha256)" ]; then
  spoil
  give_up install-disk "$disk does not read back what was written."
fi
tell "INSTALL-OK bytes=$bytes sha256=$sha256 disk=$disk"
report installed
reboot -f
