// SPDX-License-Identifier: LGPL-2.1-or-later
// Plays the spoken translation with <audio>, which phones do not stop when their screen is locked:
// over WebRTC where that connects, which a guest Wi-Fi may prevent, otherwise as MP3.
import { address, renewCookie } from "../common/access.js";
import { toast } from "../common/dialogs.js";
import { nativeName, t } from "../common/strings.js";
import { WebrtcStream, isSupported } from "./webrtc.js";

const MIN_DELAY = 1000; // in milliseconds
const MAX_DELAY = 15000;

export class Headphones {
  #isOn = false;
  #isPlaying = false;
  #attempts = 0;
  #timer = 0;
  #room = "";
  #language = "";
  #isWebrtcOffered = false;
  #webrtc = null;

  constructor(button, audio) {
    this.button = button;
    this.audio = audio;
    button.addEventListener("click", () => this.#isOn ? this.stop() : this.start());
    audio.addEventListener("playing", () => {
      this.#isPlaying = true;
      this.#attempts = 0;
    });
    for (const name of ["error", "ended"])
      audio.addEventListener(name, () => this.#isOn && this.#webrtc === null && this.#retry());
    addEventListener("pagehide", () => this.stop());
    if ("mediaSession" in navigator) {
      navigator.mediaSession.setActionHandler("play", () => this.start());
      navigator.mediaSession.setActionHandler("pause", () => this.stop());
      navigator.mediaSession.setActionHandler("stop", () => this.stop());
    }
  }

  /** The room, the language to hear, and how it can be heard: nothing, if there is no voice for it. */
  update(room, language, formats) {
    const isSpoken = formats.length > 0;
    const isOther = room !== this.#room || language !== this.#language;
    this.#room = room;
    this.#language = language;
    this.#isWebrtcOffered = isSupported && formats.includes("webrtc");
    this.button.hidden = !isSpoken;
    if (!isSpoken)
      this.stop();
    else if (isOther && this.#isOn)
      this.start();
  }

  #show() {
    this.button.setAttribute("aria-pressed", String(this.#isOn));
    if ("mediaSession" in navigator)
      navigator.mediaSession.playbackState = this.#isOn ? "playing" : "none";
  }

  start() {
    clearTimeout(this.#timer);
    this.#closeWebrtc();
    this.#isOn = true;
    this.#isPlaying = false;
    this.#show();
    if ("mediaSession" in navigator)
      navigator.mediaSession.metadata = new MediaMetadata({
        title: t("listen.headphones.title", { language: nativeName(this.#language) }),
        artist: this.#room,
        album: "Habla",
        artwork: [{ src: address("static/icons/icon-512.png").href, sizes: "512x512", type: "image/png" }],
      });
    if (this.#isWebrtcOffered)
      this.#startWebrtc();
    else
      this.#startMp3();
  }

  #startWebrtc() {
    const webrtc = new WebrtcStream();
    const room = encodeURIComponent(this.#room);
    this.#webrtc = webrtc;
    this.audio.removeAttribute("src");
    this.audio.srcObject = webrtc.stream;
    webrtc.open(`api/rooms/${room}/whep/${encodeURIComponent(this.#language)}`, () => {
      if (this.#webrtc !== webrtc)
        return;
      this.#webrtc = null;
      this.#startMp3();
    });
    this.#play();
  }

  #startMp3() {
    const path = `api/rooms/${encodeURIComponent(this.#room)}/audio/${encodeURIComponent(this.#language)}.mp3`;
    renewCookie();
    this.audio.srcObject = null;
    // Each time another address: a browser must not go on with what it has kept of the stream.
    this.audio.src = `${address(path)}?t=${Date.now()}`;
    this.#play();
  }

  #closeWebrtc() {
    const webrtc = this.#webrtc;
    this.#webrtc = null;
    this.audio.srcObject = null;
    webrtc?.close();
  }

  async #play() {
    try {
      await this.audio.play();
    } catch (error) {
      if (error.name === "NotAllowedError")
        this.stop();
    }
  }

  stop() {
    clearTimeout(this.#timer);
    if (!this.#isOn)
      return;
    this.#isOn = false;
    this.audio.pause();
    this.#closeWebrtc();
    this.audio.removeAttribute("src");
    this.audio.load();
    this.#show();
  }

  #retry() {
    clearTimeout(this.#timer);
    if (!this.#isPlaying && this.#attempts >= 3) {
      this.stop();
      toast(t("listen.headphones.none"));
      return;
    }
    const delay = Math.min(MIN_DELAY * 2 ** this.#attempts++, MAX_DELAY);
    this.#timer = setTimeout(() => this.start(), delay);
  }
}
