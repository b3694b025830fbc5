#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The listener's page: transcript so far, scrolling back, pause, display, language, saving, keyboard.

usage: listener.py HABLAD
"""
import pathlib
import re
import sys
import time

import browser

TESTS = ["joins late", "scrolls back", "pause", "display", "language", "names", "copy", "downloads", "keyboard", "reload", "screen"]
MAX_LINE = 42
COUNT_LOCKS = """
  const request = navigator.wakeLock.request.bind(navigator.wakeLock);
  window.locks = window.mostLocks = 0;
  navigator.wakeLock.request = async (type) => {
    const lock = await request(type);
    window.mostLocks = Math.max(window.mostLocks, ++window.locks);
    lock.addEventListener("release", () => window.locks--);
    return lock;
  };
"""
COUNT = "document.querySelectorAll('#cards li:not([data-open])').length"
AT_END = "innerHeight + scrollY >= document.documentElement.scrollHeight - 2"


class Class:
    """A speaker's and a listener's page in two tabs of one browser."""

    def __init__(self, page, url):
        self.page = page
        page.open(f"{url}?room=class")
        page.speak_english()
        self.speaker = page.driver.current_window_handle
        self.listener = None
        self.count = 0

    def say(self, text):
        """Types a text as the speaker, and shows the listener's page when its translation is there."""
        self.page.driver.switch_to.window(self.speaker)
        self.page.type(text)
        self.count += 1
        self.page.wait(f"{COUNT} === {self.count}", f"translation of {text}")
        if self.listener:
            self.page.driver.switch_to.window(self.listener)
            self.page.wait(f"{COUNT} === {self.count}", f"translation of {text} at the listener's")

    def join(self, url):
        self.page.driver.switch_to.new_window("tab")
        self.page.open(url)
        self.listener = self.page.driver.current_window_handle


def test_scrolling(page, lesson):
    page.run("scrollTo(0, 0)")
    page.wait("!document.getElementById('newest').hidden", "button to the newest")
    lesson.say("The first new sentence.")
    lesson.say("The second new sentence.")
    page.wait("document.getElementById('newest-text').textContent === '2 new'", "count of what came")
    if page.value("scrollY") != 0:
        raise AssertionError("new captions move those who read earlier ones")
    page.click("newest")
    page.wait(AT_END, "end of the transcript")
    page.wait("document.getElementById('newest').hidden", "end of the button")
    lesson.say("This one is followed.")
    page.wait(AT_END, "newest caption")
    yield "scrolls back"

    page.click("pause")
    before = page.value("scrollY")
    lesson.say("Nobody sees this at once.")
    page.wait("document.getElementById('newest-text').textContent === '1 new'", "count while paused")
    if page.value("scrollY") != before:
        raise AssertionError("the pause does not hold")
    page.click("pause")
    page.wait(AT_END, "end of the pause")
    yield "pause"


def test_display(page):
    page.run("document.querySelector('[data-open=settings-dialog]').click()")
    normal = page.value("parseFloat(getComputedStyle(document.querySelector('.card .translated')).fontSize)")
    page.driver.find_element("css selector", "input[name=theme][value=dark]").click()
    page.click("text-only")
    page.run("const size = document.getElementById('text-size'); size.value = 2; size.dispatchEvent(new Event('input'))")
    for _ in range(2):
        found = page.value("[getComputedStyle(document.body).backgroundColor, "
                           "getComputedStyle(document.querySelector('.card .source')).display, "
                           "parseFloat(getComputedStyle(document.querySelector('.card .translated')).fontSize)]")
        if found != ["rgb(16, 20, 26)", "none", normal * 2]:
            raise AssertionError(f"the display is {found}")
        page.driver.refresh()
        page.wait(f"{COUNT} > 10", "transcript after a reload")
    page.run("localStorage.removeItem('habla-settings')")
    page.driver.refresh()
    page.wait_state("open")


def test_names(page):
    """A person can tell the variants of a language from each other."""
    names = page.run("return import(new URL('static/common/strings.js', document.baseURI)).then((strings) => "
                     "arguments[0].map((code) => [strings.nameOf(code), strings.nativeName(code)]))",
                     ["ca", "ca-valencia", "ca-iec2017", "ca-valencia-iec2017", "pt-BR", "en-x-school"])
    if names[1:4] != [["Catalan (Valencian)", "Català (valencià)"],
                      ["Catalan (spelling of 2017)", "Català (ortografia de 2017)"],
                      ["Catalan (Valencian, spelling of 2017)", "Català (valencià, ortografia de 2017)"]]:
        raise AssertionError(f"names {names}")
    if names[0][0] != "Catalan" or names[4] != ["Brazilian Portuguese", "Português (Brasil)"] or not names[5][0]:
        raise AssertionError(f"names {names}")


