# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of the pages share: a real hablad, and Debian's Chromium whose microphone is a file.

Selenium is Debian's, so the tests run with Debian's Python.
"""
import os
import pathlib
import re
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.request
import wave

SPEECH = sorted(pathlib.Path("/usr/share/pocketsphinx/test/data/librivox").glob("*.wav"))
TIMEOUT = 90  # seconds, generous for a loaded machine

CARD = ("[...document.querySelectorAll('#cards li:not([data-open])')].some(card => "
        "card.querySelector('.source')?.textContent === {source!r} && "
        "card.querySelector('.translated').textContent.includes({translated!r}))")
STATE = "document.getElementById('state').dataset.state === {state!r}"


def why_not(hablad):
    """Returns why the tests cannot run here, or None."""
    if not pathlib.Path(hablad).exists():
        return "hablad is not built"
    if not shutil.which("chromium") or not shutil.which("chromedriver"):
        return "Debian packages chromium and chromium-driver are not installed"
    if not SPEECH:
        return "Debian package pocketsphinx-testdata is not installed"
    try:
        import selenium  # noqa: F401
    except ImportError:
        return "Debian package python3-selenium is not installed"
    return None


class Daemon:
    """A hablad on any free port, whose files are in a folder."""

    def __init__(self, hablad, folder, listen="127.0.0.1:0", options=()):
        models = os.environ.get("HABLA_TEST_MODELS")
        environment = dict(os.environ, XDG_CONFIG_HOME=folder, XDG_DATA_HOME=folder, XDG_STATE_HOME=folder)
        if models:
            environment["HABLA_MODELS_PATH"] = models
        self.process = subprocess.Popen([hablad, "--listen", listen, *options], env=environment,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.lines = []
        self.url = None
        ready = threading.Event()

        def read(pipe):
            for line in pipe:
                self.lines.append(line.rstrip())
                found = re.match(r"listening on (\S+)", line)
                if found and self.url is None:  # further ones are for other machines
                    self.url = found.group(1)
                    ready.set()

        for pipe in (self.process.stdout, self.process.stderr):
            threading.Thread(target=read, args=(pipe,), daemon=True).start()
        deadline = time.monotonic() + TIMEOUT
        while not ready.wait(0.2) and self.process.poll() is None and time.monotonic() < deadline:
            pass
        if not ready.is_set():
            self.stop()
            raise AssertionError("hablad did not print its address: " + "\n".join(self.lines))

    @property
    def address(self):
        """HOST:PORT"""
        return self.url.split("/")[2]

    def stop(self):
        """Ends it, and returns its exit status."""
        self.process.terminate()
        try:
            return self.process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def wait_metric(self, name, value):
        """Waits until a metric without labels has that value."""
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            with urllib.request.urlopen(self.url + "metrics", timeout=5) as answer:
                found = re.search(rf"^{name} (\S+)$", answer.read().decode(), re.MULTILINE)
            if found and float(found.group(1)) == value:
                return
            time.sleep(0.1)
        raise AssertionError(f"{name} is not {value}")

    def report(self):
        """Prints what it logged, and its metrics."""
        for line in self.lines[-20:]:
            print(f"# hablad: {line}")
        if self.process.poll() is not None:
            return
        with urllib.request.urlopen(self.url + "metrics", timeout=5) as answer:
            for line in answer.read().decode().split("\n"):
                if line and not line.startswith("#") and not line.endswith(" 0"):
                    print(f"# metrics: {line}")


def find_token(folder):
    """Returns the token that hablad --lan made."""
    return pathlib.Path(folder, "habla/owner-token").read_text(encoding="utf-8").strip()


def make_speech(folder):
    """Writes two sentences, each with a pause after it, which ends the utterance."""
    path = pathlib.Path(folder, "speech.wav")
    with wave.open(str(path), "wb") as out:
        for number, source in enumerate(SPEECH[:2]):
            with wave.open(str(source), "rb") as sentence:
                if number == 0:
                    out.setparams(sentence.getparams())
                out.writeframes(sentence.readframes(sentence.getnframes()))
                out.writeframes(b"\0\0" * sentence.getframerate() * 2)
    return path


def make_tone(folder, name, sample, seconds=10):
    """Writes a file whose samples alternate between sample and -sample: silence, if it is 0."""
    path = pathlib.Path(folder, name)
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, 16000, 0, "NONE", ""))
        pair = b"".join(value.to_bytes(2, "little", signed=True) * 20 for value in (sample, -sample))
        out.writeframes(pair * (seconds * 16000 // 40))
    return path


class Page:
    """The page that a browser shows."""

    def __init__(self, driver):
        self.driver = driver

    def run(self, script, *arguments):
        """Runs a script in the page, and returns its value."""
        return self.driver.execute_script(script, *arguments)

    def value(self, expression):
        """Returns the value of a JavaScript expression."""
        return self.run("return " + expression)

    def wait(self, expression, what, timeout=TIMEOUT):
        """Waits until a JavaScript expression is true, and returns its value."""
        from selenium.webdriver.support.ui import WebDriverWait
        return WebDriverWait(self.driver, timeout, 0.1).until(
            lambda driver: driver.execute_script("return " + expression), f"no {what}")

    def open(self, url, state="open"):
        """Loads a page, and waits for a state of its connection."""
        self.driver.get(url)
        self.wait_state(state)

    def wait_state(self, state):
        self.wait(STATE.format(state=state), f"state {state}")

    def wait_card(self, source, translated):
        """Waits for a finished card of typed text."""
        self.wait(CARD.format(source=source, translated=translated), f"translation of {source}")

    def click(self, name):
        self.driver.find_element("id", name).click()

    def type(self, text):
        self.driver.find_element("id", "text").send_keys(text + "\n")

    def choose(self, name, value):
        """Chooses an option of a list, as a user does."""
        self.run("const list = document.getElementById(arguments[0]); list.value = arguments[1]; "
                 "list.dispatchEvent(new Event('change'));", name, value)

    def speak_english(self):
        """Makes English the language that is spoken, with Spanish as translation."""
        self.wait("document.getElementById('source').value !== ''", "languages")
        self.choose("source", "en")
        self.wait("document.getElementById('source').value === 'en' && "
                  "document.getElementById('text').lang === 'en'", "English")
        self.set_targets("es")

    def set_targets(self, *codes):
        """Chooses the languages to translate into."""
        for code in codes:
            self.set_target(code, True)
        for code in self.targets():
            if code not in codes:
                self.set_target(code, False)

    def set_target(self, code, is_chosen):
        box = f"document.querySelector('#target-choices [value={code}]')"
        self.run(f"if ({box}.checked !== arguments[0]) {box}.click()", is_chosen)
        self.wait(f"{box}.checked === {str(is_chosen).lower()} && !{box}.dataset.waiting", f"choice of {code}")

    def targets(self):
        return self.value("[...document.querySelectorAll('#target-choices :checked')].map(box => box.value)")

    def check_log(self):
        """Raises if a script failed, or broke the Content Security Policy."""
        for entry in self.driver.get_log("browser"):
            if "Content Security Policy" in entry["message"] or "Uncaught" in entry["message"]:
                raise AssertionError(entry["message"])

    def report(self):
        """Prints what it shows and logged."""
        body = self.value("document.body.innerText")
        print("# page: " + body.replace("\n", " | "))
        for entry in self.driver.get_log("browser"):
            print("# browser: " + entry["message"].replace("\n", " "))


class Network:
    """A TCP proxy to a server that can become a black hole: it keeps connections, and passes nothing on.

    prefix: path, such as /captions, that it removes from requests
    """

    def __init__(self, address, prefix=""):
        host, port = address.split(":")
        self.prefix = prefix.encode()
        self.target = (host, int(port))
        self.dead = set()  # connections that pass nothing on
        self.live = set()
        self.lock = threading.Lock()
        self.server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.server.getsockname()[1]}{prefix}/"
        self.outside = []  # requests that are not below the prefix
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self.carry, args=(client,), daemon=True).start()

    def carry(self, client):
        connection = object()
        try:
            server = socket.create_connection(self.target)
        except OSError:  # the server is down
            client.close()
            return
        with client, server:
            with self.lock:
                self.live.add(connection)
            while True:
                ready, _, _ = select.select([client, server], [], [])
                for source in ready:
                    try:
                        data = source.recv(65536)
                    except OSError:
                        return
                    if not data:
                        return
                    with self.lock:
                        is_dead = connection in self.dead
                    if is_dead:
                        continue
                    if source is client:
                        server.sendall(self.remove_prefix(data))
                    else:
                        client.sendall(data)

    def remove_prefix(self, data):
        """A request of a browser begins with a packet of its own."""
        if not self.prefix or not data.startswith((b"GET ", b"POST ")):
            return data
        method, _, rest = data.partition(b" ")
        if not rest.startswith(self.prefix + b"/"):
            self.outside.append(rest[:60])
        return method + b" " + rest.removeprefix(self.prefix)

    def lose(self):
        """All connections of now go dead; new ones work, as after a change of the Wi-Fi."""
        with self.lock:
            self.dead |= self.live

    def close(self):
        self.server.close()


def open_browser(folder, speech=None, options=(), microphone="allowed"):
    """Headless Chromium. Its microphone plays the file speech in a loop; None: it beeps.

    microphone: allowed, refused or missing
    """
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    chosen = webdriver.ChromeOptions()
    chosen.binary_location = shutil.which("chromium")
    arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                 "--lang=en-US",
                 "--autoplay-policy=no-user-gesture-required",
                 f"--user-data-dir={tempfile.mkdtemp(prefix='profile-', dir=folder)}", *options]
    if microphone != "refused":
        arguments.append("--use-fake-ui-for-media-stream")
    if microphone != "missing":
        arguments.append("--use-fake-device-for-media-stream")
    if speech is not None:
        arguments.append(f"--use-file-for-fake-audio-capture={speech}")
    for argument in arguments:
        chosen.add_argument(argument)
    chosen.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=chosen)


def set_size(driver, width, height, mobile=False):
    """Sets the size of the page in CSS pixels."""
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                           {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile})


class Run:
    """The daemons and browsers of a test; all end with it."""

    def __init__(self, hablad, folder, report):
        self.hablad = hablad
        self.folder = folder
        self.report = report
        self.daemons = []
        self.drivers = []

    def start_daemon(self, listen="127.0.0.1:0", options=(), config=None):
        """config: text of hablad.conf"""
        if config is not None:
            path = pathlib.Path(self.folder, "hablad.conf")
            path.write_text(config, encoding="utf-8")
            options = [*options, "--config", str(path)]
        self.daemons.append(Daemon(self.hablad, self.folder, listen, options))
        return self.daemons[-1]

    def start_browser(self, speech=None, options=(), microphone="allowed"):
        self.drivers.append(open_browser(self.folder, speech, options, microphone))
        return Page(self.drivers[-1])

    def close_browser(self, page):
        self.drivers.remove(page.driver)
        page.driver.quit()

    def explain(self):
        """Prints the state of all."""
        for daemon in self.daemons:
            daemon.report()
        for driver in self.drivers:
            Page(driver).report()

    def end(self):
        for driver in self.drivers:
            driver.quit()
        for daemon in self.daemons:
            if daemon.process.poll() is None:
                daemon.stop()


def main(doc, tests, run):
    """Runs run(Run), which calls report(name) after each of the tests. TAP on standard output."""
    if len(sys.argv) != 2:
        print(doc, file=sys.stderr)
        return 2
    reason = why_not(sys.argv[1])
    if reason:
        print(f"1..0 # SKIP {reason}")
        return 0

    print(f"1..{len(tests)}", flush=True)
    done = []

    def report(name):
        if name != tests[len(done)]:
            raise AssertionError(f"{name} comes out of turn")
        done.append(name)
        print(f"ok {len(done)} {name}", flush=True)

    with tempfile.TemporaryDirectory(prefix="habla-page-", ignore_cleanup_errors=True) as folder:
        state = Run(sys.argv[1], folder, report)
        try:
            run(state)
        except Exception:
            for line in traceback.format_exc().rstrip().split("\n"):
                print(f"# {line}")
            try:
                state.explain()
            except Exception as error:  # what failed first matters more
                print(f"# no explanation: {error}")
            print(f"not ok {len(done) + 1} {tests[min(len(done), len(tests) - 1)]}", flush=True)
            return 1
        finally:
            state.end()
    return 0
