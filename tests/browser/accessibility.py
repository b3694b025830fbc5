#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The pages for everybody: axe-core finds nothing in any page, state and theme; small screens and
large text need no sideways scrolling; what a screen reader says.

usage: accessibility.py HABLAD

npm, where it is installed, brings axe-core once, as tests/browser/axe pins it; without it, the
checks of axe-core are left out.
"""
import os
import pathlib
import shutil
import subprocess
import sys

import browser

TESTS = ["speaker", "listener", "other pages", "small screens", "landscape", "right to left", "announcements"]
FOLDER = pathlib.Path(__file__).resolve().parent / "axe"
THEMES = ["light", "dark", "contrast"]
# A theme changes colours only, so that these rules see all of its differences.
COLOURS = ["color-contrast", "link-in-text-block"]

RUN_AXE = """
  const [part, rules, done] = arguments;
  axe.run(part ? document.getElementById(part) : document,
    { resultTypes: ["violations"], ...(rules && { runOnly: rules }) }).then((result) => done(result.violations.map((found) =>
    `${found.id}: ${found.help}: ${found.nodes.map((node) => `${node.target} ${node.failureSummary}`).join("; ")}`)),
    (error) => done([String(error)]));
"""
# The widest element that sticks out, for the message.
SIDEWAYS = """
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width)
    return "";
  const wide = [...document.querySelectorAll("body *")].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && (box.right > width + 1 || box.left < -1);
  });
  return wide.map((element) => `${element.tagName}#${element.id}.${element.className}`).join(" ") || "page";
"""
LINES = """
  const bottom = document.querySelector(".tools, .controls").getBoundingClientRect().top;
  const lines = new Set();
  for (const text of document.querySelectorAll(".card p:not(.meta), .live p")) {
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const box of range.getClientRects())
      if (box.top >= 0 && box.bottom <= bottom + 1)
        lines.add(Math.round(box.top));
  }
  return lines.size;
"""


def load_axe():
    """Returns axe-core's script, or None without npm or a network."""
    target = pathlib.Path(os.environ.get("G_TEST_BUILDDIR", "."), "browser", "axe")
    script = target / "node_modules/axe-core/axe.min.js"
    if not script.exists() and shutil.which("npm"):
        target.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(FOLDER / name, target)
        subprocess.run(["npm", "ci", "--prefix", target, "--ignore-scripts", "--no-audit", "--no-fund"],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120, check=False)
    return script.read_text(encoding="utf-8") if script.exists() else None


class Checker:
    def __init__(self, page, axe):
        self.page = page
        self.axe = axe
        self.found = []

    def set_theme(self, theme):
        self.page.run("document.documentElement.dataset.theme = arguments[0]", theme)

    def check(self, what, themes=THEMES, changed=None):
        """Runs axe-core: all rules in the first theme, those about colours in the others.

        changed: id of the only element that differs from a page that was checked before
        """
        if self.axe is None:
            return
        if not self.page.value("'axe' in window"):
            self.page.run(self.axe)
        # Colours in the middle of a fade are nobody's.
        self.page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-reduced-motion", "value": "reduce"}]})
        for theme in themes:
            self.set_theme(theme)
            is_first = theme == themes[0]
            found = self.page.driver.execute_async_script(RUN_AXE, None if is_first else changed,
                                                          None if is_first else COLOURS)
            self.found.extend(f"{what}, {theme}: {problem}" for problem in found)

    def finish(self):
        """Raises if there was anything to find."""
        if self.found:
            raise AssertionError("\n".join(self.found))

    def check_dialog(self, name):
        self.page.run("document.getElementById(arguments[0]).showModal()", name)
        self.check(name, changed=name)
        self.page.run("document.getElementById(arguments[0]).close()", name)

    def show(self, name, what):
        """Checks a part of the page that only some servers and moments show."""
        self.page.run("document.getElementById(arguments[0]).hidden = false", name)
        self.check(what, changed=name)
        self.page.run("document.getElementById(arguments[0]).hidden = true", name)


def test_speaker(page, checker, url):
    page.driver.get(url)
    page.wait("document.activeElement.id === 'start-room'", "start page")
    checker.check("start page")
    page.open(f"{url}?room=a11y")
    checker.check("empty room")
    page.speak_english()
    page.type("The house is small.")
    page.wait_card("The house is small.", "casa")
    page.type("I have two books. " * 12)
    page.wait("document.querySelectorAll('#cards li:not([data-open])').length === 2", "second card")
    page.run("document.getElementById('advanced').open = true")
    checker.check("speaker")
    for dialog in ("targets-dialog", "end-dialog", "tab-dialog", "token-dialog", "qr-dialog"):
        checker.check_dialog(dialog)
    page.run("document.getElementById('banner-text').textContent = 'Not connected'; "
             "document.getElementById('hint').textContent = 'I hear nothing'")
    for name in ("banner", "reading", "hint", "recording-mark", "ended"):
        checker.show(name, name)


def test_listener(page, checker, url):
    page.open(f"{url}?room=a11y&listen=1&language=es")
    page.wait("document.querySelectorAll('#cards li:not([data-open])').length === 2", "transcript")
    checker.check("listener")
    for dialog in ("save-dialog", "settings-dialog"):
        checker.check_dialog(dialog)
    page.run("document.getElementById('banner-text').textContent = 'Not connected'; "
             "document.getElementById('code-error').textContent = 'Wrong'; "
             "document.getElementById('toasts').innerHTML = '<p>Toast</p>'")
    for name in ("banner", "waiting", "code-needed", "ended", "newest", "headphones"):
        checker.show(name, name)


