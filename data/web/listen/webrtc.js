// SPDX-License-Identifier: LGPL-2.1-or-later
// Receives the spoken translation over WebRTC, by the WHEP protocol: half a second late at most.
import { ask } from "../common/access.js";

const TIMEOUT = 3000; // in milliseconds, for the connection

export const isSupported = typeof RTCPeerConnection === "function";

export class WebrtcStream {
  #peer = new RTCPeerConnection();
  #location = null;
  #timer = 0;
  #isClosed = false;

  /** For <audio>, at once: browsers let it play only if that is asked for when a button is pressed. */
  constructor() {
    const { receiver } = this.#peer.addTransceiver("audio", { direction: "recvonly" });
    this.stream = new MediaStream([receiver.track]);
  }

  /** Connects; onLost is called once if that fails, or later if the connection is lost. */
  async open(path, onLost) {
    const lose = () => {
      if (this.#isClosed)
        return;
      this.close();
      onLost();
    };
    this.#timer = setTimeout(lose, TIMEOUT);
    this.#peer.addEventListener("connectionstatechange", () => {
      if (this.#peer.connectionState === "connected")
        clearTimeout(this.#timer);
      else if (["disconnected", "failed", "closed"].includes(this.#peer.connectionState))
        lose();
    });
    try {
      await this.#peer.setLocalDescription();
      await this.#exchange(path);
    } catch {
      lose();
    }
  }

  async #exchange(path) {
    const answer = await ask(path, {
      method: "POST",
      headers: { "Content-Type": "application/sdp" },
      body: this.#peer.localDescription.sdp,
    });
    if (answer.status !== 201)
      throw new Error(answer.statusText);
    this.#location = new URL(answer.headers.get("Location"), answer.url);
    if (this.#isClosed)
      this.#delete();
    else
      await this.#peer.setRemoteDescription({ type: "answer", sdp: await answer.text() });
  }

  close() {
    if (this.#isClosed)
      return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#peer.close();
    this.#delete();
  }

  // The server would notice after some time that nothing is received.
  #delete() {
    if (this.#location !== null)
      ask(this.#location, { method: "DELETE", keepalive: true }).catch(() => {});
    this.#location = null;
  }
}
