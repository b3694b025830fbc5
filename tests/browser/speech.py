#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Speech while the network is gone: it is kept from the first ping without an answer on, and sent after.

usage: speech.py HABLAD
"""
import sys

import browser

TESTS = ["half-open"]
COUNT = "document.querySelectorAll('#cards li:not([data-open])').length"
# The recording has two sentences in turn.
FIRST, SECOND = "And Mr", "He was"


def run(test):
    daemon = test.start_daemon()
    network = browser.Network(daemon.address)
    page = test.start_browser(browser.make_speech(test.folder))
    page.open(f"{network.url}?room=speech")
    page.speak_english()
    page.wait("!document.getElementById('microphone').disabled", "microphone")
    page.click("microphone")
    page.wait(f"{COUNT} >= 1", "a sentence")
    network.lose()
    page.wait("!document.getElementById('banner').hidden", "banner", 30)
    if page.value("document.getElementById('microphone').ariaPressed") != "true":
        raise AssertionError("the microphone is switched off")
    page.wait_state("open")
    before = page.value(COUNT)
    page.wait(f"{COUNT} >= {before + 3}", "speech of the time without a connection, and after it")
    page.click("microphone")
    sources = page.value("[...document.querySelectorAll('#cards .source')].map(line => line.textContent)")
    print("# " + " | ".join(sources))
    # At most what was said in the two seconds before the ping is missing, never a sentence.
    for one, two in zip(sources, sources[1:]):
        if one.lower().startswith(FIRST.lower()) and two.lower().startswith(FIRST.lower()) or \
                one.lower().startswith(SECOND.lower()) and two.lower().startswith(SECOND.lower()):
            raise AssertionError(f"a sentence is missing between {one!r} and {two!r}")
    test.report("half-open")


if __name__ == "__main__":
    sys.exit(browser.main(__doc__, TESTS, run))
