#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Speech while the network is gone: it is kept from the first ping without an answer on, and sent after.

usage: speech.py HABLAD
"""
import re
import sys

import browser

TESTS = ["half-open"]
COUNT = "document.querySelectorAll('#cards li:not([data-open])').length"
# The recording has two sentences in turn: words of each that are recognised well.
WORDS = [{"prudently", "power", "leisure"}, {"young", "man"}]


def check(sources):
    """Raises if a sentence is missing: then the other one comes twice in succession.

    Two pieces of one sentence are no more than the sentence: what was said in the two seconds before
    the ping without an answer may be lost.
    """
    kinds = [next((words for words in WORDS if words & set(re.findall(r"\w+", source.lower()))), None)
             for source in sources]
    lengths = [len(source.split()) for source in sources]
    for index in range(len(sources) - 1):
        if kinds[index] is not None and kinds[index] == kinds[index + 1]:
            whole = max(length for kind, length in zip(kinds, lengths) if kind == kinds[index])
            if lengths[index] + lengths[index + 1] > 1.3 * whole:
                raise AssertionError(f"a sentence is missing between {sources[index:index + 2]}")


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
    check(sources)
    test.report("half-open")


if __name__ == "__main__":
    sys.exit(browser.main(__doc__, TESTS, run))
