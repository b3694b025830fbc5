// SPDX-License-Identifier: LGPL-2.1-or-later
// A few lines that roll up: finals, and the live text after them.

const MAX_PARAGRAPHS = 12; // more than fit; those above are hidden

export class Rolling {
  #live = null;
  #timer = 0;

  /** hideAfter: seconds after which old text goes, or 0. */
  constructor(box, { hideAfter = 0 } = {}) {
    this.box = box;
    this.hideAfter = hideAfter;
    new ResizeObserver(() => this.#roll()).observe(box);
  }

  #roll() {
    this.box.scrollTop = this.box.scrollHeight;
  }

  #paragraph(text, language, className) {
    const line = document.createElement("p");
    line.textContent = text;
    line.dir = "auto";
    line.lang = language ?? "";
    line.className = className;
    return line;
  }

  #changed() {
    while (this.box.children.length > MAX_PARAGRAPHS)
      this.box.firstElementChild.remove();
    this.#roll();
    clearTimeout(this.#timer);
    if (this.hideAfter > 0)
      this.#timer = setTimeout(() => this.clear(), this.hideAfter * 1000);
  }

  /** Shows text that still changes; "" removes it. */
  showLive(text, language) {
    if (text === "") {
      this.#live?.remove();
      this.#live = null;
      return;
    }
    if (this.#live === null) {
      this.#live = this.#paragraph(text, language, "live");
      this.box.append(this.#live);
    } else {
      this.#live.textContent = text;
    }
    this.#changed();
  }

  add(text, language) {
    this.showLive("");
    this.box.append(this.#paragraph(text, language, "final"));
    this.#changed();
  }

  clear() {
    this.#live = null;
    this.box.replaceChildren();
  }

  get isEmpty() {
    return this.box.children.length === 0;
  }
}

/** Follows a connection: finals and live text in the reader's language. onStatus(message). */
export function follow(connection, rolling, onStatus) {
  let sourceLanguage = "";
  let language = "";
  let sessionId = null;
  const shown = new Set();
  const handlers = {
    status: (message) => {
      sourceLanguage = message.source_language ?? "";
      language = message.language ?? "";
      if (sessionId !== null && sessionId !== message.session_id)
        rolling.clear();
      sessionId = message.session_id;
      connection.options.language = language;
      onStatus(message);
    },
    partial: (message) => language === sourceLanguage && rolling.showLive(message.text, language),
    partial_translation: (message) => rolling.showLive(message.text, language),
    translation: (message) => {
      if (shown.has(message.exchange_id))
        return;
      shown.add(message.exchange_id);
      // Fall back to the source text if the translation failed.
      const isTranslated = message.translated !== "";
      rolling.add(isTranslated ? message.translated : message.source, isTranslated ? message.language : sourceLanguage);
    },
    session_reset: (message) => {
      sessionId = message.session_id;
      rolling.clear();
    },
    listening_stopped: () => rolling.showLive(""),
    room_ended: () => rolling.clear(),
  };
  connection.addEventListener("message", ({ detail: message }) => handlers[message.type]?.(message));
}
