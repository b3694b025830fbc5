// SPDX-License-Identifier: LGPL-2.1-or-later
// Typed texts: none is lost if the connection, the page or the role goes before the server has it.
import { $ } from "../common/dialogs.js";

const KEY = "habla-typed";
const MAX_TRIES = 3; // the server may refuse a text each time
/** Id of the speaker who types. */
export const SPEAKER = "MANUAL";

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

export class Typed {
  #waiting = []; // {text, tries}: sent or to be sent, and not in the transcript yet

  /** canSend(): whether texts are taken now. send(text). onKept(): a text waits for the connection. */
  constructor(room, { canSend, send, onKept }) {
    this.room = room;
    Object.assign(this, { canSend, send, onKept });
    const kept = read()[room] ?? {};
    this.#waiting = kept.waiting ?? [];
    $("text").value = kept.draft ?? "";
    $("text").addEventListener("input", () => this.#keep());
    $("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  #keep() {
    try {
      const all = read();
      all[this.room] = { waiting: this.#waiting, draft: $("text").value };
      sessionStorage.setItem(KEY, JSON.stringify(all));
    } catch {
      // Storage is full or switched off: kept until the page is closed.
    }
  }

  #submit() {
    const text = $("text").value.trim();
    if (text === "" || !this.canSend(text))
      return;
    $("text").value = "";
    const isSent = this.send(text);
    this.#waiting.push({ text, tries: isSent ? 1 : 0 });
    if (!isSent)
      this.onKept();
    this.#keep();
  }

  /** message: `transcript_final`. A glossary may have changed the text, so the speaker counts, too. */
  onTranscript(message) {
    const index = this.#waiting.findIndex(({ text }) => text === message.text);
    if (index < 0 && message.speaker?.id !== SPEAKER)
      return;
    this.#waiting.splice(Math.max(index, 0), 1);
    this.#keep();
  }

  /** Sends texts again that the server has not confirmed; call it when the replay has arrived. */
  resend() {
    this.#waiting = this.#waiting.filter(({ tries }) => tries < MAX_TRIES);
    for (const entry of this.#waiting)
      if (this.send(entry.text))
        entry.tries++;
    this.#keep();
  }
}
