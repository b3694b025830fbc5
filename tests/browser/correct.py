#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The page that corrects a recording: listen, write what was said, save, and the word error rate.

usage: correct.py HABLAD
"""
import sys

import accessibility
import browser
import lessons

TESTS = ["open", "listen", "correct", "keep", "accessibility"]

FIELDS = "document.querySelectorAll('#segments textarea')"
STATE = "document.getElementById('state').textContent"
RATE = "document.getElementById('rate').textContent"
COUNT = "document.getElementById('count').textContent"
OPENED = "!document.getElementById('opened').hidden"


def get_words(text):
    """Returns the words as the word error rate counts them."""
    return [word for word in "".join(letter for letter in text.lower() if letter.isalnum() or letter in " '").split()]


def test_open(page, url):
    """Returns the id of the recording and what was recognised in it."""
    lessons.make_spoken(page, url)
    lessons.open_lesson(page, url, "sound")
    page.wait("document.querySelectorAll('#correct a').length === 1", "link")
    page.driver.find_element("css selector", "#correct a").click()
    page.wait(f"location.pathname === '/correct' && {OPENED}", "sentences")
    recording = lessons.ask(url, "api/recordings")[0]["id"]
    texts = [segment["text"] for segment in lessons.ask(url, f"api/recordings/{recording}")["metadata"]["segments"]]
    if len(texts) < 2 or page.value(f"[...{FIELDS}].map(field => field.value)") != texts:
        raise AssertionError(f"the fields do not have {texts}")
    if page.value(COUNT) != f"0 of {len(texts)} sentences reviewed, 0 corrected" or page.value(RATE) != "":
        raise AssertionError(f"nobody has reviewed anything: {page.value(COUNT)} {page.value(RATE)}")
    if page.value("[document.getElementById('save').disabled, document.getElementById('back').hash.length > 1]") != [True, True]:
        raise AssertionError("there is something to save, or no way back to the lesson")
    return recording, texts


def test_listen(page):
    """Each sentence has its own sound; Escape in its field pauses and plays on."""
    from selenium.webdriver.common.keys import Keys

    page.driver.find_elements("css selector", "#segments .row button")[1].click()
    page.wait("document.getElementById('audio').currentTime > 0 && "
              "document.getElementById('audio').src.endsWith('segment_002.wav')", "sound of the second sentence")
    field = page.driver.find_elements("css selector", "#segments textarea")[0]
    field.send_keys(Keys.ESCAPE)
    page.wait("!document.getElementById('audio').paused && document.getElementById('audio').currentTime > 0 && "
              "document.getElementById('audio').src.endsWith('segment_001.wav')", "sound of the first sentence")
    field.send_keys(Keys.ESCAPE)
    page.wait("document.getElementById('audio').paused", "pause")
    if page.value(STATE) != "":
        raise AssertionError("listening changes something")


def test_correct(page, url, recording, texts):
    """One word was misheard, and one not heard: two errors in the words of this sentence, as it alone is reviewed."""
    from selenium.webdriver.common.keys import Keys

    said = texts[0].split()
    said[0] = "zebra"
    said = " ".join([*said, "indeed"])
    field = page.driver.find_elements("css selector", "#segments textarea")[0]
    field.clear()
    field.send_keys(said + "\n")
    page.wait(f"document.activeElement === {FIELDS}[1] && "
              "document.getElementById('audio').src.endsWith('segment_002.wav')", "second sentence after Enter")
    if page.value(STATE) != "Not saved yet" or texts[0] not in page.value("document.querySelector('#segments li').innerText"):
        raise AssertionError("the page does not say what has changed")
    page.driver.switch_to.active_element.send_keys(Keys.CONTROL, "s")
    page.wait(f"{STATE} === '' && {RATE} !== ''", "saved corrections")
    check_saved(page, url, recording, texts, said)
    page.driver.refresh()
    page.wait(OPENED, "sentences")
    check_saved(page, url, recording, texts, said)
    return said


def check_saved(page, url, recording, texts, said):
    words = len(get_words(said))
    truth = lessons.ask(url, f"api/recordings/{recording}/ground-truth")
    if [(segment["index"], segment["transcript"], segment["recognised"]) for segment in truth["data"]["segments"]] != \
            [(0, said, texts[0])]:
        raise AssertionError(f"stored {truth}")
    if page.value(f"[...{FIELDS}].map(field => field.value)") != [said, *texts[1:]]:
        raise AssertionError("the page does not show the correction")
    if page.value("[...document.querySelectorAll('#segments input')].map(box => box.checked)") != [True] + [False] * (len(texts) - 1):
        raise AssertionError("the wrong sentences are reviewed")
    rate = page.value("new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 })"
                      f".format(2 / {words})")
    if page.value(RATE) != f"Word error rate: {rate} ({words} words: 1 wrong, 1 missing, 0 extra)":
        raise AssertionError(f"{page.value(RATE)} for {said!r} of {texts[0]!r}")
    if page.value(COUNT) != f"1 of {len(texts)} sentences reviewed, 1 corrected":
        raise AssertionError(page.value(COUNT))


# The server cannot write; the next try is for it again.
REFUSE = """
  const ask = window.fetch;
  window.fetch = (path, options) => options.method === "PUT"
    ? (window.fetch = ask, Promise.resolve(new Response('{"detail": "The disk is full"}', { status: 503 }))) : ask(path, options);
