#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Idioms and errors in the speaker's page and in lessons: underlined, with an explanation on a click.

usage: idioms.py HABLAD
"""
import json
import sys
import urllib.request

import accessibility
import browser

TESTS = ["idiom", "correction", "keyboard", "accessibility", "lesson", "bookmark"]
EXPLAINED = "document.querySelector('{where} .card:last-child .explained')"
SHOWN = "[...document.querySelectorAll('{where} .explanation:not([hidden])')].map(box => box.textContent)"


def ask(url, path, body=None):
    """Asks the server for JSON."""
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url + path, data=data), timeout=30) as answer:
        return json.load(answer)


def check(page, text, explanation):
    """Asserts that text is underlined in the last card, and that a click shows and hides the explanation."""
    button = EXPLAINED.format(where="#cards")
    page.wait(f"{button} !== null", f"underlined {text}")
    if page.value(f"{button}.textContent") != text:
        raise AssertionError(f"underlined is {page.value(button + '.textContent')}")
    if page.value(SHOWN.format(where="#cards")):
        raise AssertionError("an explanation is shown before a click")
    page.driver.find_element("css selector", "#cards .card:last-child .explained").click()
    shown = page.value(SHOWN.format(where="#cards"))
    if len(shown) != 1 or explanation not in shown[0]:
        raise AssertionError(f"explanations {shown}")
    if page.value(f"{button}.getAttribute('aria-expanded')") != "true":
        raise AssertionError("the button does not say that it is open")
    page.driver.find_element("css selector", "#cards .card:last-child .explained").click()
    if page.value(SHOWN.format(where="#cards")):
        raise AssertionError("the explanation stays")


def test_idiom(page, url):
    page.open(f"{url}?room=physics")
    page.speak_english()
    page.type("That was a 🎂 piece of cake.")
    check(page, "piece of cake", "pan comido")
    line = page.value("document.querySelector('#cards .card:last-child .source').textContent")
    if line != "That was a 🎂 piece of cake.":
        raise AssertionError(f"the sentence is {line}")


def test_correction(page, url):
    page.open(f"{url}?room=grammar")
    page.speak_english()
    page.run("document.getElementById('advanced').open = true")
    page.click("classroom")
    page.driver.refresh()
    page.wait("document.getElementById('classroom').checked && !document.getElementById('classroom').disabled",
              "classroom mode after a reload")
    # Another room gets it from the page.
    page.open(f"{url}?room=spelling")
    page.wait("document.getElementById('classroom').checked", "classroom mode in the next room")
    page.speak_english()
    page.type("I went to the library.")
    check(page, "library", "(se parece a “librería”)")
    page.type("He don't like it.")
    check(page, "He don't", "He doesn't")


def test_keyboard(page):
    page.driver.find_element("css selector", "#cards .card:last-child .explained").send_keys("\n")
    if len(page.value(SHOWN.format(where="#cards"))) != 1:
        raise AssertionError("the key Enter does not show the explanation")


def test_accessibility(page):
    checker = accessibility.Checker(page, accessibility.load_axe())
    checker.check("explanations")
    checker.finish()


def test_lesson(page, url):
    lesson = ask(url, "api/sessions")[0]
    page.driver.get(f"{url}lessons#{lesson['id']}")
    button = EXPLAINED.format(where="#exchanges")
    page.wait(f"{button} !== null", "underlined error")
    page.driver.find_element("css selector", "#exchanges .card:last-child .explained").click()
    shown = page.value(SHOWN.format(where="#exchanges"))
    if len(shown) != 1 or "doesn't" not in shown[0]:
        raise AssertionError(f"explanations {shown}")


def test_bookmark(page, url):
    """The list of bookmarks has the words that were said, and their correction."""
    lesson = ask(url, "api/sessions")[0]["id"]
    exchange = ask(url, f"api/sessions/{lesson}/exchanges")[-1]["id"]
    ask(url, f"api/exchanges/{exchange}/bookmark", {})
    page.driver.get(f"{url}lessons#bookmarks")
    page.wait("document.querySelectorAll('#bookmark-list li').length === 1", "bookmark")
    shown = page.value("['a', 'a del', '.corrected', '.corrected ins'].map(part => "
                       "document.querySelector(`#bookmark-list ${part}`)?.textContent)")
    if shown != ["He don't like it.", "He don't", "He doesn't like it.", "He doesn't"]:
        raise AssertionError(f"the bookmark shows {shown}")


def run(test):
    url = test.start_daemon().url
    page = test.start_browser(browser.make_speech(test.folder))
    browser.set_size(page.driver, 1280, 800)  # the menu is open
    test_idiom(page, url)
    test.report("idiom")
    test_correction(page, url)
    test.report("correction")
    test_keyboard(page)
    test.report("keyboard")
    test_accessibility(page)
    test.report("accessibility")
    test_lesson(page, url)
    test.report("lesson")
    test_bookmark(page, url)
    test.report("bookmark")
    page.check_log()


if __name__ == "__main__":
    sys.exit(browser.main(__doc__, TESTS, run))
