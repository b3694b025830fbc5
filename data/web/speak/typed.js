// SPDX-License-Identifier: LGPL-2.1-or-later
// Typed texts: none is lost if the connection, the page or the role goes before the server has it.
import { $ } from "../common/dialogs.js";

const KEY = "habla-typed";

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

export class Typed {
  #waiting = []; // sent or to be sent, and not in the transcript yet

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
    this.#waiting.push(text);
    if (!this.send(text))
      this.onKept();
    this.#keep();
  }

  /** The server has this text. */
  onTranscript(text) {
    const index = this.#waiting.indexOf(text);
    if (index < 0)
      return;
    this.#waiting.splice(index, 1);
    this.#keep();
  }

  /** Sends what the server has not got; call it when all that it had has arrived. */
  resend() {
    for (const text of this.#waiting)
      this.send(text);
  }
}
