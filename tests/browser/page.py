#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The speaker's and the listener's page in a real browser: typed text, speech, a listener, a restart.

usage: page.py HABLAD
"""
import os
import sys

import browser

TESTS = ["loads", "typed text", "swap", "languages", "engines", "detection", "microphone", "recording", "listener",
         "reconnect"]

WATCH = """
  window.partials = 0;
  window.wasBusy = false;
  new MutationObserver(() => {
    window.partials += document.getElementById('partial').textContent.length > 0;
    window.wasBusy ||= document.getElementById('state').textContent.startsWith('Busy');
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
"""


def test_languages(page):
    page.click("swap")
    page.wait("document.getElementById('text').lang === 'es'", "Spanish")
    page.type("La casa es grande.")
    page.wait_card("La casa es grande.", "house is big")
    page.click("swap")
    page.wait("document.getElementById('text').lang === 'en'", "English again")
    yield "swap"

    if page.value("document.querySelector('#target-choices [value=fr]') !== null"):
        page.set_targets("fr")
        page.type("I have two houses.")
        page.wait_card("I have two houses.", "deux maisons")
        page.set_targets("es")
    yield "languages"


def test_engines(page):
    # Only one engine translates into Spanish, so there is nothing to choose.
    if not page.value("document.getElementById('translator').closest('label').hidden"):
        raise AssertionError("a choice of one translator")
    names = page.value("[...document.getElementById('transcriber').options].map(option => option.value)")
    if os.environ.get("HABLA_TEST_MODELS") and "sherpatranscriber" in names:
        if names[:2] != ["", "sherpatranscriber"] or "pocketsphinxtranscriber" not in names[2:]:
            raise AssertionError(f"transcribers {names}")
        # The server confirms the choice with a status, and the page makes the options again.
        page.run("document.getElementById('transcriber').options[0].dataset.old = '1'")
        page.choose("transcriber", "pocketsphinxtranscriber")
        page.wait("(list => list.options[0].dataset.old === undefined && list.value)"
                  "(document.getElementById('transcriber')) === 'pocketsphinxtranscriber'", "choice")
    if page.value("document.getElementById('transcriber').closest('label').hidden") != (len(names) < 3):
        raise AssertionError(f"transcribers {names}: the choice is shown or hidden wrongly")


def test_detection(page):
    # Nothing installed here detects which of English and Spanish is spoken, and the page says so.
    page.click("targets")
    page.wait("document.getElementById('targets-dialog').open", "dialog of the languages")
    hint = page.driver.find_element("id", "detect-hint")
    switch = page.driver.find_element("id", "detect")
    if switch.is_enabled() or switch.is_selected() or not hint.text.startswith("Not available: no installed model"):
        raise AssertionError(f"a switch to detect the language: {hint.text}")
    # Where an engine does, the switch asks the server, by the keyboard, too.
    page.run("""
      document.getElementById('detect').disabled = false;
      window.sentDetection = [];
      const send = WebSocket.prototype.send;
      WebSocket.prototype.send = function (data) {
        if (typeof data === 'string' && data.includes('auto_language'))
          window.sentDetection.push(data);
        return send.call(this, data);
      };""")
    switch.send_keys(" ")
    page.wait("window.sentDetection.join() === '{\"type\":\"set_engines\",\"auto_language\":true}'", "request")
    # The server has no such engine: its status shows the switch as it is.
    page.wait("!document.getElementById('detect').checked && document.getElementById('detect').disabled", "switch")
    page.run("document.querySelector('#targets-dialog [data-close]').click()")


def test_microphone(page):
    before = page.value("document.querySelectorAll('#cards li').length")
    page.wait("!document.getElementById('microphone').disabled", "microphone")
    page.run(WATCH)
    page.click("microphone")
    page.wait("document.getElementById('microphone').ariaPressed === 'true'", "recording")
    page.wait(f"[...document.querySelectorAll('#cards li:not([data-open])')].slice({before})"
              ".some(card => card.querySelector('.source').textContent.split(' ').length > 3 "
              "&& !card.querySelector('.failed'))", "caption of speech")
    # On an overloaded machine the server omits partial captions, and the page shows that it is busy.
    page.wait("window.partials > 0 || window.wasBusy", "partial caption")
    page.click("microphone")
    page.wait("document.getElementById('state').textContent === 'Connected'", "end of listening")


def test_recording(page):
    page.click("record")
    page.click("microphone")
    page.wait("!document.getElementById('recording-mark').hidden", "mark of the recording")
    page.click("record")
    page.wait("document.getElementById('recording-mark').hidden", "end of the recording")
    # Switched on while somebody speaks, it begins at once.
    page.click("record")
    page.wait("!document.getElementById('recording-mark').hidden", "mark of the second recording")
    page.wait("document.getElementById('microphone').ariaPressed === 'true'", "microphone")
    page.click("record")
    page.wait("document.getElementById('recording-mark').hidden", "end of the second recording")
    page.click("microphone")
    page.wait("document.getElementById('state').textContent === 'Connected'", "end of listening")


def test_listener(page):
    link = page.value("document.getElementById('link').href")
    owner = page.driver.current_window_handle
    page.driver.switch_to.new_window("tab")
    # Klingon is not offered: the page reads the language of the room instead.
    address, _, code = link.partition("#")
    page.open(f"{address}&language=tlh{'#' if code else ''}{code}")
    page.wait("document.getElementById('language').options.length > 1", "languages")
    listener = page.driver.current_window_handle
    page.driver.switch_to.window(owner)
    page.type("I have two books.")
    page.driver.switch_to.window(listener)
    page.wait_card("I have two books.", "dos libros")
    page.driver.close()
    page.driver.switch_to.window(owner)


def run(test):
    daemon = test.start_daemon()
    page = test.start_browser(browser.make_speech(test.folder))
    browser.set_size(page.driver, 1280, 800)

    # Without a name of a room, the page asks for one.
    page.driver.get(daemon.url)
    page.wait("document.activeElement.id === 'start-room'", "question for the room")
    page.driver.switch_to.active_element.send_keys("Física 2\n")
    page.wait_state("open")
    if not page.driver.current_url.endswith("/?room=Fisica-2"):
        raise AssertionError(f"room {page.driver.current_url}")
    test.report("loads")

    page.speak_english()
    page.type("The house is small.")
    page.wait_card("The house is small.", "casa es peque")
    # Text is shown, and never becomes part of the page.
    page.type("The <b id='evil'>house</b> is small.")
    page.wait("document.querySelectorAll('#cards li:not([data-open])').length === 2", "second card")
    if page.value("document.getElementById('evil') !== null"):
        raise AssertionError("a text became HTML")
    test.report("typed text")

    for name in test_languages(page):
        test.report(name)
    test_engines(page)
    test.report("engines")
    test_detection(page)
    test.report("detection")
    test_microphone(page)
    test.report("microphone")
    test_recording(page)
    test.report("recording")
    test_listener(page)
    test.report("listener")

    # Text typed while the server is down is sent after the reconnection.
    address = daemon.address
    if daemon.stop() != 0:
        raise AssertionError("hablad ended with an error")
    page.wait_state("lost")
    page.wait("!document.getElementById('banner').hidden", "banner")
    page.type("Good morning.")
    test.start_daemon(address)
    page.wait_state("open")
    page.wait_card("Good morning.", "Buenos")
    if not page.value("document.getElementById('banner').hidden"):
        raise AssertionError("the banner stays")
    test.report("reconnect")
    page.check_log()


if __name__ == "__main__":
    sys.exit(browser.main(__doc__, TESTS, run))