def test_choice(page, checker, url):
    """A language that is not offered leads to a choice."""
    page.open(f"{url}?room=a11y&listen=1&language=ja")
    page.wait("document.getElementById('not-offered').open", "choice of a language")
    if "Japanese" not in page.value("document.getElementById('not-offered').innerText"):
        raise AssertionError("the page does not say which language is missing")
    checker.check("choice of a language")
    page.driver.find_element("css selector", "#not-offered [lang=es]").click()
    page.wait("!document.getElementById('not-offered').open && "
              "document.getElementById('language').value === 'es'", "Spanish")
    page.run("localStorage.clear()")


def test_others(page, checker, url):
    page.driver.get(f"{url}display?room=a11y")
    page.wait("document.getElementById('caption').children.length > 0", "captions")
    checker.check("projector view")
    page.driver.get(f"{url}overlay?room=a11y")
    page.wait("document.getElementById('caption').children.length > 0", "captions")
    checker.check("overlay", ["light"])
    page.driver.get(f"{url}offline")
    checker.check("offline")


def check_width(page, what):
    found = page.run(SIDEWAYS)
    if found:
        raise AssertionError(f"{what} scrolls sideways: {found}")


def test_small(page, url):
    browser.set_size(page.driver, 320, 568, True)
    for path, what in (("", "start page"), ("?room=a11y", "speaker"), ("?room=a11y&listen=1&language=es", "listener"), ("offline", "offline")):
        page.driver.get(url + path)
        page.wait("document.readyState === 'complete'", "page")
        if "room" in path:
            page.wait("document.querySelectorAll('#cards li').length === 2", "transcript")
        check_width(page, what)
        for dialog in page.value("[...document.querySelectorAll('dialog')].map(dialog => dialog.id)"):
            page.run("document.getElementById(arguments[0]).showModal()", dialog)
            if page.run("const dialog = document.getElementById(arguments[0]); "
                        "return dialog.scrollWidth > dialog.clientWidth", dialog):
                raise AssertionError(f"{dialog} scrolls sideways")
            page.run("document.getElementById(arguments[0]).close()", dialog)
        page.run("document.documentElement.style.setProperty('--text-size', 2)")
        check_width(page, f"{what} with text of 200 %")
        page.run("document.getElementById('panel-toggle')?.click()")
        check_width(page, f"{what} with its menu")


def test_landscape(page, url):
    browser.set_size(page.driver, 740, 360, True)
    page.open(f"{url}?room=a11y&listen=1&language=es")
    page.wait("document.querySelectorAll('#cards li').length === 2", "transcript")
    count = page.run(LINES)
    if count < 4:
        raise AssertionError(f"a telephone in landscape shows {count} lines")


def test_right_to_left(page, checker, url):
    browser.set_size(page.driver, 390, 844, True)
    page.open(f"{url}?room=a11y&ui=ar")
    if page.value("[document.documentElement.dir, document.documentElement.lang].join()") != "rtl,ar":
        raise AssertionError("the page in Arabic is not right to left")
    page.wait("document.getElementById('end').textContent.includes('إنهاء')", "Arabic")
    # What was said keeps its own direction.
    page.wait("getComputedStyle(document.querySelector('.card .translated')).direction === 'ltr'", "direction")
    checker.check("speaker in Arabic")
    check_width(page, "speaker in Arabic")
    page.open(f"{url}?room=a11y&listen=1&language=es&ui=ar")
    checker.check("listener in Arabic")
    check_width(page, "listener in Arabic")


WATCH_ANNOUNCER = """
  window.said = [];
  new MutationObserver((changes) => {
    for (const change of changes)
      for (const line of change.addedNodes)
        window.said.push(`${line.lang}: ${line.textContent}`);
  }).observe(document.getElementById("announcer"), { childList: true });
"""


def test_announcements(page, url):
    owner = page.driver.current_window_handle
    page.open(f"{url}?room=a11y")
    page.driver.switch_to.new_window("tab")
    page.open(f"{url}?room=a11y&listen=1&language=es")
    page.wait("document.querySelectorAll('#cards li').length === 2", "transcript")
    # The transcript so far is there to be read, and is not said.
    if page.value("document.getElementById('announcer').children.length") != 0:
        raise AssertionError("what was said before is announced")
    page.wait("performance.now() > 3000", "end of the replay")
    page.run(WATCH_ANNOUNCER)
    listener = page.driver.current_window_handle
    page.driver.switch_to.window(owner)
    page.type("The house is big.")
    page.driver.switch_to.window(listener)
    page.wait_card("The house is big.", "casa")
    said = page.value("window.said")
    if len(said) != 1 or not said[0].startswith("es: ") or "casa" not in said[0]:
        raise AssertionError(f"said {said}")
    live = page.value("[...document.querySelectorAll('[aria-live], [role=log], [role=status], [role=alert]')]"
                      ".filter(region => region.querySelector('#partial, #cards')).length")
    if live != 0:
        raise AssertionError("partial captions are in a live region")


def run(test):
    axe = load_axe()
    if axe is None:
        print("# without npm there is no axe-core: its checks are left out")
    url = test.start_daemon().url
    page = test.start_browser()
    checker = Checker(page, axe)
    test_speaker(page, checker, url)
    checker.finish()
    test.report("speaker")
    test_listener(page, checker, url)
    test_choice(page, checker, url)
    checker.finish()
    test.report("listener")
    test_others(page, checker, url)
    checker.finish()
    test.report("other pages")
    test_small(page, url)
    test.report("small screens")
    test_landscape(page, url)
    test.report("landscape")
    test_right_to_left(page, checker, url)
    checker.finish()
    test.report("right to left")
    test_announcements(page, url)
    test.report("announcements")
    page.check_log()


if __name__ == "__main__":
    sys.exit(browser.main(__doc__, TESTS, run))
