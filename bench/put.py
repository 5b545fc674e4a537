# put.py nginx|bootdepot PORT KEY FILE SHA256: sends a file in chunks of 4 MiB over one connection, by the protocol of MAAS or as one
# PUT after the other; prints the seconds of all chunks, then of the slowest one.
import http.client, json, os, sys, time, urllib.parse, uuid
kind, port, key, path, sha256 = sys.argv[1:6]
connection = http.client.HTTPConnection("127.0.0.1", int(port))
def headers():
    if kind == "nginx": return {}
    c, t, s = key.split(":")
    return {"Authorization": f'OAuth oauth_nonce="{uuid.uuid4().hex}", oauth_timestamp="{int(time.time())}", oauth_version="1.0", oauth_signature_method="PLAINTEXT", oauth_consumer_key="{c}", oauth_token="{t}", oauth_signature="%26{s}"'}
def send(method, url, body, more={}):
    connection.request(method, url, body, {**headers(), **more})
    answer = connection.getresponse(); text = answer.read()
    if answer.status not in (200, 201, 204): sys.exit(f"{method} {url}: {answer.status} {text[:300]}")
    return text
uri = None
if kind != "nginx":
    form = urllib.parse.urlencode({"name": f"custom/bench-{sha256[:8]}", "architecture": "amd64/generic", "sha256": sha256, "size": os.path.getsize(path)})
    made = json.loads(send("POST", "/MAAS/api/2.0/boot-resources/", form, {"Content-Type": "application/x-www-form-urlencoded"}))
    uri = list(list(made["sets"].values())[0]["files"].values())[0]["upload_uri"]
slowest, start, n = 0, time.perf_counter(), 0
with open(path, "rb") as f:
    while chunk := f.read(4 << 20):
        began = time.perf_counter()
        send("PUT", uri or f"/chunk{n}", chunk); n += 1
        slowest = max(slowest, time.perf_counter() - began)
print(f"{time.perf_counter() - start:.3f} {slowest:.3f}")
