#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The pages when the network fails: a connection that goes dead without a word, no server at all, and
a proxy that serves them below a path.

usage: network.py HABLAD
"""
import sys

import browser

TESTS = ["half-open", "offline page", "below a path"]


def test_half_open(page, network, url, speaker):
    speaker.open(f"{url}?room=hole")
    speaker.speak_english()
    page.open(f"{network.url}?room=hole&listen=1&language=es")
    network.lose()
    speaker.type("The house is red.")
    speaker.wait_card("The house is red.", "casa")
    # The next ping has no answer. Nobody waits for the 90 s after which the server closes.
    page.wait("!document.getElementById('banner').hidden", "banner", 30)
    page.wait_state("open")
    page.wait_card("The house is red.", "casa")
    if page.value("document.querySelectorAll('#cards li').length") != 1:
        raise AssertionError("captions come twice")


def test_offline(test, page, daemon):
    page.open(f"{daemon.url}?room=offline&ui=es")
    page.wait("navigator.serviceWorker.controller !== null", "service worker")
    if daemon.stop() != 0:
        raise AssertionError("hablad ended with an error")
    page.driver.get(f"{daemon.url}?room=offline&listen=1&ui=es")
    page.wait("document.querySelector('h1')?.textContent === 'Sin conexión'", "offline page in Spanish")
    again = test.start_daemon(daemon.address)
    page.click("retry")
    page.wait("document.getElementById('state') !== null", "the page itself")
    kept = page.driver.execute_async_script("""
      const done = arguments[0];
      caches.keys().then(async (names) => done((await Promise.all(names.map(async (name) =>
        (await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname)))).flat()));
    """)
    if "/offline" not in kept or any(path.startswith(("/api", "/ws")) or path == "/" for path in kept):
        raise AssertionError(f"kept {kept}")
    return again


def test_path(page, daemon):
    proxy = browser.Network(daemon.address, "/captions")
    page.open(f"{proxy.url}?room=prefix")
    page.speak_english()
    page.type("The house is white.")
    page.wait_card("The house is white.", "casa")
    link = page.value("document.getElementById('link').href")
    if "/captions/?room=prefix" not in link and not page.value("document.getElementById('invite-local').hidden"):
        raise AssertionError(f"link {link}")
    page.open(f"{proxy.url}?room=prefix&listen=1")
    page.driver.get(f"{proxy.url}display?room=prefix&language=es")
    page.wait("document.getElementById('caption').textContent.includes('casa')", "projector view")
    if proxy.outside:
        raise AssertionError(f"requests outside of the path: {proxy.outside}")


def run(test):
    daemon = test.start_daemon()
    network = browser.Network(daemon.address)
    speaker = test.start_browser()
    page = test.start_browser()
    test_half_open(page, network, daemon.url, speaker)
    test.report("half-open")
    test.close_browser(speaker)
    daemon = test_offline(test, page, daemon)
    test.report("offline page")
    test_path(page, daemon)
    test.report("below a path")


if __name__ == "__main__":
    sys.exit(browser.main(__doc__, TESTS, run))
