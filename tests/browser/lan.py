#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The pages from another machine, with hablad --lan: the QR code, the join code and nothing else, the token.

usage: lan.py HABLAD

The browser reaches the server at an address that is not loopback, as a phone does.
"""
import re
import sys

import browser

TESTS = ["QR code", "with the code", "without a code", "speaker without the token", "speaker with the token"]


def test_listener(test, phone, link):
    # Trust in the certificate is a matter of the phone; docs/phones.md.
    phone.open(f"{link.replace('#', '&language=es#')}")
    phone.wait_card("The house is small.", "casa")
    found = phone.value("document.cookie.includes('habla-code=') && !location.hash")
    if not found:
        raise AssertionError(f"cookies {phone.value('document.cookie')}")
    # The transcript is for listeners; the lessons and the other rooms are not.
    status = phone.driver.execute_async_script("""
      const done = arguments[0];
      Promise.all(["api/rooms/lan/transcript?format=txt&language=es", "api/sessions", "api/rooms"].map((path) =>
        fetch(path).then((answer) => answer.status))).then(done);
    """)
    if status != [200, 401, 401]:
        raise AssertionError(f"a listener gets {status}")
    test.report("with the code")

    phone.run("sessionStorage.clear(); document.cookie = 'habla-code=; Max-Age=0; Path=/'")
    phone.open(re.sub("#.*", "", link), "code")
    if phone.value("document.getElementById('code-error').textContent") != "":
        raise AssertionError("a code that nobody typed is called wrong")
    phone.driver.switch_to.active_element.send_keys(re.sub(".*#code=", "", link) + "\n")
    phone.wait_state("open")
    phone.wait("document.querySelectorAll('#cards li').length === 1", "transcript")
    test.report("without a code")


def test_speaker(test, phone, link, token):
    url = re.sub(r"\?.*", "", link)
    phone.open(f"{url}?room=other", "token")
    phone.wait("document.getElementById('token-dialog').open", "question for the token")
    phone.driver.switch_to.active_element.send_keys("wrong-token-of-nobody\n")
    phone.wait("document.getElementById('token-error').textContent.includes('wrong')", "words")
    test.report("speaker without the token")

    phone.driver.get("about:blank")
    phone.open(f"{url}?room=other#token={token}")
    phone.speak_english()
    phone.type("I have two books.")
    phone.wait_card("I have two books.", "libros")
    phone.wait("!document.getElementById('qr-button').hidden", "QR code")
    test.report("speaker with the token")


def run(test):
    daemon = test.start_daemon(options=["--lan"], config="[network]\nhttps-port=0\n")
    speaker = test.start_browser()
    browser.set_size(speaker.driver, 1280, 900)
    speaker.open(f"{daemon.url}?room=lan")
    speaker.speak_english()
    speaker.type("The house is small.")
    speaker.wait_card("The house is small.", "casa")
    link = speaker.value("document.getElementById('link').href")
    if not re.match(r"https://[^/]+/\?room=lan&listen=1#code=[A-Z]{8}$", link):
        raise AssertionError(f"link {link}")
    speaker.wait("document.getElementById('qr').complete && document.getElementById('qr').naturalWidth > 0", "QR code")
    speaker.click("qr-button")
    speaker.wait("document.getElementById('qr-dialog').open && "
                 "document.getElementById('qr-large').getBoundingClientRect().height > 400", "large QR code")
    test.report("QR code")

    phone = test.start_browser(options=["--ignore-certificate-errors"])
    browser.set_size(phone.driver, 390, 844, True)
    test_listener(test, phone, link)
    test_speaker(test, phone, link, browser.find_token(test.folder))
    phone.check_log()


def has_network():
    """Whether this machine has an address that is not loopback."""
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            return False
    return True


if __name__ == "__main__":
    if not has_network():
        print("1..0 # SKIP this machine is in no network")
        sys.exit(0)
    sys.exit(browser.main(__doc__, TESTS, run))