"""
# ChromeDriver answers the browser's question itself, so that the question of the page is what can be seen.
LEAVE = """
  const event = new Event("beforeunload", { cancelable: true });
  dispatchEvent(event);
  return event.defaultPrevented;
"""


def test_keep(page, url, recording, said):
    """What is not saved stays, whether saving fails or somebody leaves."""
    page.driver.find_elements("css selector", "#segments input")[1].click()
    page.run(REFUSE)
    page.click("save")
    page.wait("document.getElementById('banner-text').textContent.includes('The disk is full')", "failure")
    if page.value(STATE) != "Not saved yet":
        raise AssertionError("a failure counts as saved")
    if not page.run(LEAVE):
        raise AssertionError("the page may be left without a question")
    page.click("banner-retry")
    page.wait(f"{STATE} === '' && {COUNT}.startsWith('2 of ')", "saved corrections")
    if page.run(LEAVE):
        raise AssertionError("a question without a reason")
    stored = lessons.ask(url, f"api/recordings/{recording}/ground-truth")["data"]["segments"]
    if [segment["human_corrected"] for segment in stored] != [True, False] or stored[0]["transcript"] != said:
        raise AssertionError(f"stored {stored}")
    page.click("back")
    page.wait("location.pathname === '/lessons' && document.activeElement.id === 'title'", "lesson")


def test_accessibility(page, url, recording):
    """axe-core, where npm brings it; a small screen, large text, and right to left."""
    checker = accessibility.Checker(page, accessibility.load_axe())
    page.driver.get(f"{url}correct?recording=none")
    page.wait("document.getElementById('banner-text').textContent === 'There is no such recording any more.'", "that it is gone")
    checker.check("no recording")
    page.driver.get(f"{url}correct?recording={recording}")
    page.wait(OPENED, "sentences")
    page.run(f"document.getElementById('state').textContent = 'Not saved yet'; {FIELDS}[0].focus()")
    checker.check("corrections")
    checker.check_dialog("token-dialog")
    browser.set_size(page.driver, 320, 568, True)
    accessibility.check_width(page, "corrections")
    # Cards cut off what is too wide for them.
    if not page.value(f"[...{FIELDS}].every(field => field.getBoundingClientRect().right <= innerWidth)"):
        raise AssertionError("a field is wider than a small screen")
    page.driver.get(f"{url}correct?recording={recording}&ui=ar")
    page.wait(OPENED, "sentences in Arabic")
    checker.check("corrections in Arabic", ["light"])
    page.run("document.documentElement.style.setProperty('--text-size', 2)")
    accessibility.check_width(page, "corrections with text of 200 %")
    checker.finish()


def run(test):
    url = test.start_daemon().url
    page = test.start_browser(browser.make_speech(test.folder))
    recording, texts = test_open(page, url)
    test.report("open")
    test_listen(page)
    test.report("listen")
    said = test_correct(page, url, recording, texts)
    test.report("correct")
    test_keep(page, url, recording, said)
    test.report("keep")
    test_accessibility(page, url, recording)
    test.report("accessibility")
    page.check_log()


if __name__ == "__main__":
    sys.exit(browser.main(__doc__, TESTS, run))
