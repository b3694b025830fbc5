#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Words and bookmarks: save a word from a caption, set bookmarks, and the page of words to learn.

usage: vocabulary.py HABLAD
"""
import json
import pathlib
import sys
import urllib.request

import accessibility
import browser

TESTS = ["save a word", "selection", "bookmark", "lesson", "bookmarks", "list", "change", "review", "accessibility",
         "token"]
ODD = "<b>¿qué?</b> مرحبا 🦜"
TOKEN = "a-token-of-some-length"

LEARN = "#cards li:last-child [title='Learn a word']"
STAR = "#cards li:last-child .star"
TERMS = "[...document.querySelectorAll('#words h2')].map(heading => heading.textContent)"


def ask(url, path, body=None, method=None):
    """Asks the server for JSON."""
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url + path, data=data, method=method), timeout=30) as answer:
        return json.load(answer)


def find(page, selector):
    return page.driver.find_element("css selector", selector)


def tap(page, word):
    """Taps a word in the dialog."""
    next(button for button in page.driver.find_elements("css selector", "#word-dialog .word")
         if button.text == word).click()


def fill(page, name, text):
    field = page.driver.find_element("id", name)
    field.clear()
    field.send_keys(text)


def check_value(page, name, expected):
    found = page.value(f"document.getElementById('{name}').value")
    if found != expected:
        raise AssertionError(f"{name} is {found!r}, not {expected!r}")


def save(page):
    find(page, "#word-dialog .primary").click()
    page.wait("!document.getElementById('word-dialog').open", "saved word")


def wait_toast(page, part):
    page.wait(f"document.getElementById('toasts').textContent.includes({json.dumps(part)})", f"message {part}")


def test_save(page, url):
    """A tap chooses a word, a second one all up to another; the line that it is in is its example."""
    page.open(f"{url}?room=words")
    page.speak_english()
    page.type("The house is small.")
    page.wait_card("The house is small.", "casa")
    page.wait(f"document.querySelector({json.dumps(LEARN)}) !== null", "button")
    find(page, LEARN).click()
    page.wait("document.getElementById('word-dialog').open", "question")
    tap(page, "house")
    check_value(page, "word-term", "house")
    tap(page, "small")
    check_value(page, "word-term", "house is small")
    check_value(page, "word-source_sentence", "The house is small.")
    if page.value("document.querySelectorAll('#word-dialog .word[aria-pressed=true]').length") != 3:
        raise AssertionError("the chosen words are not marked")
    tap(page, "casa")
    check_value(page, "word-term", "casa")
    check_value(page, "word-source_sentence", "La casa es pequeña.")
    fill(page, "word-meaning", "house")
    page.choose("word-category", "slang")
    save(page)
    wait_toast(page, "“casa” is saved")
    item = ask(url, "api/vocab")[0]
    exchange = ask(url, f"api/sessions/{ask(url, 'api/sessions')[0]['id']}/exchanges")[0]
    wanted = {"term": "casa", "meaning": "house", "literal": "", "category": "slang", "language": "es",
              "source_sentence": "La casa es pequeña.", "exchange_id": exchange["id"], "region": "universal"}
    if {name: item[name] for name in wanted} != wanted:
        raise AssertionError(f"saved {item}")
    # The same word again is only counted.
    find(page, LEARN).click()
    fill(page, "word-term", "CASA")
    save(page)
    wait_toast(page, "already")
    # The server refuses: the dialog stays, and says why.
    find(page, LEARN).click()
    page.run("document.getElementById('word-term').required = false")
    fill(page, "word-term", " ")
    find(page, "#word-dialog .primary").click()
    page.wait("document.querySelector('#word-dialog .alarm').textContent === 'Type the word or phrase.'", "reason")
    find(page, "#word-dialog .dialog-actions button").click()
    page.wait("!document.getElementById('word-dialog').open", "end of the question")
    page.run("document.getElementById('word-term').required = true")


def test_selection(page, url):
    page.run("const text = document.querySelector('#cards .translated').firstChild; const range = new Range(); "
             "range.setStart(text, 3); range.setEnd(text, 18); "
             "getSelection().removeAllRanges(); getSelection().addRange(range)")
    find(page, LEARN).click()
    check_value(page, "word-term", "casa es pequeña")
    check_value(page, "word-source_sentence", "La casa es pequeña.")
    fill(page, "word-meaning", ODD)
    find(page, "#word-term").send_keys("\n")  # with the keyboard
    page.wait("!document.getElementById('word-dialog').open", "saved words")
    if ask(url, "api/vocab")[0]["meaning"] != ODD:
        raise AssertionError("the meaning is not what was typed")


# The server has not stored the sentence yet when the first request comes.
LATE = """
  const ask = window.fetch;
  let count = 0;
  window.fetch = (path, options) => String(path).includes("/bookmark") && count++ === 0
    ? Promise.resolve(new Response("{}", { status: 404 })) : ask(path, options);
