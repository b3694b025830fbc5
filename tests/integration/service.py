#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The systemd units: systemd accepts them, they confine hablad, and hablad works in that of a user.

usage: service.py HABLAD UNIT PLUGINS PIPELINES

The last test runs the unit in a user service manager. It needs root to create a control group and a
private mount namespace with an empty /run and /home. Writes TAP to standard output.
"""
import base64
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

from command_test import Skipped, wait_for, want

NOBODY = 65534
# Limit for systemd-analyze security, in tenths.
MAX_EXPOSURE = 20
SPEECH = pathlib.Path("/usr/share/pocketsphinx/test/data/librivox")
MANAGER = "/lib/systemd/systemd"
MANAGER_ARGUMENT = "--inside"
SECONDS = 60


def need_systemd():
    if not shutil.which("systemd-analyze") or not os.path.exists(MANAGER):
        raise Skipped("systemd is not installed")


def write_unit(unit, hablad, folder, *arguments):
    """Copies the unit with the program of the build folder in place of the installed one."""
    lines = unit.read_text(encoding="utf-8").splitlines()
    lines = [f"ExecStart={hablad} {' '.join(arguments)}" if line.startswith("ExecStart=") else line
             for line in lines]
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / "hablad.service"
    copy.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return copy


def analyze(folder, *args, manager="--user"):
    done = subprocess.run(["systemd-analyze", manager, *map(str, args)], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
                          timeout=SECONDS, env={**os.environ, "XDG_RUNTIME_DIR": str(folder),
                                                "HOME": str(folder), "LC_ALL": "C.UTF-8"})
    # systemd warns where the kernel does not list its system calls; that does not concern the unit.
    lines = [line for line in done.stdout.splitlines() if "system call list" not in line]
    return done.returncode, "\n".join(lines)


def test_verify(folder, hablad, unit, *_):
    """systemd accepts each line and expands each specifier."""
    need_systemd()
    copy = write_unit(unit, hablad, folder)
    status, output = analyze(folder, "verify", "--man=no", copy)
    want(status == 0 and not output, f"exit status {status}:", output)


def test_exposure(folder, hablad, unit, *_):
    need_systemd()
    copy = write_unit(unit, hablad, folder)
    status, output = analyze(folder, "security", "--no-pager", "--offline=true",
                             f"--threshold={MAX_EXPOSURE}", copy)
    want(status == 0 and "exposure" in output, f"exit status {status}:",
         "\n".join(line for line in output.splitlines() if not line.startswith("✓")))
    print(f"# {output.splitlines()[-1]}", flush=True)


def test_system_unit(folder, hablad, unit, *_):
    """The same for the unit of the system, which has a user and folders of its own."""
    need_systemd()
    copy = write_unit(unit.with_name("hablad-system.service"), hablad, folder)
    status, output = analyze(folder, "verify", "--man=no", copy, manager="--system")
    want(status == 0 and not output, f"exit status {status}:", output)
    status, output = analyze(folder, "security", "--no-pager", "--offline=true",
                             f"--threshold={MAX_EXPOSURE}", copy, manager="--system")
    want(status == 0 and "exposure" in output, f"exit status {status}:",
         "\n".join(line for line in output.splitlines() if not line.startswith("✓")))
    lines = copy.read_text(encoding="utf-8").splitlines()
    want({"DynamicUser=yes", "StateDirectory=hablad", "MemoryMax=4G"} <= set(lines), lines)


def test_limits(_folder, _hablad, unit, *__):
    keys = dict(line.split("=", 1) for line in unit.read_text(encoding="utf-8").splitlines()
                if "=" in line and not line.startswith("#"))
    want("MemoryMax" in keys and "TasksMax" in keys, "the unit does not limit memory or tasks:", keys)


def test_session(folder, hablad, unit, plugins, pipelines):
    """A user service manager runs hablad, which recognises, translates and stores a sentence."""
    need_systemd()
    if os.geteuid() != 0 or not shutil.which("unshare") or not shutil.which("setpriv"):
        raise Skipped("only root can start a separate user service manager")
    if subprocess.run(["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups",
                       "test", "-x", hablad], check=False).returncode:
        raise Skipped("an ordinary user has no access to the build folder")
    command = [sys.executable, __file__, hablad, unit, plugins, pipelines, MANAGER_ARGUMENT,
               str(folder)]
    done = subprocess.run(["unshare", "--mount", "--propagation=private", *map(str, command)],
                          check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          encoding="utf-8", timeout=5 * SECONDS)
    if done.returncode == 77:
        raise Skipped(done.stdout.strip().splitlines()[-1])
    want(done.returncode == 0, done.stdout)
    for line in done.stdout.strip().splitlines():
        print(f"# {line}", flush=True)


# The functions below run in the private mount namespace.

def join_control_group():
    """Creates a control group for the user and enters it. Returns the folders to remove."""
    made = []
    for line in pathlib.Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines():
        _, kind, path = line.split(":", 2)
        if kind not in ("", "name=systemd"):
            continue
        for root in ("/sys/fs/cgroup/systemd" if kind else "/sys/fs/cgroup/unified",
                     None if kind else "/sys/fs/cgroup"):
            group = pathlib.Path(f"{root}{path}") / f"habla-test-{os.getpid()}"
            if root and (group.parent / "cgroup.procs").exists():
                try:
                    group.mkdir()
                    made.append(group)
                    (group / "cgroup.procs").write_text("0", encoding="ascii")
                except OSError as error:
                    leave_control_groups(made)
                    raise Skipped(f"cannot create a control group: {error}") from None
                for name in (group, *group.iterdir()):
                    os.chown(name, NOBODY, NOBODY)
                break
    if not made:
        raise Skipped("control groups are not available")
    return made


def leave_control_groups(made):
    for group in made:
        (group.parent / "cgroup.procs").write_text("0", encoding="ascii")
        wait_for(lambda group=group: all(not p.read_text(encoding="ascii")
                                         for p in group.rglob("cgroup.procs")), "the processes of the control group")
        for path, _, _ in os.walk(group, topdown=False):
            os.rmdir(path)


def mount_empty(path):
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", path], check=False)
    if done.returncode:
        raise Skipped("cannot mount a file system")


class Manager:
    """The service manager of the user nobody."""

    def __init__(self, log):
        self.runtime = pathlib.Path(f"/run/user/{NOBODY}")
        self.home = pathlib.Path("/home/nobody")
        # systemd requires these; the first one indicates that systemd runs on this machine.
        for folder in ("/run/systemd/system", "/run/systemd/unit-root"):
            pathlib.Path(folder).mkdir(parents=True)
        for folder in (self.runtime, self.home):
            folder.mkdir(parents=True, mode=0o700)
            os.chown(folder, NOBODY, NOBODY)
        self.env = {"HOME": str(self.home), "XDG_RUNTIME_DIR": str(self.runtime),
                    "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "SYSTEMD_LOG_TARGET": "console"}
        self.log = log
        self.process = None

    def start(self):
        self.process = subprocess.Popen([MANAGER, "--user"], stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log, **self.as_user())
        deadline = time.monotonic() + SECONDS
        while self.control("is-system-running") not in ("running", "degraded"):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Skipped("cannot start a user service manager")
            time.sleep(0.05)

    def as_user(self):
        return {"env": self.env, "cwd": "/", "user": NOBODY, "group": NOBODY, "extra_groups": []}

    def control(self, *args):
        done = subprocess.run(["systemctl", "--user", *args], check=False, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, encoding="utf-8", timeout=SECONDS,
                              **self.as_user())
        return done.stdout.strip()

    def stop(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(SECONDS)


class WebSocket:
    """A minimal WebSocket client."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), SECONDS)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET /ws/translate HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                             "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                             f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
                             ).encode())
        self.file = self.socket.makefile("rb")
        want(b"101" in self.file.readline(), "the WebSocket handshake failed")
        while self.file.readline().strip():
            pass

    def send(self, data, opcode):
        if len(data) < 126:
            head = struct.pack("!BB", 0x80 | opcode, 0x80 | len(data))
        else:
            head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, len(data))
        self.socket.sendall(head + bytes(4) + data)

    def send_json(self, **message):
        self.send(json.dumps(message).encode(), 1)

    def expect(self, kind):
        """Returns the next message of type kind."""
        while True:
            first, length = self.file.read(2)
            if length == 126:
                length = struct.unpack("!H", self.file.read(2))[0]
            elif length == 127:
                length = struct.unpack("!Q", self.file.read(8))[0]
            data = self.file.read(length)
            want(first & 0xf != 8, f"closed before {kind}", data)
            message = json.loads(data) if first & 0xf == 1 else {"type": None}
            want(message["type"] != "error", message)
            if message["type"] == kind:
                return message


