#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The projector view, the overlay for OBS, and what the first load of a page costs.

usage: views.py HABLAD
"""
import sys

import browser

TESTS = ["projector view", "overlay", "first load", "install"]
MAX_BYTES = 100_000  # of the first load, as transferred
# Until the page answers, in milliseconds on a processor of a quarter of the speed. It takes 300 ms on a
# quiet machine.
MAX_TIME = 1000
LOADS = 5  # at most, until one is quick enough: the machine may be busy


def test_display(page, url):
    from selenium.webdriver.common.action_chains import ActionChains

    page.driver.get(f"{url}display?room=views&language=es&lines=2")
    page.wait("document.getElementById('caption').textContent.includes('casa')", "caption")
    found = page.value("(box => [box.clientHeight / parseFloat(getComputedStyle(box).lineHeight), "
                       "box.scrollTop + box.clientHeight >= box.scrollHeight - 1])(document.getElementById('caption'))")
    if not 1.9 < found[0] < 2.1 or not found[1]:
        raise AssertionError(f"two lines, the newest at the end: {found}")
    page.wait("getComputedStyle(document.getElementById('tools')).opacity === '0'", "end of the controls", 15)
    ActionChains(page.driver).move_by_offset(200, 200).perform()
    page.wait("getComputedStyle(document.getElementById('tools')).opacity === '1'", "controls")
    before = page.value("parseFloat(getComputedStyle(document.getElementById('caption')).fontSize)")
    page.click("larger")
    if page.value("parseFloat(getComputedStyle(document.getElementById('caption')).fontSize)") <= before:
        raise AssertionError("the text does not grow")
    page.choose("language", "en")
    page.wait("location.search.includes('language=en') && location.search.includes('size=1.15')", "memory in the address")
    page.click("full")
    page.wait("document.fullscreenElement !== null", "full screen")


def test_overlay(page, url):
    page.driver.get(f"{url}overlay?room=views&language=es&position=top&size=10&lines=1&hide=0")
    page.wait("document.getElementById('caption').textContent.includes('casa')", "caption")
    found = page.value("[getComputedStyle(document.documentElement).backgroundColor, "
                       "getComputedStyle(document.body).backgroundColor, "
                       "parseFloat(getComputedStyle(document.getElementById('caption')).fontSize) / innerHeight, "
                       "document.getElementById('caption').getBoundingClientRect().top < innerHeight / 4]")
    if found[:2] != ["rgba(0, 0, 0, 0)"] * 2 or abs(found[2] - 0.1) > 0.005 or not found[3]:
        raise AssertionError(f"overlay {found}")
    page.driver.get(f"{url}overlay?room=views&language=es&hide=1")
    page.wait("document.getElementById('caption').textContent.includes('casa')", "caption")
    page.wait("document.getElementById('caption').textContent === ''", "end of an old caption")


def test_load(page, url):
    page.driver.execute_cdp_cmd("Network.enable", {})
    page.driver.execute_cdp_cmd("Network.setBypassServiceWorker", {"bypass": True})
    page.driver.execute_cdp_cmd("Network.setCacheDisabled", {"cacheDisabled": True})
    page.driver.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": 4})
    for path in ("?room=views", "?room=views&listen=1"):
        times = []
        for _ in range(LOADS):
            page.driver.get(url + path)
            page.wait("performance.getEntriesByName('ready').length > 0", "page")
            times.append(page.value("performance.getEntriesByName('ready')[0].startTime"))
            if times[-1] <= MAX_TIME:
                break
        page.wait_state("open")
        size = page.value("[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
                          ".reduce((sum, { transferSize }) => sum + transferSize, 0)")
        print(f"# {path}: {size} bytes, ready after {min(times):.0f} ms")
        if size > MAX_BYTES:
            raise AssertionError(f"the first load of {path} has {size} bytes")
        if min(times) > MAX_TIME:
            raise AssertionError(f"{path} answers after {min(times):.0f} ms")
    page.driver.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": 1})
    page.driver.execute_cdp_cmd("Network.disable", {})


def test_install(page, url):
    page.open(f"{url}?room=views&listen=1")
    found = page.driver.execute_cdp_cmd("Page.getAppManifest", {})
    if found["errors"] or not found["url"].endswith("/static/manifest.webmanifest"):
        raise AssertionError(f"manifest {found}")
    page.wait("navigator.serviceWorker.controller !== null", "service worker")
    errors = page.driver.execute_cdp_cmd("Page.getInstallabilityErrors", {})["installabilityErrors"]
    # Headless Chromium is "incognito", which installs nothing.
    errors = [error["errorId"] for error in errors if error["errorId"] != "in-incognito"]
    if errors:
        raise AssertionError(f"the page cannot be installed: {errors}")


def run(test):
    url = test.start_daemon().url
    page = test.start_browser()
    browser.set_size(page.driver, 1280, 720)
    page.open(f"{url}?room=views")
    page.speak_english()
    page.type("I have two books. I read them in the evening. It is late, and it is dark. Today we speak about the sea.")
    page.type("The house is small.")
    page.wait_card("The house is small.", "casa")
    page.driver.switch_to.new_window("tab")
    browser.set_size(page.driver, 1280, 720)
    test_display(page, url)
    test.report("projector view")
    test_overlay(page, url)
    test.report("overlay")
    test_load(page, url)
    test.report("first load")
    test_install(page, url)
    test.report("install")
    page.check_log()


if __name__ == "__main__":
    sys.exit(browser.main(__doc__, TESTS, run))
