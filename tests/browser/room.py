#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Getting into a room, and out of it: the link with the code, a wrong code, a new code, a second tab of
the speaker, listeners who are early, and the end of the class.

usage: room.py HABLAD
"""
import sys

import browser

TESTS = ["link", "wrong code", "new code", "second tab", "take over", "early", "audience", "end", "again", "full"]
CODE = "document.getElementById('code').textContent"
COUNT = "document.querySelectorAll('#cards li:not([data-open])').length"


class Tabs:
    """Pages in the tabs of a browser, by name."""

    def __init__(self, page):
        self.page = page
        self.handles = {}

    def open(self, name, url, state="open"):
        if self.handles:
            self.page.driver.switch_to.new_window("tab")
        self.handles[name] = self.page.driver.current_window_handle
        if state is None:
            self.page.driver.get(url)
        else:
            self.page.open(url, state)

    def show(self, name):
        self.page.driver.switch_to.window(self.handles[name])


def test_codes(page, tabs, url):
    tabs.open("speaker", f"{url}?room=codes")
    page.wait(f"/^[A-Z]{{4}}-[A-Z]{{4}}$/.test({CODE})", "code")
    code = page.value(CODE)
    link = page.value("document.getElementById('link').href")
    if not link.endswith("#code=" + code.replace("-", "")):
        raise AssertionError(f"link {link}")
    tabs.open("listener", link)
    if "#" in page.driver.current_url:
        raise AssertionError("the code stays in the address")
    if code.replace("-", "") not in page.value("Object.values(sessionStorage).join()"):
        raise AssertionError("a reload would ask for the code")
    # The link that hablad prints for another computer has the token.
    tabs.open("token", f"{url}?room=codes&listen=1#token=abcdefghijklmnop")
    if "#" in page.driver.current_url or page.value("sessionStorage.getItem('habla-token')") != "abcdefghijklmnop":
        raise AssertionError("the token stays in the address, or is not kept")
    page.run("sessionStorage.clear(); document.cookie = 'habla-token=; Max-Age=0; Path=/'")
    yield "link"

    tabs.open("wrong", f"{url}?room=codes&listen=1#code=AAAABBBB", "code")
    page.wait("document.getElementById('code-error').textContent.startsWith('This code is wrong')", "words")
    if page.value("document.activeElement.id") != "code":
        raise AssertionError("the field for the code has no focus")
    # As somebody types it from the projector.
    page.driver.switch_to.active_element.send_keys(code.lower() + "\n")
    page.wait_state("open")
    page.wait("document.getElementById('code-needed').hidden", "end of the question")
    yield "wrong code"

    tabs.show("speaker")
    page.click("renew")
    page.wait(f"{CODE} !== {code!r}", "new code")
    new_code = page.value(CODE)
    tabs.show("listener")
    page.wait_state("code")
    page.wait("document.getElementById('code-error').textContent.includes('has changed the code')", "words")
    page.driver.switch_to.active_element.send_keys(new_code + "\n")
    page.wait_state("open")
    yield "new code"


def test_tabs(page, tabs, url):
    tabs.show("speaker")
    page.speak_english()
    tabs.open("second", f"{url}?room=codes")
    page.wait("document.getElementById('tab-dialog').open", "question")
    page.run("document.querySelector('#tab-dialog [value=no]').click()")
    page.wait("!document.getElementById('reading').hidden", "banner")
    # What is typed here is not lost.
    page.type("The house is small.")
    if page.value("document.getElementById('text').value") != "The house is small.":
        raise AssertionError("the text is gone")
    tabs.show("speaker")
    if not page.value("document.getElementById('reading').hidden"):
        raise AssertionError("the first tab lost the room")
    page.type("I have two books.")
    page.wait_card("I have two books.", "libros")
    tabs.show("second")
    page.wait_card("I have two books.", "libros")
    yield "second tab"

    page.click("take-over")
    page.wait("document.getElementById('reading').hidden", "the room")
    page.click("text")
    page.driver.switch_to.active_element.send_keys("\n")
    page.wait_card("The house is small.", "casa")
    tabs.show("speaker")
    page.wait("!document.getElementById('reading').hidden", "banner in the first tab")
    if not page.value("document.getElementById('end').disabled"):
        raise AssertionError("who only reads can end the class")
    # A reload of the speaker's tab does not ask.
    tabs.show("second")
    page.driver.refresh()
    page.wait_state("open")
    page.wait(f"{COUNT} === 2", "transcript")
    if page.value("document.getElementById('tab-dialog').open"):
        raise AssertionError("a reload is asked")
    yield "take over"


def test_class(page, tabs, url):
    tabs.open("early", f"{url}?room=lesson&listen=1&language=es", "waiting")
    page.wait("!document.getElementById('waiting').hidden", "words")
    if "The class has not begun" not in page.value("document.getElementById('waiting').innerText"):
        raise AssertionError("the page does not say why it is empty")
    page.run("window.waitedUntil = 0; new MutationObserver(() => window.waitedUntil ||= Date.now())"
             ".observe(document.getElementById('state'), { attributes: true })")
    tabs.open("teacher", f"{url}?room=lesson")
    opened = page.value("Date.now()")
    tabs.show("early")
    page.wait_state("open")
    waited = page.value("window.waitedUntil") - opened
    if waited > 2000:
        raise AssertionError(f"let in {waited} ms after the speaker")
    yield "early"

    tabs.show("teacher")
    page.wait("document.getElementById('audience').textContent === '1'", "number of listeners")
    page.wait("document.getElementById('audience-languages').textContent.includes('Spanish 1')", "their languages")
    page.speak_english()
    page.type("The house is small.")
    page.wait_card("The house is small.", "casa")
    # The browser keeps the page that a listener leaves for its back button, but not the connection.
    tabs.show("early")
    page.driver.get("about:blank")
    tabs.show("teacher")
    page.wait("document.getElementById('audience').textContent === '0'", "end of the listener", 5)
    tabs.show("early")
    page.driver.back()
    page.wait_state("open")
    page.wait_card("The house is small.", "casa")
    # The projector and the video have captions, and are no listeners.
    for view in ("display", "overlay"):
        tabs.open(view, f"{url}{view}?room=lesson&language=es", None)
        page.wait("document.getElementById('caption').innerText.includes('casa')", f"caption of {view}")
    tabs.show("teacher")
    page.wait("document.getElementById('audience').textContent === '1'", "the listener again")
    yield "audience"

    page.wait("!document.getElementById('microphone').disabled", "microphone")
    page.click("microphone")
    page.wait("document.getElementById('state').textContent === 'Listening'", "speech recognition")
    page.click("end")
    page.wait("document.getElementById('end-dialog').open", "question")
    page.run("document.querySelector('#end-dialog [value=no]').click()")
    page.wait("!document.getElementById('end-dialog').open", "end of the question")
    if not page.value("document.getElementById('ended').hidden"):
        raise AssertionError("the class ended without consent")
    page.click("end")
    page.run("document.querySelector('#end-dialog [value=yes]').click()")
    page.wait_state("ended")
    page.wait("!document.getElementById('ended').hidden", "words")
    if not page.value("document.getElementById('audience').hidden && document.getElementById('audience-languages').hidden"):
        raise AssertionError("the page counts listeners after the end of the class")
    said = page.value("document.getElementById('toasts').textContent")
    if said != "":
        raise AssertionError(f"the end of the class says {said}")
    tabs.show("early")
    page.wait_state("ended")
    page.wait("document.getElementById('ended').innerText.includes('The class is over')", "words for the listener")
    page.wait_card("The house is small.", "casa")
    if not page.value("document.getElementById('banner').hidden"):
        raise AssertionError("the end of the class looks like an error")
    yield "end"

    # The code of the class stays; the next one has a transcript of its own.
    tabs.show("teacher")
    page.click("again")
    page.wait_state("open")
    page.wait("document.querySelectorAll('#cards li').length === 0", "empty transcript")
    tabs.show("early")
    page.click("again")
    page.wait_state("open")
    page.wait("document.querySelectorAll('#cards li').length === 0", "empty transcript of the listener")
    yield "again"


def test_full(page, tabs, url):
    tabs.open("full", f"{url}?room=small")
    tabs.open("one", f"{url}?room=small&listen=1&ui=es")
    tabs.open("two", f"{url}?room=small&listen=1&ui=es", "lost")
    reason = page.wait("document.getElementById('banner-reason').textContent", "reason")
    if reason != "La sala está llena. Inténtelo más tarde." or \
            page.value("document.getElementById('banner-reason').lang") != "es":
        raise AssertionError(f"the page says {reason}")


def run(test):
    small = test.start_daemon(config="[session]\nmax-members=2\n[store]\npath=none\n").url
    url = test.start_daemon().url
    page = test.start_browser()
    browser.set_size(page.driver, 1280, 800)
    tabs = Tabs(page)
    for name in test_codes(page, tabs, url):
        test.report(name)
    for name in test_tabs(page, tabs, url):
        test.report(name)
    for name in test_class(page, tabs, url):
        test.report(name)
    test_full(page, tabs, small)
    test.report("full")
    page.check_log()


if __name__ == "__main__":
    sys.exit(browser.main(__doc__, TESTS, run))