def speak(port):
    """Sends a WAV file, and waits until its translation is stored."""
    client = WebSocket(port)
    client.expect("status")
    client.send_json(type="start_listening")
    client.expect("listening_started")
    audio = next(SPEECH.glob("*0880.wav")).read_bytes()
    for begin in range(0, len(audio), 16000):
        client.send(audio[begin:begin + 16000], 2)
    client.send_json(type="stop_listening")
    client.send(b"", 2)
    text = client.expect("transcript_final")["text"]
    translated = client.expect("translation")
    want(not translated["failed"] and translated["translated"], translated)
    client.expect("exchange_stored")
    print(f"recognised: {text}; translated: {translated['translated']}")
    client.socket.close()


def check_confined(pid, home):
    status = dict(line.split(":", 1) for line in
                  pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines())
    for key, value in {"NoNewPrivs": "1", "Seccomp": "2", "CapBnd": "0" * 16,
                       "Uid": f"{NOBODY}"}.items():
        want(status[key].split()[0] == value, f"{key}: {status[key]}, not {value}")
    mounts = {}
    for line in pathlib.Path(f"/proc/{pid}/mountinfo").read_text(encoding="utf-8").splitlines():
        mounts[line.split()[4]] = line.split()[5].split(",")
    for path, writable in {"/": False, "/home": False, "/run/user": False, "/dev": False,
                           f"{home}/.local/share/habla": True,
                           f"{home}/.local/state/habla": True}.items():
        want(path in mounts and ("rw" in mounts[path]) == writable, f"{path}: {mounts.get(path)}")
    print(f"threads of hablad: {status['Threads'].strip()}")


