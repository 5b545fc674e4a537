# put.py KIND PORT KEY FILE SHA256 [FIELD=VALUE...]: sends a file over one connection; prints the seconds until the last answer, then
# those of the slowest request.
#   bootdepot     chunks of 4 MiB by the protocol of MAAS        nginx         the same chunks, each a file
#   tus           tus, in one PATCH                              nginx-whole   one PUT
#   whole         one PUT whose body is the file
#   form          one POST of a form with the file as a part
#   convert       as bootdepot, with fields such as convert=ddraw; prints the seconds from the last byte's answer to the end of the
#                 conversion, then the digest of what came out
import base64, http.client, json, os, sys, time, urllib.parse, uuid
kind, port, key, path, sha256 = sys.argv[1:6]
size, api = os.path.getsize(path), "/MAAS/api/2.0/"
fields = {"name": f"custom/{kind}-{sha256[:8]}", "architecture": "amd64/generic", **dict(f.split("=", 1) for f in sys.argv[6:])}
connection = http.client.HTTPConnection("127.0.0.1", int(port), blocksize=1 << 20)
def headers():
    if kind.startswith("nginx"): return {}
    c, t, s = key.split(":")
    return {"Authorization": f'OAuth oauth_nonce="{uuid.uuid4().hex}", oauth_timestamp="{int(time.time())}", oauth_version="1.0", oauth_signature_method="PLAINTEXT", oauth_consumer_key="{c}", oauth_token="{t}", oauth_signature="%26{s}"'}
def send(method, url, body=None, more={}):
    connection.request(method, url, body, {**headers(), **more})
    answer = connection.getresponse(); text = answer.read()
    if answer.status not in (200, 201, 204): sys.exit(f"{method} {url}: {answer.status} {text[:300]}")
    return answer, text
def create():
    form = urllib.parse.urlencode({**fields, "sha256": sha256, "size": size})
    return json.loads(send("POST", api + "boot-resources/", form, {"Content-Type": "application/x-www-form-urlencoded"})[1])
def whole(method, url, more={}):
    with open(path, "rb") as f: send(method, url, f, {"Content-Length": str(size), **more})
def chunks(uri_of):
    slowest = 0
    with open(path, "rb") as f:
        for n, chunk in enumerate(iter(lambda: f.read(4 << 20), b"")):
            began = time.perf_counter()
            send("PUT", uri_of(n), chunk)
            slowest = max(slowest, time.perf_counter() - began)
    return slowest
def form():  # without the file in memory
    boundary = uuid.uuid4().hex
    lines = "".join(f'--{boundary}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items())
    head = f'{lines}--{boundary}\r\nContent-Disposition: form-data; name="content"; filename="content"\r\nContent-Type: application/octet-stream\r\n\r\n'.encode()
    tail = f"\r\n--{boundary}--\r\n".encode()
    def pieces():
        yield head
        with open(path, "rb") as f: yield from iter(lambda: f.read(1 << 20), b"")
        yield tail
    send("POST", api + "boot-resources/", pieces(), {"Content-Type": f"multipart/form-data; boundary={boundary}", "Content-Length": str(len(head) + size + len(tail))})

slowest, uri = None, None
if kind in ("bootdepot", "convert"): uri = list(list(create()["sets"].values())[0]["files"].values())[0]["upload_uri"]
start = time.perf_counter()
if kind == "nginx": slowest = chunks(lambda n: f"/chunk{n}")
elif uri: slowest = chunks(lambda n: uri)
elif kind == "nginx-whole": whole("PUT", "/whole")
elif kind == "whole": whole("PUT", api + "boot-resources/?" + urllib.parse.urlencode(fields))
elif kind == "form": form()
elif kind == "tus":
    version = {"Tus-Resumable": "1.0.0"}
    metadata = ",".join(f"{n} {base64.b64encode(v.encode()).decode()}" for n, v in fields.items())
    made, _ = send("POST", "/MAAS/uploads/", None, {**version, "Upload-Length": str(size), "Upload-Metadata": metadata})
    whole("PATCH", urllib.parse.urlparse(made.headers["Location"]).path, {**version, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"})
took = time.perf_counter() - start
if kind == "convert":
    start = time.perf_counter()
    while (row := next(r for r in json.loads(send("GET", api + "conversions/")[1]) if r["source_sha256"] == sha256))["state"] in ("queued", "running"): time.sleep(0.02)
    if row["state"] != "done": sys.exit(f"{row}")
    print(f"{time.perf_counter() - start:.3f} {row['sha256']}")
else: print(f"{took:.3f} {took if slowest is None else slowest:.3f}")
