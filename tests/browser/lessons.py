#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The page of earlier lessons: list, search, open, play, rename, save and delete.

usage: lessons.py HABLAD
"""
import json
import pathlib
import sys
import urllib.request

import accessibility
import browser

TESTS = ["link", "list", "search", "open", "play", "save", "rename", "accessibility", "delete", "token"]
TITLE = "Newton’s <b>laws</b>"
TOKEN = "a-token-of-some-length"

CURRENT = "document.querySelector('#exchanges [aria-current]')"
HEADINGS = "[...document.querySelectorAll('#lessons h2')].map(heading => heading.textContent)"


def ask(url, path, body=None):
    """Asks the server for JSON."""
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url + path, data=data), timeout=30) as answer:
        return json.load(answer)


def make_lessons(page, url):
    """Two lessons with typed text, and one with speech that is recorded."""
    for room, text, translated in (("physics", "The house is small.", "casa"), ("music", "I have two books.", "libros")):
        page.open(f"{url}?room={room}")
        page.speak_english()
        page.type(text)
        page.wait_card(text, translated)
    make_spoken(page, url)


def make_spoken(page, url):
    """A lesson in the room sound, with a typed sentence and two spoken ones, which are recorded."""
    ask(url, "api/system/recording", {"enabled": True})
    page.open(f"{url}?room=sound")
    page.speak_english()
    page.type("I have two houses.")
    page.wait("!document.getElementById('microphone').disabled", "microphone")
    page.click("microphone")
    page.wait("!document.getElementById('recording-mark').hidden", "recording")
    page.wait("document.querySelectorAll('#cards li:not([data-open])').length >= 3", "two spoken sentences")
    page.click("microphone")
    page.wait("document.getElementById('state').textContent === 'Connected'", "end of listening")


def open_lesson(page, url, room):
    """Returns the id of the newest lesson of a room, which the page shows."""
    lesson = next(lesson for lesson in ask(url, "api/sessions") if lesson["room"] == room)
    page.driver.get(f"{url}lessons")
    page.wait(f"document.getElementById('lesson-{lesson['id']}') !== null", "list")
    page.click(f"lesson-{lesson['id']}")
    page.wait("document.activeElement.id === 'title'", "lesson")
    return lesson["id"]


def test_link(page, url):
    page.driver.get(url)
    page.wait("!document.getElementById('start-lessons').hidden", "link to the lessons")
    page.click("start-lessons")
    page.wait("location.pathname === '/lessons'", "page of lessons")


def test_list(page):
    page.wait("document.querySelectorAll('#lessons li').length === 3", "lessons")
    if page.value(HEADINGS) != ["sound", "music", "physics"]:
        raise AssertionError(f"not the newest first: {page.value(HEADINGS)}")
    if "1 sentence" not in page.value("document.querySelector('#lessons li:last-child').textContent"):
        raise AssertionError("the list does not say how much was said")


def test_search(page):
    page.driver.find_element("id", "search").send_keys("LIBROS")
    page.wait(f"({HEADINGS}).join() === 'music'", "found lesson")
    if page.value("document.getElementById('count').textContent") != "Found in 1 lesson":
        raise AssertionError("the number of lessons is not said")
    # The match leads to its sentence.
    page.driver.find_element("css selector", ".match a").click()
    page.wait("document.activeElement.classList.contains('card') && "
              "document.activeElement.textContent.includes('Tengo dos libros.')", "sentence")
    page.click("back")
    page.wait("document.activeElement.id === 'search'", "list")
    page.driver.find_element("id", "search").clear()
    page.driver.find_element("id", "search").send_keys("zzz")
    page.wait("document.getElementById('count').textContent === 'Found in 0 lessons'", "that nothing is found")


def test_open(page, url):
    open_lesson(page, url, "physics")
    found = page.value("[...document.querySelectorAll('#exchanges p')].map(line => [line.lang, line.textContent])")
    if found != [["en", "The house is small."], ["es", "La casa es pequeña."]]:
        raise AssertionError(f"exchanges {found}")
    if page.value("[document.getElementById('sound').hidden, document.getElementById('no-sound').hidden]") != [True, False]:
        raise AssertionError("a lesson without a recording has a player")


def test_play(page, url):
    open_lesson(page, url, "sound")
    page.wait("!document.getElementById('sound').hidden", "player")
    if page.value("document.querySelectorAll('#exchanges .card:has(.play)').length") != \
            page.value("document.querySelectorAll('#exchanges .card').length - 1"):
        raise AssertionError("not each spoken sentence can be played, or a typed one can")
    page.run("window.heard = []; new MutationObserver(() => {"
             f" const card = {CURRENT}; if (card && window.heard.at(-1) !== card.id) window.heard.push(card.id); }})"
             ".observe(document.getElementById('exchanges'), { subtree: true, attributes: true }); "
             "document.getElementById('audio').playbackRate = document.getElementById('audio').defaultPlaybackRate = 8;")
    page.click("play")
    page.wait("window.heard.length >= 2", "second sentence after the first one")
    cards = page.value("[...document.querySelectorAll('#exchanges .card:has(.play)')].map(card => card.id)")
    if page.value("window.heard")[:2] != cards[:2]:
        raise AssertionError(f"heard {page.value('window.heard')} of {cards}")
    page.wait("document.getElementById('audio').paused", "end of the lesson")
    page.run("document.getElementById('audio').defaultPlaybackRate = 1;")
    page.driver.find_element("css selector", f"#{cards[1]} .play").send_keys("\n")
    page.wait(f"{CURRENT}?.id === '{cards[1]}' && document.getElementById('audio').currentTime > 0", "sound of a sentence")
    page.run("document.getElementById('audio').pause()")


def test_save(page, folder):
    page.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)})
    page.click("save")
    page.choose("save-language", "es")
    page.driver.find_element("css selector", "[data-format=srt]").click()
    page.wait("document.getElementById('save-result').textContent !== ''", "export")
    recording = page.value("document.querySelector('#save-sound a').href")
    with urllib.request.urlopen(recording, timeout=30) as answer:
        if answer.status != 200 or not answer.read(4):
            raise AssertionError("the recording cannot be saved")
    path = pathlib.Path(folder, "sound.srt")
    page.wait("true", "file")
    for _ in range(100):
        if path.exists():
            break
        page.driver.execute_async_script("setTimeout(arguments[0], 50)")
    if "dos casas" not in path.read_text(encoding="utf-8"):
        raise AssertionError(path.read_text(encoding="utf-8"))
    page.driver.find_element("css selector", "#save-dialog [data-close]").click()


def test_rename(page, url):
    session = open_lesson(page, url, "physics")
    page.click("rename")
    page.wait("document.getElementById('rename-dialog').open", "question")
    page.driver.find_element("id", "name").send_keys(TITLE + "\n")
    page.wait(f"document.getElementById('title').textContent === {json.dumps(TITLE)}", "new name")
    if ask(url, f"api/sessions/{session}")["title"] != TITLE:
        raise AssertionError("the server does not have the name")
    page.click("back")
    page.wait("document.getElementById('search').value === ''", "list")
    page.driver.find_element("id", "search").send_keys("newton")
    page.wait(f"({HEADINGS}).join() === {json.dumps(TITLE)}", "lesson by its name")


def test_accessibility(page, url):
    """axe-core, where npm brings it; a small screen, large text, and right to left."""
    checker = accessibility.Checker(page, accessibility.load_axe())
    page.driver.get(f"{url}lessons")
    page.wait("document.querySelectorAll('#lessons li').length === 3", "lessons")
    checker.check("lessons")
    open_lesson(page, url, "sound")
    page.wait("!document.getElementById('sound').hidden", "player")
    page.run("document.querySelector('#exchanges .card').setAttribute('aria-current', 'true'); "
             "document.getElementById('banner-text').textContent = 'Not connected'")
    checker.check("lesson")
    checker.show("banner", "banner")
    for dialog in ("rename-dialog", "delete-dialog", "save-dialog", "token-dialog"):
        checker.check_dialog(dialog)
    browser.set_size(page.driver, 320, 568, True)
    accessibility.check_width(page, "lesson")
    page.run("document.documentElement.style.setProperty('--text-size', 2)")
    accessibility.check_width(page, "lesson with text of 200 %")
    page.driver.get(f"{url}lessons?ui=ar")
    page.wait("document.querySelectorAll('#lessons li').length === 3", "lessons")
    accessibility.check_width(page, "lessons in Arabic")
    checker.check("lessons in Arabic", ["light"])
    checker.finish()
    browser.set_size(page.driver, 1280, 720)


def test_delete(page, url):
    session = open_lesson(page, url, "sound")
    recordings = ask(url, "api/recordings")
    page.click("delete")
    page.wait("document.getElementById('delete-dialog').open", "question")
    if page.value("document.getElementById('delete-name').textContent") != "sound":
        raise AssertionError("the question does not name the lesson")
    page.driver.find_element("css selector", "#delete-dialog [value=no]").click()
    page.wait("!document.getElementById('delete-dialog').open", "answer")
    if not recordings or ask(url, f"api/sessions/{session}")["id"] != session:
        raise AssertionError("the lesson is gone without an answer")
    page.click("delete")
    page.driver.find_element("css selector", "#delete-dialog [value=yes]").click()
    page.wait("!document.getElementById('list').hidden && document.querySelectorAll('#lessons li').length === 2", "list")
    if ask(url, "api/recordings"):
        raise AssertionError("the recording stays")
    # From the list, and with the keyboard alone.
    page.driver.find_element("css selector", "#lessons li:first-child .danger").send_keys("\n")
    page.driver.find_element("css selector", "#delete-dialog [value=yes]").send_keys("\n")
    page.wait(f"({HEADINGS}).join() === {json.dumps(TITLE)}", "list without the deleted lesson")
    page.driver.get(f"{url}lessons#{session}")
    page.driver.refresh()
    page.wait("document.getElementById('banner-text').textContent.includes('no such lesson')", "that the lesson is gone")


def test_token(test, page):
    """Who is not on this machine needs the token; a proxy is not."""
    path = pathlib.Path(test.folder, "token")
    path.write_text(TOKEN, encoding="utf-8")
    path.chmod(0o600)
    url = test.start_daemon(config=f"[server]\ntoken-file={path}\n[network]\nproxies=127.0.0.1\n[store]\npath={test.folder}/other.db\n").url
    page.driver.execute_cdp_cmd("Network.enable", {})
    page.driver.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": {"X-Forwarded-For": "192.0.2.7"}})
    page.driver.get(f"{url}lessons")
    page.wait("document.getElementById('token-dialog').open", "question for the token")
    page.driver.find_element("id", "token").send_keys("wrong-token-of-some-length\n")
    page.wait("document.getElementById('token-error').textContent !== ''", "that the token is wrong")
    page.driver.find_element("id", "token").send_keys(TOKEN + "\n")
    page.wait("document.getElementById('count').textContent.startsWith('No lessons yet')", "empty list")


def run(test):
    url = test.start_daemon().url
    page = test.start_browser(browser.make_speech(test.folder))
    make_lessons(page, url)
    test_link(page, url)
    test.report("link")
    test_list(page)
    test.report("list")
    test_search(page)
    test.report("search")
    test_open(page, url)
    test.report("open")
    test_play(page, url)
    test.report("play")
    test_save(page, test.folder)
    test.report("save")
    test_rename(page, url)
    test.report("rename")
    test_accessibility(page, url)
    test.report("accessibility")
    test_delete(page, url)
    test.report("delete")
    test_token(test, page)
    test.report("token")
    page.check_log()


if __name__ == "__main__":
    sys.exit(browser.main(__doc__, TESTS, run))
