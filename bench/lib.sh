# Sourced by bench/*/run: timing, medians, tables, and the section of docs/benchmarks.md that a bench owns.
# Expects the working directory to be the root of the checkout.
export LC_ALL=C
source eng/prerequisites.sh
rounds=${BENCH_ROUNDS:-3}
work=bench/.work
mkdir -p "$work"

bench_pids=()
bench_cleanup() {
  [ ${#bench_pids[@]} -eq 0 ] || kill "${bench_pids[@]}" 2>/dev/null || true
  [ ${#bench_pids[@]} -eq 0 ] || wait "${bench_pids[@]}" 2>/dev/null || true
  bench_pids=()
}
trap bench_cleanup EXIT

# seconds COMMAND...: wall-clock seconds of a command whose output is not wanted.
seconds() {
  local start end
  start=$(date +%s.%N)
  "$@" >"$work/last.log" 2>&1 || { echo "bench: failed: $*" >&2; tail -n 20 "$work/last.log" >&2; return 1; }
  end=$(date +%s.%N)
  awk -v a="$start" -v b="$end" 'BEGIN { printf "%.3f\n", b - a }'
}

# median < NUMBERS
median() { sort -n | awk '{ v[NR] = $1 } END { if (NR % 2) print v[(NR + 1) / 2]; else printf "%.3f\n", (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

# random_file BYTES FILE SEED: the same bytes for the same seed, fast.
# Tiny ones are numbers: ten thousand processes would take minutes.
random_file() {
  if [ "$1" -lt 100 ]; then printf "%0$1d" "${3//[!0-9]/}" >"$2"; else random_bytes "$@"; fi
}
random_bytes() { head -c "$1" /dev/zero | openssl enc -aes-128-ctr -nosalt -pass "pass:$3" -pbkdf2 -iter 1 2>/dev/null >"$2"; }

peak_rss_mib() { awk '/VmHWM/ { printf "%.0f", $2 / 1024 }' "/proc/$1/status"; }

machine() {
  echo "$(date -u +%Y-%m-%d), $(nproc) cores ($(awk -F': ' '/model name/ { print $2; exit }' /proc/cpuinfo)), $(awk '/MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo), $(df --output=fstype . | tail -n 1), .NET $(dotnet --version)"
}

# free_port: a TCP port nobody listens on.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 20000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

wait_for_url() { for _ in $(seq 200); do curl -fso /dev/null "$1" && return 0; sleep 0.05; done; echo "bench: no answer from $1" >&2; return 1; }

# static_nginx DIR PORT: nginx as one would run a mirror (sendfile, no access log). $nginx_in is a command that runs it elsewhere, $nginx_at
# where it listens then.
static_nginx() {
  local conf=$PWD/$work/nginx-$2
  mkdir -p "$conf"
  cat >"$conf/nginx.conf" <<NGINX
user $(id -un) $(id -gn); worker_processes 1; daemon off; pid $conf/pid; error_log $conf/error.log;
events { worker_connections 1024; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000; server_tokens off;
  client_body_temp_path $conf/b; proxy_temp_path $conf/p; fastcgi_temp_path $conf/f; uwsgi_temp_path $conf/u; scgi_temp_path $conf/s;
  server { listen ${nginx_at:-127.0.0.1}:$2; root $(readlink -f "$1"); }
}
NGINX
  ${nginx_in:-} nginx -c "$conf/nginx.conf" -p "$conf" 2>/dev/null &
  bench_pids+=($!)
  wait_for_url "http://${nginx_at:-127.0.0.1}:$2/${3:-}"
}

# shipped: builds the program as packages have it, compiled ahead of time and with the runtime, for all that follows.
shipped() { program=$PWD/$work/program/bootdepot; eng/publish "$PWD/$work/program" -p:SelfContained=true >&2; }

# start_region DATA [OPTION...]: a region that imports only when told to; leaves its address in region_port, its process in region_pid,
# and what `bootdepot` needs to speak to it in the environment. $program is the program if it is not the checkout's.
start_region() {
  local data=$1
  shift
  region_port=$(free_port)
  "${program:-./bootdepot}" region --data "$data" --listen "http://127.0.0.1:$region_port" --no-auto-import "$@" >"$work/region.log" 2>&1 &
  region_pid=$!
  bench_pids+=("$region_pid")
  wait_for_url "http://127.0.0.1:$region_port/MAAS/api/2.0/version/"
  export BOOTDEPOT_URL=http://127.0.0.1:$region_port/MAAS/ BOOTDEPOT_API_KEY
  BOOTDEPOT_API_KEY=$("${program:-./bootdepot}" admin api-key admin --data "$data")
}
stop_region() { kill "$region_pid"; wait "$region_pid" 2>/dev/null || true; }

# import_ms: imports, and tells how long that took by what the region recorded.
import_ms() {
  "${program:-./bootdepot}" import --wait --quiet --json | jq -r '[.started, .ended] | map((.[0:19] + "Z" | fromdate) * 1000 + (.[20:23] | tonumber)) | .[1] - .[0]'
}

# make_stream NAME IMAGES KERNEL_BYTES INITRD_BYTES ROOT_BYTES: a signed stream of random files below $work/NAME, made once.
make_stream() {
  local name=$1 images=$2 kernel=$3 initrd=$4 root=$5 dir=$work/$1 i
  [ -f "$dir/stream/streams/v1/index.sjson" ] && return 0
  rm -rf "$dir"; mkdir -p "$dir/files"
  echo "making $name ($images images)" >&2
  {
    echo "label: stable"; echo "images:"
    for i in $(seq "$images"); do
      random_file "$kernel" "$dir/files/k$i" "k$i"; random_file "$initrd" "$dir/files/i$i" "i$i"
      echo "  - { os: bench, release: r$i, version: '$i', arch: amd64, set: '20260101', files: {"
      echo "      boot-kernel: { path: files/k$i }, boot-initrd: { path: files/i$i }"
      if [ "$root" -gt 0 ]; then random_file "$root" "$dir/files/s$i" "s$i"; echo "      , squashfs: { path: files/s$i }"; fi
      echo "    } }"
    done
  } >"$dir/stream.yaml"
  ./bootdepot stream build "$dir/stream.yaml" "$dir/stream" --key "$dir/key" --keyring "$dir/keyring.gpg" >&2
  rm -rf "$dir/files"
  (cd "$dir/stream" && find . -type f -not -path './streams/*' -size +0 | sed 's|^\./||' | sort) >"$dir/paths"
}

# publish SECTION < MARKDOWN: prints it and puts it between the section's markers in docs/benchmarks.md.
publish() {
  local section=$1 page=docs/benchmarks.md text
  text=$(cat)
  printf '\n%s\n' "$text"
  [ -f "$page" ] || printf '# Benchmarks\n\nMade by `bench/run`; every table names the command that makes it. Figures are medians; contenders ran in turn on the same bytes.\nPeers do not flush to disk; BootDepot does (every blob is fsynced before it becomes visible), unless a line says otherwise.\n' >"$page"
  grep -q "<!-- $section -->" "$page" || printf '\n<!-- %s -->\n<!-- /%s -->\n' "$section" "$section" >>"$page"
  TEXT=$text awk -v s="$section" '
    $0 == "<!-- " s " -->" { print; print ENVIRON["TEXT"]; skip = 1; next }
    $0 == "<!-- /" s " -->" { skip = 0 }
    !skip { print }' "$page" >"$page.new"
  mv "$page.new" "$page"
}
