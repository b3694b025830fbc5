#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The page in a real browser: typed text, recorded speech into a microphone, a listener.

usage: page.py HABLAD

Chromium's microphone is a file here: real speech. TAP on standard output; selenium is
Debian's, so it is Debian's Python.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import traceback
import urllib.request
import wave

SPEECH = sorted(pathlib.Path("/usr/share/pocketsphinx/test/data/librivox").glob("*.wav"))
TIMEOUT = 90  # seconds, generous for a loaded machine
TESTS = ["loads", "typed text", "direction", "languages", "engines", "microphone", "listener", "reconnect"]


def why_not(hablad):
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
    """A hablad on any free port."""

    def __init__(self, hablad, listen="127.0.0.1:0"):
        models = os.environ.get("HABLA_TEST_MODELS")
        environment = dict(os.environ, HABLA_MODELS_PATH=models) if models else None
        self.process = subprocess.Popen([hablad, "--listen", listen], env=environment,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.lines = []
        self.url = None
        ready = threading.Event()

        def read(pipe):
            for line in pipe:
                self.lines.append(line.rstrip())
                found = re.match(r"listening on (\S+)", line)
                if found:
                    self.url = found.group(1)
                    ready.set()

        for pipe in (self.process.stdout, self.process.stderr):
            threading.Thread(target=read, args=(pipe,), daemon=True).start()
        if not ready.wait(TIMEOUT):
            self.stop()
            raise AssertionError("hablad did not print its address: " + "\n".join(self.lines))

    def stop(self):
        self.process.terminate()
        try:
            return self.process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


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


class Page:
    def __init__(self, driver):
        self.driver = driver

    def wait(self, script, what):
        from selenium.webdriver.support.ui import WebDriverWait
        return WebDriverWait(self.driver, TIMEOUT, 0.1).until(
            lambda driver: driver.execute_script("return " + script), f"no {what}")

    def click(self, name):
        self.driver.find_element("id", name).click()

    def type(self, text):
        self.driver.find_element("id", "text").send_keys(text + "\n")


CARD = ("[...document.querySelectorAll('#cards li:not([data-open])')].some(card => "
        "card.querySelector('.source')?.textContent === {source!r} && "
        "card.querySelector('.translated').textContent.includes({translated!r}))")

WATCH = """
  window.partials = 0;
  window.wasBusy = false;
  new MutationObserver(() => {
    window.partials += document.getElementById('partial').textContent.length > 0;
    window.wasBusy ||= document.getElementById('state').textContent.startsWith('Busy');
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
"""


def open_browser(folder, speech):
    """Headless Chromium whose microphone plays the file speech in a loop."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for option in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                   "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
                   f"--use-file-for-fake-audio-capture={speech}",
                   f"--user-data-dir={folder}/profile"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)


def choose(driver, name, value):
    """Chooses an option of a list, as a user does."""
    driver.execute_script("const list = document.getElementById(arguments[0]); list.value = arguments[1]; "
                          "list.dispatchEvent(new Event('change'));", name, value)


def run(hablad, folder, report):
    daemon = Daemon(hablad)
    driver = None
    try:
        driver = open_browser(folder, make_speech(folder))
        page = Page(driver)

        driver.get(daemon.url)
        page.wait("document.getElementById('state').dataset.state === 'open'", "connection")
        report("loads")

        page.wait("document.getElementById('from').lang !== ''", "direction")
        if driver.execute_script("return document.getElementById('from').lang") != "en":
            page.click("direction")
        page.wait("document.getElementById('from').lang === 'en'", "English")
        page.type("The house is small.")
        page.wait(CARD.format(source="The house is small.", translated="casa es peque"),
                  "translation of typed text")
        report("typed text")

        page.click("direction")
        page.wait("document.getElementById('from').lang === 'es'", "Spanish")
        page.type("La casa es grande.")
        page.wait(CARD.format(source="La casa es grande.", translated="house is big"),
                  "translation into English")
        page.click("direction")
        page.wait("document.getElementById('from').lang === 'en'", "English again")
        report("direction")

        if "fr" in driver.execute_script(
                "return [...document.getElementById('target').options].map(option => option.value)"):
            choose(driver, "target", "fr")
            page.wait("document.getElementById('to').lang === 'fr'", "French")
            page.type("I have two houses.")
            page.wait(CARD.format(source="I have two houses.", translated="deux maisons"),
                      "translation into French")
            choose(driver, "target", "es")
            page.wait("document.getElementById('to').lang === 'es'", "Spanish again")
        report("languages")

        # Only one engine translates into Spanish, so there is nothing to choose.
        if not driver.execute_script("return document.getElementById('translator').parentElement.hidden"):
            raise AssertionError("a choice of one translator")
        names = driver.execute_script(
            "return [...document.getElementById('transcriber').options].map(option => option.value)")
        if os.environ.get("HABLA_TEST_MODELS") and "sherpatranscriber" in names:
            if names[:2] != ["", "sherpatranscriber"] or "pocketsphinxtranscriber" not in names[2:]:
                raise AssertionError(f"transcribers {names}")
            # The server confirms the choice with a status, and the page makes the options again.
            driver.execute_script("document.getElementById('transcriber').options[0].dataset.old = '1'")
            choose(driver, "transcriber", "pocketsphinxtranscriber")
            page.wait("(list => list.options[0].dataset.old === undefined && list.value)"
                      "(document.getElementById('transcriber')) === 'pocketsphinxtranscriber'", "choice")
        if (driver.execute_script("return document.getElementById('advanced').hidden")) != (len(names) < 3):
            raise AssertionError(f"transcribers {names}: the choice is shown or hidden wrongly")
        report("engines")

        before = driver.execute_script("return document.querySelectorAll('#cards li').length")
        page.wait("!document.getElementById('microphone').disabled", "microphone")
        driver.execute_script(WATCH)
        page.click("microphone")
        page.wait("document.getElementById('microphone').ariaPressed === 'true'", "recording")
        page.wait(f"[...document.querySelectorAll('#cards li:not([data-open])')].slice({before})"
                  ".some(card => card.querySelector('.source').textContent.split(' ').length > 3 "
                  "&& !card.querySelector('.failed'))", "caption of speech")
        # On an overloaded machine the server omits partial captions, and the page shows that it is busy.
        page.wait("window.partials > 0 || window.wasBusy", "partial caption")
        page.click("microphone")
        page.wait("document.getElementById('state').textContent === 'Connected'", "end of listening")
        report("microphone")

        link = driver.execute_script("return document.getElementById('link').href")
        owner = driver.current_window_handle
        driver.switch_to.new_window("tab")
        # Klingon is not offered: the page reads the language of the room instead.
        driver.get(link + "&language=tlh")
        page.wait("document.getElementById('state').dataset.state === 'open'", "listener")
        page.wait("document.getElementById('language').options.length > 1", "languages")
        listener = driver.current_window_handle
        driver.switch_to.window(owner)
        page.type("I have two books.")
        driver.switch_to.window(listener)
        page.wait(CARD.format(source="I have two books.", translated="dos libros"),
                  "the text that the speaker typed")
        driver.close()
        driver.switch_to.window(owner)
        report("listener")

        # Text typed while the server is down is sent after the reconnection.
        address = daemon.url.split("/")[2]
        if daemon.stop() != 0:
            raise AssertionError("hablad ended with an error")
        page.wait("document.getElementById('state').dataset.state === 'lost'", "loss")
        page.type("Good morning.")
        daemon = Daemon(hablad, address)
        page.wait("document.getElementById('state').dataset.state === 'open'", "connection again")
        page.wait(CARD.format(source="Good morning.", translated="Buenos"), "the text typed while disconnected")
        report("reconnect")

        for entry in driver.get_log("browser"):
            if "Content Security Policy" in entry["message"] or "Uncaught" in entry["message"]:
                raise AssertionError(entry["message"])
    except Exception:
        for line in daemon.lines[-20:]:
            print(f"# hablad: {line}")
        if driver is not None:
            with urllib.request.urlopen(daemon.url + "metrics", timeout=5) as answer:
                for line in answer.read().decode().split("\n"):
                    if line and not line.startswith("#") and not line.endswith(" 0"):
                        print(f"# metrics: {line}")
            body = driver.execute_script("return document.body.innerText")
            print("# page: " + body.replace("\n", " | "))
            for entry in driver.get_log("browser"):
                print("# browser: " + entry["message"].replace("\n", " "))
        raise
    finally:
        if driver is not None:
            driver.quit()
        if daemon.process.poll() is None:
            daemon.stop()


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    reason = why_not(sys.argv[1])
    if reason:
        print(f"1..0 # SKIP {reason}")
        return 0

    print(f"1..{len(TESTS)}", flush=True)
    done = []

    def report(name):
        done.append(name)
        print(f"ok {len(done)} {name}", flush=True)

    try:
        with tempfile.TemporaryDirectory(prefix="habla-page-", ignore_cleanup_errors=True) as folder:
            run(sys.argv[1], folder, report)
    except Exception:
        for line in traceback.format_exc().rstrip().split("\n"):
            print(f"# {line}")
        print(f"not ok {len(done) + 1} {TESTS[min(len(done), len(TESTS) - 1)]}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
