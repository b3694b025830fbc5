#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes docs/images/page.png: the page of hablad during recorded speech, in headless Chromium.

usage: screenshot.py HABLAD OUTPUT

Run it in the environment of a build:

  meson devenv -C _build/dev $PWD/tests/browser/screenshot.py $PWD/_build/dev/src/daemon/hablad \\
    $PWD/docs/images/page.png
"""
import pathlib
import sys
import tempfile

import browser

WIDTH, HEIGHT = 800, 840
FINISHED = "[...document.querySelectorAll('#cards li:not([data-open])')].length >= {count}"
# An overloaded server sends no partial captions: try again on a quiet machine.
PARTIAL = "document.getElementById('partial').textContent.split(' ').length > 4"


def take_screenshot(driver, url, output):
    view = browser.Page(driver)
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                           {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False})
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia",
                           {"features": [{"name": "prefers-color-scheme", "value": "light"}]})
    driver.get(f"{url}?room=physics")
    view.wait("document.getElementById('state').dataset.state === 'open'", "connection")
    view.wait("document.getElementById('from').lang !== ''", "direction")
    if driver.execute_script("return document.getElementById('from').lang") != "en":
        view.click("direction")
    view.wait("document.getElementById('from').lang === 'en'", "English")
    view.type("Good morning. The house is small.")
    view.wait(FINISHED.format(count=1), "translation of typed text")
    view.click("microphone")
    view.wait(FINISHED.format(count=3), "captions of two sentences")
    view.wait(PARTIAL, "partial caption of the next sentence")
    driver.save_screenshot(str(output))


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    hablad, output = sys.argv[1], pathlib.Path(sys.argv[2])
    reason = browser.why_not(hablad)
    if reason:
        print(f"screenshot.py: {reason}", file=sys.stderr)
        return 1
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="habla-page-", ignore_cleanup_errors=True) as folder:
        daemon = browser.Daemon(hablad)
        try:
            driver = browser.open_browser(folder, browser.make_speech(folder))
            try:
                take_screenshot(driver, daemon.url, output)
            finally:
                driver.quit()
        finally:
            daemon.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