"""


def test_bookmark(page):
    page.run(LATE)
    find(page, STAR).click()
    pressed = f"document.querySelector({json.dumps(STAR)})?.getAttribute('aria-pressed')"
    page.wait(f"{pressed} === 'true'", "bookmark")
    find(page, "#cards li:last-child .quiet").click()
    find(page, "#note-text").send_keys(ODD + "\n")
    note = "document.querySelector('#cards .bookmark-note')?.textContent"
    page.wait(f"{note} === {json.dumps(ODD)}", "note")
    page.driver.refresh()
    page.wait(f"{pressed} === 'true' && {note} === {json.dumps(ODD)}", "bookmark after a reload")
    find(page, STAR).click()
    page.wait(f"{pressed} === 'false' && {note} === ''", "no bookmark")
    find(page, STAR).click()
    page.wait(f"{pressed} === 'true'", "bookmark again")


def test_lesson(page, url):
    """The page of lessons shows the bookmark, and words can be learned there, too."""
    session = ask(url, "api/sessions")[0]["id"]
    page.driver.get(f"{url}lessons#{session}")
    page.wait("document.querySelector('#exchanges .star')?.getAttribute('aria-pressed') === 'true'", "bookmark")
    find(page, "#exchanges .quiet").click()
    find(page, "#note-text").send_keys("Exam\n")
    page.wait("document.querySelector('#exchanges .bookmark-note').textContent === 'Exam'", "note")
    find(page, "#exchanges [title='Learn a word']").click()
    tap(page, "small")
    save(page)
    if ask(url, "api/vocab")[0]["language"] != "en":
        raise AssertionError("the language of the word is not that of its line")


def test_bookmarks(page, url):
    page.click("back")
    page.wait("!document.getElementById('list').hidden", "list")
    find(page, "[href='#bookmarks']").click()
    page.wait("document.querySelectorAll('#bookmark-list li').length === 1 && "
              "document.activeElement.id === 'bookmarks-title'", "bookmarks")
    text = page.value("document.querySelector('#bookmark-list li').innerText")
    for part in ("The house is small.", "La casa es pequeña.", "Exam"):
        if part not in text:
            raise AssertionError(f"{part} is not in {text}")
    find(page, "#bookmark-list a").click()
    page.wait("document.activeElement.classList.contains('card')", "sentence")
    page.driver.back()
    page.wait("document.activeElement.id === 'bookmarks-title'", "bookmarks again")  # loaded anew
    find(page, "#bookmark-list button").click()
    page.wait("document.getElementById('bookmark-count').textContent.startsWith('No bookmarks')", "empty list")
    if ask(url, "api/bookmarks/recent")["total"] != 0:
        raise AssertionError("the server has the bookmark")


def wait_terms(page, *terms):
    page.wait(f"JSON.stringify({TERMS}) === {json.dumps(json.dumps(terms, separators=(',', ':'), ensure_ascii=False))}",
              f"list of {terms}")


def search(page, text):
    fill(page, "search", text)


def test_list(page, url):
    page.driver.get(f"{url}vocabulary")
    wait_terms(page, "small", "casa es pequeña", "casa")
    if page.value("document.getElementById('stats').textContent") != "3 words · 3 to review":
        raise AssertionError("the numbers are wrong")
    if page.value("document.querySelectorAll('#words b').length") != 0:
        raise AssertionError("text became HTML")
    if page.value("document.querySelector('#words li:last-child h2').lang") != "es":
        raise AssertionError("the language of a word is not marked")
    search(page, "PEQUENA")
    wait_terms(page, "casa es pequeña")
    if page.value("document.getElementById('count').textContent") != "Found 1 word":
        raise AssertionError("the number of words is not said")
    search(page, "\"casa")
    page.wait("document.getElementById('count').textContent.startsWith('This cannot')", "that it is malformed")
    search(page, "zzz")
    wait_terms(page)
    page.choose("category", "slang")
    wait_terms(page, "casa")
    page.choose("category", "")
    wait_terms(page, "small", "casa es pequeña", "casa")
    for name, kind in (("anki", "text/tab-separated-values"), ("json", "application/json")):
        with urllib.request.urlopen(page.value(f"document.getElementById('save-{name}').href")) as answer:
            if not answer.headers["Content-Type"].startswith(kind) or "casa" not in answer.read().decode():
                raise AssertionError(f"the file for {name} is wrong")


def test_change(page, url):
    find(page, "#words li:first-child button").click()
    check_value(page, "word-term", "small")
    fill(page, "word-term", "casa")
    find(page, "#word-dialog .primary").click()
    page.wait("document.querySelector('#word-dialog .alarm').textContent.startsWith('This word is in the vocabulary already.')", "reason")
    fill(page, "word-term", "tiny")
    save(page)
    wait_terms(page, "tiny", "casa es pequeña", "casa")
    find(page, "#words li:first-child .danger").click()
    find(page, "#delete-dialog [value=no]").click()
    if len(ask(url, "api/vocab")) != 3:
        raise AssertionError("the word is gone without an answer")
    find(page, "#words li:first-child .danger").send_keys("\n")
    find(page, "#delete-dialog [value=yes]").send_keys("\n")
    wait_terms(page, "casa es pequeña", "casa")
    page.click("add")
    fill(page, "word-term", ODD)
    save(page)
    wait_terms(page, ODD, "casa es pequeña", "casa")
    page.wait("document.getElementById('stats').textContent === '3 words · 3 to review'", "numbers")


def wait_word(page, position, term):
    page.wait(f"document.getElementById('progress').textContent === '{position} of 3' && "
              f"document.getElementById('term').textContent === {json.dumps(term)} && "
              "document.activeElement.id === 'term' && document.getElementById('answer').hidden", f"word {position}")


def test_review(page, url):
    """By keys, by buttons, and a word that is deleted meanwhile."""
    from selenium.webdriver.common.keys import Keys

    page.click("review-link")
    wait_word(page, 1, "casa")
    body = page.driver.switch_to.active_element
    body.send_keys("4")  # no grade before the answer
    wait_word(page, 1, "casa")
    body.send_keys(Keys.ENTER)
    page.wait("!document.getElementById('answer').hidden && "
              "document.activeElement.dataset.quality === '4'", "answer")
    if page.value("document.getElementById('meaning').textContent") != "house":
        raise AssertionError("the answer is not the meaning")
    page.driver.switch_to.active_element.send_keys("5")
    wait_word(page, 2, "casa es pequeña")
    page.click("show")
    find(page, "[data-quality='1']").click()
    wait_word(page, 3, ODD)
    items = {item["term"]: item for item in ask(url, "api/vocab")}
    ask(url, f"api/vocab/{items[ODD]['id']}", method="DELETE")
    page.driver.switch_to.active_element.send_keys(" ")
    page.driver.switch_to.active_element.send_keys("0")
    page.wait("document.getElementById('progress').textContent === 'Done. You remembered 1 of 3 words.'", "end")
    if [items["casa"]["repetitions"], items["casa"]["ease_factor"], items["casa es pequeña"]["repetitions"]] != [1, 2.6, 0]:
        raise AssertionError(f"reviewed {items}")
    page.click("back")
    page.wait("document.activeElement.id === 'search' && document.getElementById('review-link').hidden", "list")
    page.driver.get(f"{url}vocabulary#review")
    page.wait("document.getElementById('progress').textContent.startsWith('Nothing is due')", "that nothing is due")


def test_accessibility(page, url):
    """axe-core, where npm brings it; a small screen, large text, and right to left."""
    checker = accessibility.Checker(page, accessibility.load_axe())
    session = ask(url, "api/sessions")[0]["id"]
    exchange = ask(url, f"api/sessions/{session}/exchanges")[0]["id"]
    ask(url, f"api/exchanges/{exchange}/bookmark", {"note": "Exam"}, "PUT")
    ask(url, "api/vocab", {"term": "due", "meaning": "fällig", "literal": "due", "source_sentence": "It is due."})
    page.driver.get(f"{url}vocabulary")
    page.wait("document.querySelectorAll('#words li').length === 3", "words")
    checker.check("vocabulary")
    for dialog in ("word-dialog", "delete-dialog", "token-dialog"):
        checker.check_dialog(dialog)
    page.click("review-link")
    page.wait("document.getElementById('term').textContent === 'due'", "word")
    checker.check("question")
    page.click("show")
    checker.check("answer")
    page.driver.get(f"{url}lessons#bookmarks")
    page.wait("document.querySelectorAll('#bookmark-list li').length === 1", "bookmarks")
    checker.check("bookmarks")
    page.driver.get(f"{url}lessons#{session}")
    page.wait("document.querySelector('#exchanges .star')?.getAttribute('aria-pressed') === 'true'", "lesson")
    checker.check("lesson")
    find(page, "#exchanges [title='Learn a word']").click()
    tap(page, "house")
    checker.check("word of a lesson")
    page.open(f"{url}?room=words")
    page.wait(f"document.querySelector({json.dumps(STAR)})?.getAttribute('aria-pressed') === 'true'", "caption")
    checker.check("speaker")
    browser.set_size(page.driver, 320, 568, True)
    for path, wanted in (("vocabulary?ui=ar", "#words li"), ("vocabulary?ui=de#review", "#card:not([hidden])"),
                         ("lessons?ui=ar#bookmarks", "#bookmark-list li"), ("?room=words", LEARN)):
        page.driver.get("about:blank")
        page.driver.get(url + path)
        page.wait(f"document.querySelector({json.dumps(wanted)}) !== null", path)
        page.run("document.getElementById('show')?.click(); "
                 "document.documentElement.style.setProperty('--text-size', 2)")
        accessibility.check_width(page, f"{path} with text of 200 %")
    page.driver.get(f"{url}vocabulary?ui=ar")
    page.wait("document.querySelectorAll('#words li').length === 3", "words in Arabic")
    checker.check("vocabulary in Arabic", ["light"])
    checker.finish()
    browser.set_size(page.driver, 1280, 720)


def test_token(test, page):
    """Who is not on this machine needs the token; a proxy is not."""
    path = pathlib.Path(test.folder, "token")
    path.write_text(TOKEN, encoding="utf-8")
    path.chmod(0o600)
    url = test.start_daemon(config=f"[server]\ntoken-file={path}\n[network]\nproxies=127.0.0.1\n[store]\npath={test.folder}/other.db\n").url
    page.driver.execute_cdp_cmd("Network.enable", {})
    page.driver.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": {"X-Forwarded-For": "192.0.2.7"}})
    page.driver.get(f"{url}vocabulary")
    page.wait("document.getElementById('token-dialog').open", "question for the token")
    page.driver.find_element("id", "token").send_keys("wrong-token-of-some-length\n")
    page.wait("document.getElementById('token-error').textContent !== ''", "that the token is wrong")
    page.driver.find_element("id", "token").send_keys(TOKEN + "\n")
    page.wait("document.getElementById('count').textContent.startsWith('No words yet')", "empty list")


def run(test):
    url = test.start_daemon().url
    page = test.start_browser()
    test_save(page, url)
    test.report("save a word")
    test_selection(page, url)
    test.report("selection")
    test_bookmark(page)
    test.report("bookmark")
    test_lesson(page, url)
    test.report("lesson")
    test_bookmarks(page, url)
    test.report("bookmarks")
    test_list(page, url)
    test.report("list")
    test_change(page, url)
    test.report("change")
    test_review(page, url)
    test.report("review")
    test_accessibility(page, url)
    test.report("accessibility")
    test_token(test, page)
    test.report("token")
    page.check_log()


if __name__ == "__main__":
    sys.exit(browser.main(__doc__, TESTS, run))
