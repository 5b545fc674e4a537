# link.py NAMESPACE RTT_MS LOSS MBIT: a slow link between this network namespace (198.18.0.1) and NAMESPACE (198.18.0.2), until killed.
# The two ends are TUN devices of the kernel; each packet between them waits half of RTT_MS, behind those before it at MBIT/s, in a buffer
# that holds what is under way in one RTT (at least 64 KiB); what does not fit is dropped, and LOSS of all packets, each way. So both ends
# speak the kernel's own TCP: what netem and tbf do, for kernels that have neither. Prints a line when it is there.
import collections, fcntl, os, random, select, struct, subprocess, sys, time
namespace, rtt, loss, mbit = sys.argv[1], float(sys.argv[2]) / 1000, float(sys.argv[3]), float(sys.argv[4])
rate = mbit * 1e6 / 8
room = max(rate * rtt, 65536)
random.seed(1)

def tun(name):
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, 0x400454CA, struct.pack("16sH", name.encode(), 0x0001 | 0x1000))  # TUNSETIFF: IFF_TUN, IFF_NO_PI
    return fd
def run(*words): subprocess.run(words, check=True)

near, far = tun(f"bdn{os.getpid()}"), tun(f"bdf{os.getpid()}")
run("ip", "link", "set", f"bdf{os.getpid()}", "netns", namespace)
for prefix, name, own, other in (([], f"bdn{os.getpid()}", "198.18.0.1", "198.18.0.2"),
                                 (["ip", "netns", "exec", namespace], f"bdf{os.getpid()}", "198.18.0.2", "198.18.0.1")):
    run(*prefix, "ip", "addr", "add", own, "peer", other, "dev", name)
    run(*prefix, "ip", "link", "set", name, "up", "txqueuelen", "10000")

class Way:
    def __init__(self, source, target):
        self.source, self.target, self.free, self.waiting = source, target, 0.0, collections.deque()
    def take(self):
        while True:
            try: packet = os.read(self.source, 65536)
            except BlockingIOError: return
            now = time.monotonic()
            if random.random() < loss or (max(0, self.free - now) * rate + len(packet)) > room: continue
            self.free = max(now, self.free) + len(packet) / rate
            self.waiting.append((self.free + rtt / 2, packet))
    def give(self):
        now = time.monotonic()
        while self.waiting and self.waiting[0][0] <= now:
            os.write(self.target, self.waiting.popleft()[1])

ways = {near: Way(near, far), far: Way(far, near)}
print("up", flush=True)
while True:
    due = min((w.waiting[0][0] for w in ways.values() if w.waiting), default=None)
    ready, _, _ = select.select(ways, [], [], None if due is None else max(0, due - time.monotonic()))
    for source in ready: ways[source].take()
    for way in ways.values(): way.give()