def test_copy(page, lesson):
    page.driver.execute_cdp_cmd("Browser.grantPermissions",
                                {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite", "wakeLockScreen"]})
    page.run("document.querySelector('[data-open=save-dialog]').click()")
    page.click("copy")
    page.wait("document.getElementById('save-result').textContent === 'Copied'", "copy")
    text = page.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0], arguments[0])")
    if len(text.strip().split("\n")) < lesson.count or "casa" not in text:
        raise AssertionError(f"copied {text!r}")


def wait_file(folder, suffix):
    deadline = time.monotonic() + browser.TIMEOUT
    while time.monotonic() < deadline:
        found = list(folder.glob(f"*.{suffix}"))
        if found:
            return found[0].read_text(encoding="utf-8")
        time.sleep(0.05)
    raise AssertionError(f"no file .{suffix}")


def test_downloads(page, folder):
    target = pathlib.Path(folder, "downloads")
    target.mkdir()
    page.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(target)})
    for suffix in ("txt", "srt", "vtt"):
        page.run("document.querySelector(`[data-format=${arguments[0]}]`).click()", suffix)
        text = wait_file(target, suffix)
        if "casa" not in text:
            raise AssertionError(f"{suffix} {text!r}")
        if suffix == "vtt" and not text.startswith("WEBVTT\n\n"):
            raise AssertionError(f"vtt {text!r}")
        if suffix != "txt":
            long = [line for line in text.split("\n") if len(line) > MAX_LINE]
            if long or not re.search(r"\d\d:\d\d:\d\d[.,]\d{3} --> ", text):
                raise AssertionError(f"{suffix} {long} {text!r}")
    page.run("document.getElementById('save-dialog').close()")


def test_keyboard(page):
    from selenium.webdriver.common.keys import Keys

    wanted = page.value("[...document.querySelectorAll('.tools button, .tools select')]"
                        ".filter(control => control.offsetParent && !control.disabled).length")
    reached = set()
    page.run("document.activeElement.blur()")
    for _ in range(wanted + 5):
        page.driver.switch_to.active_element.send_keys(Keys.TAB)
        if page.value("document.activeElement.closest('.tools') !== null"):
            reached.add(page.value("document.activeElement.outerHTML"))
            if page.value("getComputedStyle(document.activeElement).outlineStyle") == "none":
                raise AssertionError("the focus is not seen")
    if len(reached) != wanted:
        raise AssertionError(f"the keyboard reaches {len(reached)} of {wanted} controls")
    page.run("document.querySelector('[data-open=settings-dialog]').focus()")
    page.driver.switch_to.active_element.send_keys(Keys.ENTER)
    page.wait("document.getElementById('settings-dialog').open", "dialog")
    page.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    page.wait("!document.getElementById('settings-dialog').open", "end of the dialog")


def run(test):
    url = test.start_daemon().url
    page = test.start_browser()
    browser.set_size(page.driver, 390, 700, True)
    lesson = Class(page, url)
    lesson.say("The house is small.")
    for number in range(10):
        lesson.say(f"I have {number} books, and I read them in the evening at home.")
    lesson.join(f"{url}?room=class&listen=1&language=es")
    page.wait(f"{COUNT} === {lesson.count}", "transcript so far")
    page.wait(AT_END, "newest caption")
    test.report("joins late")

    for name in test_scrolling(page, lesson):
        test.report(name)
    test_display(page)
    test.report("display")

    page.choose("language", "en")
    page.wait("document.getElementById('language').value === 'en'", "English")
    lesson.say("What was said is read as it was said.")
    page.wait("[...document.querySelectorAll('#cards .translated')].at(-1).textContent === "
              "'What was said is read as it was said.'", "the source language")
    page.choose("language", "es")
    lesson.say("And a house again.")
    page.wait("[...document.querySelectorAll('#cards .translated')].at(-1).textContent.includes('casa')", "Spanish again")
    test.report("language")

    test_names(page)
    test.report("names")

    test_copy(page, lesson)
    test.report("copy")
    test_downloads(page, test.folder)
    test.report("downloads")
    test_keyboard(page)
    test.report("keyboard")

    page.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": COUNT_LOCKS})
    page.driver.refresh()
    page.wait(f"{COUNT} === {lesson.count}", "transcript after a reload")
    test.report("reload")
    # Each state of the connection asks for it; the screen may go dark when none is left.
    page.wait("window.locks === 1", "screen that stays on")
    page.run("document.getElementById('keep-awake').click()")
    page.wait("window.locks === 0", "screen that may go dark")
    page.run("document.getElementById('keep-awake').click(); "
             "for (let i = 0; i < 5; i++) document.dispatchEvent(new Event('visibilitychange'))")
    page.wait("window.locks > 0", "screen that stays on again")
    page.run("document.getElementById('keep-awake').click()")
    page.wait("window.locks === 0", "screen that goes dark")
    if page.value("window.mostLocks") != 1:
        raise AssertionError(f"{page.value('window.mostLocks')} wake locks at once")
    test.report("screen")
    page.check_log()


if __name__ == "__main__":
    sys.exit(browser.main(__doc__, TESTS, run))
