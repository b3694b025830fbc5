#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""hablad as a node: scripts/cluster, the example of nats-server's configuration, wrong settings.

usage: cluster.py HABLAD SOURCE

Needs nats-server, and openssl for certificates and keys. Writes TAP to standard output.
"""
import base64
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

SECONDS = 120


class Failed(Exception):
    pass


def want(condition, *details):
    if not condition:
        raise Failed("\n".join(map(str, details)))


def wait_for(condition, what):
    """Returns the first true result of condition()."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if result := condition():
            return result
        time.sleep(0.05)
    raise Failed(f"no {what} in time")


def get(url):
    """The JSON at url; None while nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)
    except OSError:
        return None


def find(path, pattern):
    """The first group of pattern in a file that may not exist yet."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    found = re.search(pattern, text, re.MULTILINE)
    return found.group(1) if found else None


def run(*args, data=None):
    return subprocess.run(args, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout


class Process:
    """A program of the test, killed at its end."""

    def __init__(self, log, *args, **environment):
        self.log = log
        with open(log, "wb") as output:
            self.popen = subprocess.Popen(list(map(str, args)), stdin=subprocess.DEVNULL, stdout=output,
                                          stderr=subprocess.STDOUT, env={**os.environ, **environment})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.popen.poll() is None:
            self.popen.kill()
        self.popen.wait()

    def find(self, pattern):
        return wait_for(lambda: find(self.log, pattern) or (
            self.popen.poll() is not None and (_ for _ in ()).throw(Failed(self.log.read_text()))), pattern)


class Node(Process):
    def __init__(self, hablad, folder, name, lines):
        folder = folder / name
        folder.mkdir()
        config = folder / "hablad.conf"
        config.write_text("\n".join(["[server]", "listen=127.0.0.1:0", "[health]", "ttl=100", "[cluster]",
                                     f"name={name}", *lines, ""]), encoding="utf-8")
        super().__init__(folder / "log", hablad, "--config", config, "--log-format", "text",
                         XDG_DATA_HOME=str(folder), XDG_STATE_HOME=str(folder))

    def url(self):
        return self.find(r"^listening on (http[^ ]*/)")

    def wait_for_state(self, status, *texts):
        """Waits until /health has this status, and a message with one of the texts."""
        def has_state():
            health = get(self.url() + "health")
            cluster = health["components"]["cluster"] if health else {"status": None}
            return cluster["status"] == status and any(text in cluster["message"] for text in texts)
        wait_for(has_state, f"{status} with {texts}")


def list_nodes(address):
    cluster = get(address + "api/cluster")
    return [node["name"] for node in cluster["nodes"]] if cluster else []


def start_nats(folder, text):
    folder.mkdir()
    config = folder / "nats.conf"
    config.write_text(text + f'\nports_file_dir: "{folder}"\n', encoding="utf-8")
    server = Process(folder / "log", "nats-server", "-c", config)
    ports = folder / f"nats-server_{server.popen.pid}.ports"
    wait_for(lambda: find(ports, r'"nats":\["([^"]*)"') or server.popen.poll() is not None, "nats-server")
    url = find(ports, r'"nats":\["([^"]*)"')
    want(url, server.log.read_text())
    return server, url


def test_script(folder, hablad, source):
    """Three nodes know each other; Ctrl-C ends them all."""
    with Process(folder / "log", source / "scripts/cluster", folder / "files", HABLAD=hablad) as script:
        addresses = [script.find(rf"^node-{number}: (http\S*)$") for number in (1, 2, 3)]
        script.find("^(The cluster runs)")
        names = ["node-1", "node-2", "node-3"]
        for address in addresses:
            wait_for(lambda url=address: list_nodes(url) == names, "three nodes")
        cluster = get(addresses[1] + "api/cluster")
        want(cluster["node"] == "node-2" and cluster["status"] == "ok", cluster)
        want([node["own"] for node in cluster["nodes"]] == [False, True, False], cluster)
        wait_for(lambda: [node["addresses"] for node in get(addresses[1] + "api/cluster")["nodes"]] ==
                 [[address] for address in addresses], "addresses of all")
        children = run("ps", "-o", "pid=", "--ppid", str(script.popen.pid)).decode().split()
        want(len(children) == 4, children)
        script.popen.send_signal(signal.SIGINT)
        status = script.popen.wait(SECONDS)
        want(status == 130, f"status {status}", script.log.read_text())
        want(not any(os.path.exists(f"/proc/{pid}") for pid in children), "a program is left")
        want((folder / "files/node-3.log").exists(), "no log")


def make_certificate(folder):
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout",
        str(folder / "server.key"), "-out", str(folder / "server.pem"))


def encode_key(head, key):
    """NATS writes keys in base 32, with a checksum."""
    crc = 0
    for byte in head + key:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xffff
    return base64.b32encode(head + key + crc.to_bytes(2, "little")).decode().rstrip("=")