def find_free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_ready(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def run_service(manager, hablad, unit, plugins, pipelines):
    port = find_free_port()
    units = manager.home / ".config/systemd/user"
    write_unit(pathlib.Path(unit), hablad, units, f"--listen=127.0.0.1:{port}")
    (units / "hablad.service.d").mkdir()
    (units / "hablad.service.d/test.conf").write_text(
        f"[Service]\nEnvironment=GST_PLUGIN_PATH={plugins} HABLA_PIPELINES={pipelines} "
        f"HABLA_DECODER={os.environ['HABLA_DECODER']}\n"
        f"Environment=LD_LIBRARY_PATH={os.environ.get('LD_LIBRARY_PATH', '')}\n"
        f"StandardOutput=append:{manager.home}/log\nStandardError=inherit\n", encoding="utf-8")
    subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", manager.home], check=True)
    manager.start()
    result = manager.control("start", "hablad")
    want(manager.control("is-active", "hablad") == "active", result, manager.control("status", "hablad"))
    wait_for(lambda: is_ready(port), "hablad")
    check_confined(manager.control("show", "-P", "MainPID", "hablad"), manager.home)
    speak(port)
    want((manager.home / ".local/share/habla/habla.db").exists(), "the store was not created")
    manager.control("stop", "hablad")
    result = manager.control("show", "-P", "Result", "hablad")
    want(result == "success", f"the result is {result}", manager.control("status", "hablad"))


def inside(hablad, unit, plugins, pipelines, folder):
    log = pathlib.Path(folder) / "log"
    service_log = pathlib.Path("/home/nobody/log")
    groups, manager = [], None
    try:
        groups = join_control_group()
        mount_empty("/run")
        mount_empty("/home")
        with log.open("wb") as file:
            manager = Manager(file)
            run_service(manager, hablad, unit, plugins, pipelines)
    except Skipped as skipped:
        print(skipped)
        return 77
    except Exception as error:  # Print the logs after any failure.
        print(f"{type(error).__name__}: {error}")
        for path in filter(pathlib.Path.exists, (log, service_log)):
            print(path.read_text(errors="replace"))
        return 1
    finally:
        if manager is not None:
            manager.stop()
        leave_control_groups(groups)
    return 0


def main():
    args = [pathlib.Path(arg).resolve() for arg in sys.argv[1:5]]
    if MANAGER_ARGUMENT in sys.argv:
        sys.exit(inside(*args, sys.argv[6]))
    tests = [test_verify, test_exposure, test_system_unit, test_limits, test_session]
    print(f"1..{len(tests)}")
    for number, test in enumerate(tests, 1):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="habla-service-"))
        problem, note = "", ""
        try:
            test(folder, *args)
        except Skipped as skipped:
            note = f" # SKIP {skipped}"
        except Exception as error:  # Report any failure as TAP.
            problem = f"{type(error).__name__}: {error}"
        print(f"{'not ok' if problem else 'ok'} {number} /service/{test.__name__[5:]}{note}",
              flush=True)
        for line in filter(None, problem.split("\n")):
            print(f"# {line}", flush=True)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
