#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes the pictures in docs/images: the pages of hablad during recorded speech, in headless Chromium.

usage: screenshot.py HABLAD FOLDER

Run it in the environment of a build:

  meson devenv -C _build/dev $PWD/tests/browser/screenshot.py $PWD/_build/dev/src/daemon/hablad \\
    $PWD/docs/images
"""
import pathlib
import sys
import tempfile

import browser

FINISHED = "document.querySelectorAll('#cards li:not([data-open])').length >= {count}"
# An overloaded server sends no partial captions: try again on a quiet machine.
PARTIAL = "document.getElementById('partial').textContent.split(' ').length > 4"
CAPTION = "document.getElementById('caption').textContent.split(' ').length > 12"


def set_view(page, size, scheme, is_phone=False):
    browser.set_size(page.driver, *size, is_phone)
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia",
                                {"features": [{"name": "prefers-color-scheme", "value": scheme}]})


def end_lesson(page):
    page.click("end")
    page.run("document.querySelector('#end-dialog [value=yes]').click()")
    page.wait_state("ended")


def take_pictures(page, url, folder):
    def save(name):
        page.driver.save_screenshot(str(folder / name))

    set_view(page, (1120, 720), "light")
    page.open(f"{url}?room=physics")
    speaker = page.driver.current_window_handle
    page.speak_english()
    page.type("Good morning. Today we speak about light, and why the sky is blue.")
    page.wait(FINISHED.format(count=1), "translation of typed text")
    page.click("microphone")
    page.wait(FINISHED.format(count=3), "captions of two sentences")
    page.wait(PARTIAL, "partial caption of the next sentence")
    save("page.png")

    page.driver.switch_to.new_window("tab")
    set_view(page, (390, 720), "dark", True)
    page.open(f"{url}?room=physics&listen=1&language=es")
    page.wait(FINISHED.format(count=3), "transcript")
    page.wait(PARTIAL, "partial caption")
    save("listener.png")

    set_view(page, (1120, 420), "light")
    page.driver.get(f"{url}display?room=physics&language=es")
    page.wait(CAPTION, "captions")
    page.wait("getComputedStyle(document.getElementById('tools')).opacity === '0'", "end of the controls")
    save("display.png")

    page.driver.get(f"{url}overlay?room=physics&language=es&size=7")
    page.wait(CAPTION.replace("12", "6"), "captions")
    # In place of a video.
    page.run("document.documentElement.style.background = '#4a6b7c'")
    save("overlay.png")

    page.driver.switch_to.window(speaker)
    set_view(page, (1120, 720), "light")
    end_lesson(page)
    page.driver.get(f"{url}lessons")
    page.wait("document.querySelectorAll('#lessons a').length > 0", "list of lessons")
    page.driver.find_element("css selector", "#lessons a").click()
    page.wait("!document.getElementById('sound').hidden", "player")
    page.click("rename")
    page.run("document.getElementById('name').value = ''")
    page.driver.find_element("id", "name").send_keys("Why the sky is blue\n")
    page.wait("document.getElementById('title').textContent === 'Why the sky is blue'", "name of the lesson")
    page.driver.find_element("css selector", "#exchanges .play").click()
    page.wait("document.querySelector('#exchanges .current, #exchanges [aria-current]') !== null", "sentence that is heard")
    page.wait("document.getElementById('toasts').childElementCount === 0", "end of messages")
    save("lessons.png")


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    hablad, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    reason = browser.why_not(hablad)
    if reason:
        print(f"screenshot.py: {reason}", file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="habla-page-", ignore_cleanup_errors=True) as state:
        test = browser.Run(hablad, state, print)
        try:
            url = test.start_daemon(options=["--lan"], config="[recording]\nenabled=yes\n").url
            take_pictures(test.start_browser(browser.make_speech(state)), url, folder)
        finally:
            test.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
