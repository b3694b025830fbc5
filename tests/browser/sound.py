#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the speaker's page says about the microphone, and what to do: silent, too loud, refused,
missing, or at an address where browsers give none.

usage: sound.py HABLAD
"""
import itertools
import sys
import wave

import browser

TESTS = ["silence", "too loud", "menu", "insecure", "refused", "missing"]
HINT = "document.getElementById('hint').hidden ? '' : document.getElementById('hint').textContent"
NAME = "classroom.test"


def start(page, url, room):
    page.open(f"{url}?room={room}")
    page.speak_english()
    page.wait("!document.getElementById('microphone').disabled", "microphone")
    page.click("microphone")


def wait_hint(page, words, meter="true"):
    """meter: JavaScript that is true while the hint is shown"""
    page.wait(f"({HINT}).includes({words!r}) && {meter}", f"hint: {words}", 60)
    if page.value("document.getElementById('hint').role") != "alert":
        raise AssertionError("a screen reader does not say the hint")


def make_sound(folder):
    """Writes a file with silence, and then with a sound that is too loud."""
    path = browser.make_tone(folder, "sound.wav", 0, 12)
    loud = browser.make_tone(folder, "loud.wav", 32767, 8)
    with wave.open(str(path), "rb") as silence, wave.open(str(loud), "rb") as tone:
        samples = silence.readframes(silence.getnframes()) + tone.readframes(tone.getnframes())
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, 16000, 0, "NONE", ""))
        out.writeframes(samples)
    return path


def test_level(page, url):
    start(page, url, "sound")
    wait_hint(page, "I hear nothing. Is the microphone muted",
              "['scaleX(0)', 'scaleX(0.000)'].includes(document.getElementById('meter').style.transform)")
    yield "silence"

    wait_hint(page, "Too loud", "parseFloat(document.getElementById('meter').style.transform.slice(7)) > 0.9")
    yield "too loud"

    # With the permission, the menu has the devices by name; another one replaces the stream.
    page.wait("document.getElementById('device').options.length > 1", "microphones")
    page.choose("device", page.value("document.getElementById('device').options[1].value"))
    page.wait("document.getElementById('microphone').ariaPressed === 'true'", "the other microphone")
    page.wait("JSON.parse(localStorage.getItem('habla-settings')).microphone !== ''", "memory of the choice")
    wait_hint(page, "I hear nothing")
    page.click("microphone")
    page.wait(f"({HINT}) === ''", "end of the hint")
    yield "menu"


def test_errors(test, url):
    page = test.start_browser(microphone="refused")
    page.driver.execute_cdp_cmd("Browser.setPermission", {"permission": {"name": "microphone"}, "setting": "denied"})
    start(page, url, "refused")
    wait_hint(page, "The browser does not let this page use the microphone. Allow it")
    if page.value("document.getElementById('microphone').disabled"):
        raise AssertionError("nobody can start again")
    test.close_browser(page)
    yield "refused"

    page = test.start_browser(microphone="missing")
    start(page, url, "missing")
    wait_hint(page, "This device has no microphone that works")
    test.close_browser(page)
    yield "missing"


def test_insecure(page, url):
    start(page, url.replace("127.0.0.1", NAME), "insecure")
    wait_hint(page, "only to pages at https:// addresses")
    browser.set_size(page.driver, 1280, 800)
    page.click("copy-link")
    page.wait("document.getElementById('toasts').textContent.includes('The link is copied')", "copy without TLS")
    yield "insecure"


def run(test):
    url = test.start_daemon(config=f"[server]\nhosts={NAME}\n").url
    page = test.start_browser(make_sound(test.folder), options=[f"--host-resolver-rules=MAP {NAME} 127.0.0.1"])
    for name in itertools.chain(test_level(page, url), test_insecure(page, url), test_errors(test, url)):
        test.report(name)


if __name__ == "__main__":
    sys.exit(browser.main(__doc__, TESTS, run))
