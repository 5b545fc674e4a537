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

# static_nginx DIR PORT: nginx as one would run a mirror (sendfile, no access log).
static_nginx() {
  local conf=$PWD/$work/nginx-$2
  mkdir -p "$conf"
  cat >"$conf/nginx.conf" <<NGINX
user $(id -un) $(id -gn); worker_processes 1; daemon off; pid $conf/pid; error_log $conf/error.log;
events { worker_connections 1024; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000; server_tokens off;
  client_body_temp_path $conf/b; proxy_temp_path $conf/p; fastcgi_temp_path $conf/f; uwsgi_temp_path $conf/u; scgi_temp_path $conf/s;
  server { listen 127.0.0.1:$2; root $(readlink -f "$1"); }
}
NGINX
  nginx -c "$conf/nginx.conf" -p "$conf" 2>/dev/null &
  bench_pids+=($!)
  wait_for_url "http://127.0.0.1:$2/${3:-}"
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