def make_nkey(path):
    """Writes the seed to path and the public key beside it; returns the public key."""
    private = run("openssl", "genpkey", "-algorithm", "ed25519", "-outform", "DER")
    public = run("openssl", "pkey", "-inform", "DER", "-pubout", "-outform", "DER", data=private)[-32:]
    seed, user = 18 << 3, 20 << 3
    path.touch(0o600)
    path.write_text(encode_key(bytes([seed | user >> 5, (user & 31) << 3]), private[-32:]), encoding="utf-8")
    name = encode_key(bytes([user]), public)
    pathlib.Path(f"{path}.pub").write_text(name + "\n", encoding="utf-8")
    return name


def write_example(folder, source, keys):
    """data/cluster/nats-server.conf with files and keys of the test."""
    text = (source / "data/cluster/nats-server.conf").read_text(encoding="utf-8")
    for old, new in {"0.0.0.0:4222": "127.0.0.1:-1", "/etc/nats": str(folder), "/var/lib/nats": str(folder)}.items():
        want(old in text, f"{old} is not in the example")
        text = text.replace(old, new)
    examples = re.findall(r'nkey: "(\w+)"', text)
    want(len(examples) == len(keys), examples)
    for old, new in zip(examples, keys):
        text = text.replace(old, new)
    return text


def test_example(folder, hablad, source):
    """TLS, keys and permissions of the example; a stranger is refused."""
    make_certificate(folder)
    keys = [make_nkey(folder / f"{name}.nk") for name in ("a", "b", "stranger")]
    server, url = start_nats(folder / "nats", write_example(folder, source, keys[:2]))
    lines = ["servers=" + url.replace("nats:", "tls:"), f"ca={folder}/server.pem"]
    with server, \
         Node(hablad, folder, "a", [*lines, f"nkey={folder}/a.nk"]) as a, \
         Node(hablad, folder, "b", [*lines, f"nkey={folder}/b.nk"]) as b, \
         Node(hablad, folder, "c", [*lines, f"nkey={folder}/stranger.nk"]) as c, \
         Node(hablad, folder, "d", [lines[0], f"nkey={folder}/b.nk"]) as d:
        wait_for(lambda: list_nodes(a.url()) == list_nodes(b.url()) == ["a", "b"], "two nodes")
        a.wait_for_state("ok", "connected as “a”")
        c.wait_for_state("degraded", "Authorization")
        d.wait_for_state("degraded", "SSL", "certificate")
        seed = (folder / "stranger.nk").read_text(encoding="utf-8")
        for node in (a, b, c, d):
            text = node.log.read_text(encoding="utf-8")
            want("Failed to" not in re.sub(".*preload.*", "", text), text)
            want(seed not in text, "a seed is in the log")
            want("no stream" not in text or node in (c, d), text)


def test_away(folder, hablad, source):
    """hablad starts without NATS, and says so until it is there."""
    server, url = start_nats(folder / "nats", 'listen: "127.0.0.1:-1"')
    server.__exit__()
    with Node(hablad, folder, "a", [f"servers={url}"]) as node:
        node.wait_for_state("degraded", "this node only")
        want(get(node.url() + "api/cluster")["status"] == "degraded", "not degraded")
        node.popen.terminate()
        want(node.popen.wait(SECONDS) == 0, node.log.read_text())


def test_settings(folder, hablad, source):
    open_file = folder / "open.creds"
    open_file.write_text("x", encoding="utf-8")
    open_file.chmod(0o644)
    rows = [
        (["servers=127.0.0.1:4222"], "must be addresses such as"),
        (["servers=nats://user:pw-7@127.0.0.1:4222"], "credentials file"),
        (["servers=nats://127.0.0.1:4222", "name=a b"], "letters, digits"),
        (["servers=nats://127.0.0.1:4222", f"credentials={open_file}"], "chmod 600"),
        (["servers=nats://127.0.0.1:4222", "credentials=/nowhere"], "credentials of [cluster]"),
        (["servers=nats://127.0.0.1:4222", "ca=/nowhere"], "/nowhere"),
        (["servers=nats://127.0.0.1:4222", "ca=nowhere"], "absolute"),
        (["servers=nats://127.0.0.1:4222", f"spool={open_file}"], "is not a spool"),
        (["replicas=6"], "from 1 to 5"),
    ]
    for number, (lines, text) in enumerate(rows):
        with Node(hablad, folder, f"n{number}", lines) as node:
            status = node.popen.wait(SECONDS)
            output = node.log.read_text(encoding="utf-8")
            want(status != 0 and text in output, lines, f"status {status}", output)
            want("pw-7" not in output, "a password is in the log", output)


TESTS = [test_script, test_example, test_away, test_settings]


def main():
    hablad, source = sys.argv[1], pathlib.Path(sys.argv[2])
    if not shutil.which("nats-server"):
        print("1..0 # SKIP nats-server is not installed")
        return 0
    failures = 0
    print(f"1..{len(TESTS)}", flush=True)
    for number, test in enumerate(TESTS, 1):
        with tempfile.TemporaryDirectory() as folder:
            try:
                test(pathlib.Path(folder), hablad, source)
                print(f"ok {number} {test.__name__}", flush=True)
            except Failed as error:
                failures += 1
                print("".join(f"# {line}\n" for line in str(error).splitlines()), end="")
                print(f"not ok {number} {test.__name__}", flush=True)
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
