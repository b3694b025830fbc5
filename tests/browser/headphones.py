#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The listener's headphones: the translation is heard, in the language that is chosen, until the button
is pressed again: over WebRTC, or as MP3 if that does not connect.

usage: headphones.py HABLAD
"""
import sys

import browser

TESTS = ["button", "speech", "language", "stop", "webrtc", "webrtc speech", "webrtc language", "webrtc stop", "lost"]
AUDIO = "document.getElementById('audio')"
# The loudest sample since the last call.
WATCH = """
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  const samples = new Float32Array(analyser.fftSize = 8192);
  context.createMediaElementSource(document.getElementById("audio")).connect(analyser);
  analyser.connect(context.destination);
  window.peak = 0;
  setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    window.peak = samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), window.peak);
  }, 100);
"""
# The connections of the page. A network in which UDP does not pass is one without the server's candidates.
HOOK = """
  const Peer = RTCPeerConnection;
  window.peers = [];
  window.isBlocked = true;
  window.RTCPeerConnection = class extends Peer {
    constructor(...options) {
      super(...options);
      window.peers.push(this);
    }
    setRemoteDescription({ type, sdp }) {
      return super.setRemoteDescription({ type, sdp: window.isBlocked ? sdp.replaceAll(/a=candidate.*\\r\\n/g, "") : sdp });
    }
  };
"""
PEER = "window.peers.at(-1)"
MEASURE = """
  window.heard = {};
  setInterval(async () => {
    for (const report of (await window.peers.at(-1).getStats()).values())
      if (report.type === "inbound-rtp")
        window.heard = report;
  }, 100);
"""


def listen_over_webrtc(test, speaker, page, daemon):
    page.run("window.isBlocked = false; window.count = window.peers.length;" + MEASURE)
    page.click("headphones")
    page.wait(f"window.peers.length > window.count && {PEER}.connectionState === 'connected'", "WebRTC")
    page.wait(f"{AUDIO}.currentTime > 0.5 && !{AUDIO}.paused && {AUDIO}.srcObject !== null", "sound over WebRTC")
    page.wait("window.heard.packetsReceived > 20", "packets")
    found = page.value("[navigator.mediaSession.playbackState, navigator.mediaSession.metadata.title]")
    if found != ["playing", "Translation: Français"]:
        raise AssertionError(f"the lock screen shows {found}")
    test.report("webrtc")

    if page.value("window.heard.totalAudioEnergy") > 1e-4:
        raise AssertionError("somebody speaks before anything was said")
    speaker.type("The house is small, and I have two books.")
    page.wait("window.heard.totalAudioEnergy > 1e-3", "speech over WebRTC", 20)
    delay = page.value("window.heard.jitterBufferDelay / window.heard.jitterBufferEmittedCount")
    if delay > 0.4:
        raise AssertionError(f"the browser delays speech by {delay} s")
    test.report("webrtc speech")

    page.choose("language", "es")
    page.wait(f"window.peers.length === window.count + 2 && {PEER}.connectionState === 'connected'", "Spanish")
    page.wait("navigator.mediaSession.metadata.title.includes('Español')", "its name")
    page.wait("window.peers.at(-2).connectionState === 'closed'", "end of French")
    test.report("webrtc language")

    page.click("headphones")
    page.wait(f"{PEER}.connectionState === 'closed' && {AUDIO}.srcObject === null", "end of the connection")
    page.wait("document.getElementById('headphones').ariaPressed === 'false'", "released button")
    daemon.wait_metric("habla_headphones_webrtc_listeners", 0)
    test.report("webrtc stop")

    page.click("headphones")
    page.wait(f"{PEER}.connectionState === 'connected'", "WebRTC again")
    page.run(f"const event = new Event('connectionstatechange'); "
             f"Object.defineProperty({PEER}, 'connectionState', {{ get: () => 'failed' }}); {PEER}.dispatchEvent(event)")
    page.wait(f"{AUDIO}.src.includes('/audio/es.mp3') && {AUDIO}.srcObject === null", "MP3 after a lost connection")
    page.wait(f"{AUDIO}.currentTime > 0.5 && !{AUDIO}.paused", "its sound")
    page.click("headphones")
    test.report("lost")


def run(test):
    daemon = test.start_daemon()
    url = daemon.url
    speaker = test.start_browser()
    speaker.open(f"{url}?room=ear")
    speaker.speak_english()
    page = test.start_browser()
    speaker.wait("document.getElementById('code').textContent !== ''", "code")
    code = speaker.value("document.getElementById('code').textContent").replace("-", "")
    page.open(f"{url}?room=ear&listen=1&language=es#code={code}")
    page.wait("!document.getElementById('headphones').hidden", "headphones")
    page.run(WATCH + HOOK)
    # As a page of another room leaves it.
    page.run("document.cookie = 'habla-code=AAAABBBB; Path=/; SameSite=Strict'")
    page.click("headphones")
    page.wait("document.getElementById('headphones').ariaPressed === 'true'", "pressed button")
    page.wait(f"{AUDIO}.src.includes('/audio/es.mp3')", "MP3, since WebRTC does not connect", 6)
    page.wait(f"{AUDIO}.currentTime > 0.5 && !{AUDIO}.paused", "sound")
    found = page.value("[navigator.mediaSession.playbackState, navigator.mediaSession.metadata.title]")
    if found != ["playing", "Translation: Español"]:
        raise AssertionError(f"the lock screen shows {found}")
    if f"habla-code={code}" not in page.value("document.cookie"):
        raise AssertionError("the audio is asked for with the code of another room")
    test.report("button")

    if page.value("window.peak") > 0.01:
        raise AssertionError("somebody speaks before anything was said")
    speaker.type("The house is small, and I have two books.")
    page.wait("document.querySelectorAll('#cards li:not([data-open])').length === 1", "caption")
    page.wait("window.peak > 0.05", "speech", 20)
    test.report("speech")

    page.choose("language", "fr")
    page.wait(f"{AUDIO}.src.includes('/audio/fr.mp3')", "French")
    page.wait(f"{AUDIO}.currentTime > 0.5 && !{AUDIO}.paused", "sound in French")
    page.wait("navigator.mediaSession.metadata.title.includes('Français')", "its name")
    test.report("language")

    page.click("headphones")
    page.wait(f"{AUDIO}.paused && document.getElementById('headphones').ariaPressed === 'false'", "end of the sound")
    test.report("stop")

    listen_over_webrtc(test, speaker, page, daemon)
    page.check_log()


if __name__ == "__main__":
    sys.exit(browser.main(__doc__, TESTS, run))
