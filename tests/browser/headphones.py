#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The listener's headphones: the translation is heard, in the language that is chosen, until the button
is pressed again.

usage: headphones.py HABLAD
"""
import sys

import browser

TESTS = ["button", "speech", "language", "stop"]
AUDIO = "document.getElementById('audio')"
# The loudest sample since the last call.
WATCH = """
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  const samples = new Float32Array(analyser.fftSize = 8192);
  context.createMediaElementSource(document.getElementById("audio")).connect(analyser);
  analyser.connect(context.destination);
  window.peak = 0;
  setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    window.peak = samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), window.peak);
  }, 100);
"""


def run(test):
    url = test.start_daemon().url
    speaker = test.start_browser()
    speaker.open(f"{url}?room=ear")
    speaker.speak_english()
    page = test.start_browser()
    speaker.wait("document.getElementById('code').textContent !== ''", "code")
    code = speaker.value("document.getElementById('code').textContent").replace("-", "")
    page.open(f"{url}?room=ear&listen=1&language=es#code={code}")
    page.wait("!document.getElementById('headphones').hidden", "headphones")
    page.run(WATCH)
    # As a page of another room leaves it.
    page.run("document.cookie = 'habla-code=AAAABBBB; Path=/; SameSite=Strict'")
    page.click("headphones")
    page.wait("document.getElementById('headphones').ariaPressed === 'true'", "pressed button")
    page.wait(f"{AUDIO}.currentTime > 0.5 && !{AUDIO}.paused", "sound")
    found = page.value("[navigator.mediaSession.playbackState, navigator.mediaSession.metadata.title]")
    if found != ["playing", "Translation: Español"]:
        raise AssertionError(f"the lock screen shows {found}")
    if f"habla-code={code}" not in page.value("document.cookie"):
        raise AssertionError("the audio is asked for with the code of another room")
    test.report("button")

    if page.value("window.peak") > 0.01:
        raise AssertionError("somebody speaks before anything was said")
    speaker.type("The house is small, and I have two books.")
    page.wait("document.querySelectorAll('#cards li:not([data-open])').length === 1", "caption")
    page.wait("window.peak > 0.05", "speech", 20)
    test.report("speech")

    page.choose("language", "fr")
    page.wait(f"{AUDIO}.src.includes('/audio/fr.mp3')", "French")
    page.wait(f"{AUDIO}.currentTime > 0.5 && !{AUDIO}.paused", "sound in French")
    page.wait("navigator.mediaSession.metadata.title.includes('Français')", "its name")
    test.report("language")

    page.click("headphones")
    page.wait(f"{AUDIO}.paused && document.getElementById('headphones').ariaPressed === 'false'", "end of the sound")
    test.report("stop")
    page.check_log()


if __name__ == "__main__":
    sys.exit(browser.main(__doc__, TESTS, run))
