#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes the PNG icons in data/web/icons of icon.svg, in headless Chromium.

usage: icons.py FOLDER
"""
import base64
import pathlib
import re
import shutil
import sys

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

# Name, size in pixels, and the part of it that the picture takes: maskable icons lose their edges.
ICONS = [("icon-180", 180, 1), ("icon-192", 192, 1), ("icon-512", 512, 1), ("icon-maskable-512", 512, 0.75)]


def make_icon(driver, folder, name, size, part):
    source = (folder / "icon.svg").read_text(encoding="utf-8")
    if not name.endswith("180") and part == 1:
        background = "transparent"
    else:  # systems cut these to their own shape
        background = re.search(r'fill="(#\w+)"', source).group(1)
    data = base64.b64encode(source.encode()).decode()
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                           {"width": size, "height": size, "deviceScaleFactor": 1, "mobile": False})
    driver.execute_cdp_cmd("Emulation.setDefaultBackgroundColorOverride",
                           {"color": {"r": 0, "g": 0, "b": 0, "a": 0}})
    driver.get("about:blank")
    driver.execute_async_script("""
      const [data, size, background, done] = arguments;
      document.documentElement.style.background = background;
      document.body.style.cssText = "margin:0;display:grid;place-items:center;height:100vh";
      const image = new Image(size, size);
      image.onload = () => done();
      image.src = "data:image/svg+xml;base64," + data;
      document.body.append(image);
    """, data, round(size * part), background)
    picture = driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})["data"]
    (folder / f"{name}.png").write_bytes(base64.b64decode(picture))


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for option in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(option)
    driver = webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)
    try:
        for name, size, part in ICONS:
            make_icon(driver, pathlib.Path(sys.argv[1]), name, size, part)
    finally:
        driver.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main())
