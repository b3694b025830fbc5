#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A client as the first Habla had, which hablad serves: a lesson, its history, corrections and playback.

usage: client.py HABLAD

The client is in tests/browser/client. It knows nothing of what the protocol has since got.
"""
import json
import pathlib
import sys
import urllib.request

import browser

TESTS = ["live", "typed", "reconnect", "tabs", "corrections", "playback", "history", "delete", "own pages", "sign in"]
FOLDER = pathlib.Path(__file__).parent / "client"
TOKEN = "a-token-of-some-length"

WORDS = "[...document.querySelectorAll('#cards p:not([data-pending])')]"
STATE = "document.getElementById('state').textContent === {!r}"


def post(url, path, body):
    data = json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url + path, data=data), timeout=30) as answer:
        return json.load(answer)


def test_live(page, url):
    post(url, "api/system/recording", {"enabled": True})
    page.driver.get(url)
    page.wait(STATE.format("ready"), "connection")
    page.wait("window.systemStatus?.recording_enabled", "status")
    page.click("listen")
    page.wait(STATE.format("listening"), "start")
    page.wait("window.received.partial > 0", "live line")
    page.wait(f"{WORDS}.length >= 2", "two sentences")
    page.click("listen")
    page.wait(STATE.format("ready"), "end")
    if page.value("document.querySelectorAll('[data-pending]').length") != 0:
        raise AssertionError("a card was not filled")
    if not all(value is None or 0.05 < value <= 1 for value in page.value("window.confidences")):
        raise AssertionError(f"confidences {page.value('window.confidences')}")


def test_typed(page):
    page.driver.find_element("id", "text").send_keys("The house is big.\n")
    page.wait(f"{WORDS}.some(word => word.textContent === 'La casa es grande.')", "translation")
    page.click("save")
    page.wait("window.saved?.status === 'saved' && window.saved.session_id === window.getSession()", "answer to saving")


def test_reconnect(page):
    """The recorder goes on without a header; the room is the same."""
    session = page.value("window.getSession()")
    page.click("listen")
    page.wait(STATE.format("listening"), "start")
    page.wait("window.received.partial > 0", "live line")
    page.run("window.received = {}; window.drop();")
    page.wait("window.received.listening_started > 0", "start on the new connection")
    page.wait("window.received.translation > 0", "sentence after it")
    page.click("listen")
    page.wait(STATE.format("ready"), "end")
    if page.value("window.getSession()") != session:
        raise AssertionError("the new connection is in another room")
    if page.value("document.getElementById('toasts').textContent"):
        raise AssertionError(page.value("document.getElementById('toasts').textContent"))


def test_corrections(page, url):
    page.driver.get(f"{url}corrections")
    page.wait("document.querySelectorAll('.open').length > 0", "recordings")
    page.driver.find_elements("css selector", ".open")[-1].click()
    page.wait("document.querySelectorAll('.transcript').length >= 2", "segments")
    page.wait("[...document.querySelectorAll('audio')].every(audio => audio.readyState >= 2 && audio.duration > 0.5)", "sound")
    page.driver.find_element("css selector", ".transcript").send_keys(" indeed")
    page.click("save")
    page.wait("window.statistics !== undefined", "statistics")
    saved = page.value("window.saved")
    if saved["status"] != "saved" or saved["corrected"] != 1:
        raise AssertionError(saved)
    # One word of the changed segment was not recognised. The editor sent back the other segments unreviewed.
    if [saved["deletions"], saved["substitutions"], saved["insertions"]] != [1, 0, 0] or \
            abs(saved["word_error_rate"] - 1 / saved["words"]) > 1e-6 or \
            saved["words"] != len(page.value("window.truth.data.segments[0].transcript").split()):
        raise AssertionError(saved)
    if page.value("window.statistics")["corrected_segments"] != 1:
        raise AssertionError(page.value("window.statistics"))


def test_playback(page, url):
    page.driver.get(url)
    page.wait(STATE.format("ready"), "connection")
    page.run("fetch('/api/recordings').then(answer => answer.json()).then(list => fetch('/api/playback/start', "
             "{ method: 'POST', headers: { 'Content-Type': 'application/json' }, "
             "body: JSON.stringify({ recording_id: list.at(-1).id, speed: 0, mode: 'full' }) }));")
    page.wait("/^([1-9][0-9]*)\\/\\1 finished$/.test(document.getElementById('progress').textContent)", "end of playback")
    page.wait(f"{WORDS}.length > 0", "words of the recording")


def find(page, words):
    field = page.driver.find_element("id", "query")
    field.clear()
    field.send_keys(words + "\n")
    page.run("document.getElementById('query').blur()")
    page.wait(f"document.getElementById('list').dataset.query === {words!r}", "result")


def test_history(page, url):
    """A second lesson is newer than the one that is found."""
    session = page.value("window.getSession()")
    page.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
    page.driver.get(url)
    page.wait(STATE.format("ready"), "connection")
    page.driver.find_element("id", "text").send_keys("I have two books.\n")
    page.wait(f"{WORDS}.some(word => word.textContent === 'Tengo dos libros.')", "translation")
    newer = page.value("window.getSession()")
    page.driver.get(f"{url}history")
    page.wait("document.querySelectorAll('[data-session]').length === 2", "lessons")
    find(page, "CASA ES")
    if page.value("[...document.querySelectorAll('[data-session]')].map(line => Number(line.dataset.session))") != [session]:
        raise AssertionError("the search does not find the lesson")
    page.driver.find_element("css selector", ".open").click()
    page.wait("document.getElementById('detail').textContent.includes('The house is big. – La casa es grande.')", "words")
    page.wait("document.querySelectorAll('#detail audio').length > 0", "sound")
    return session, newer


def test_delete(page, url, session, newer):
    page.driver.find_element("css selector", ".delete").click()
    page.wait("document.querySelectorAll('[data-session]').length === 0", "end of the line")
    page.driver.get(f"{url}history")
    page.wait("document.querySelectorAll('[data-session]').length > 0", "lessons")
    left = page.value("[...document.querySelectorAll('[data-session]')].map(line => Number(line.dataset.session))")
    if session in left or newer not in left:
        raise AssertionError(f"left {left} of {session}, {newer}")


def test_tabs(page, url):
    """A second tab of the client does not fight with the first one."""
    first = page.driver.current_window_handle
    page.driver.switch_to.new_window("tab")
    page.driver.get(url)
    page.wait(STATE.format("ready"), "connection of the second tab")
    page.run("window.received = {};")
    page.driver.find_element("id", "text").send_keys("I have two books.\n")
    page.wait(f"{WORDS}.some(word => word.textContent === 'Tengo dos libros.')", "translation in the second tab")
    page.driver.close()
    page.driver.switch_to.window(first)
    page.wait(STATE.format("ready"), "connection of the first tab")
    page.driver.find_element("id", "text").send_keys("The house is small.\n")
    page.wait(f"{WORDS}.some(word => word.textContent === 'La casa es pequeña.')", "translation in the first tab")
    if page.value("document.getElementById('toasts').textContent"):
        raise AssertionError(page.value("document.getElementById('toasts').textContent"))


def test_own_pages(page, url):
    page.open(f"{url}habla/?room=physics")
    page.speak_english()
    page.type("The house is small.")
    page.wait_card("The house is small.", "casa")
    page.driver.get(f"{url}?room=physics&listen=1")
    page.wait(browser.STATE.format(state="open"), "page of listeners")


def test_sign_in(test):
    """Who is not on this machine opens the link with the token once; a proxy is not."""
    path = pathlib.Path(test.folder, "token")
    path.write_text(TOKEN, encoding="utf-8")
    path.chmod(0o600)
    url = test.start_daemon(options=["--client", str(FOLDER)], config=f"[server]\ntoken-file={path}\n"
                            f"[network]\nproxies=127.0.0.1\n[store]\npath={test.folder}/other.db\n").url
    page = test.start_browser()
    page.driver.execute_cdp_cmd("Network.enable", {})
    page.driver.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": {"X-Forwarded-For": "192.0.2.7"}})
    page.driver.get(f"{url}habla/sign-in?to=..")
    page.wait("!document.getElementById('form').hidden", "question for the token")
    page.driver.find_element("id", "token").send_keys("wrong-token-of-some-length\n")
    page.wait("document.getElementById('error').textContent !== ''", "that the token is wrong")
    page.driver.get(f"{url}habla/sign-in?to=..#token={TOKEN}")
    page.driver.refresh()
    page.wait("location.pathname === '/' && document.title === 'Old client'", "client")
    page.wait(STATE.format("ready"), "connection")
    page.wait("window.systemStatus?.mode === 'conversation'", "answer of the REST API")
    page.driver.find_element("id", "text").send_keys("I have two books.\n")
    page.wait(f"{WORDS}.some(word => word.textContent === 'Tengo dos libros.')", "translation")
    # It leads nowhere else.
    page.driver.get(f"{url}habla/sign-in?to=https://example.invalid/")
    page.wait("location.pathname === '/habla/'", "page of Habla")


def run(test):
    url = test.start_daemon(options=["--client", str(FOLDER)]).url
    page = test.start_browser(browser.make_speech(test.folder))
    test_live(page, url)
    test.report("live")
    test_typed(page)
    test.report("typed")
    test_reconnect(page)
    test.report("reconnect")
    test_tabs(page, url)
    test.report("tabs")
    test_corrections(page, url)
    test.report("corrections")
    test_playback(page, url)
    test.report("playback")
    session, newer = test_history(page, url)
    test.report("history")
    test_delete(page, url, session, newer)
    test.report("delete")
    test_own_pages(page, url)
    test.report("own pages")
    page.check_log()
    test_sign_in(test)
    test.report("sign in")


if __name__ == "__main__":
    sys.exit(browser.main(__doc__, TESTS, run))
