// SPDX-License-Identifier: LGPL-2.1-or-later
// Plays the sound of a lesson, sentence after sentence. Each has a file of its own: browsers cannot
// jump within a recording that has no index, and silence is skipped.
import { address } from "../common/access.js";
import { $, toast } from "../common/dialogs.js";
import { t } from "../common/strings.js";

export class Player {
  #parts = []; // [{id, card}] that have sound, in order
  #session = 0;
  #current = -1;

  constructor() {
    this.audio = $("audio");
    $("play").addEventListener("click", () => this.play(0));
    this.audio.addEventListener("play", () => this.#mark());
    this.audio.addEventListener("ended", () => {
      if (this.#current + 1 < this.#parts.length)
        this.play(this.#current + 1);
      else
        this.#choose(0);
    });
    this.audio.addEventListener("error", () => {
      if (this.audio.hasAttribute("src"))
        toast(t("lessons.sound.failed"));
    });
  }

  /** Takes the sentences of a lesson that have sound. */
  open(session, parts) {
    this.close();
    this.#session = session;
    this.#parts = parts;
    $("sound").hidden = parts.length === 0;
    if (parts.length > 0)
      this.#choose(0);
  }

  close() {
    this.#unmark();
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
    this.#parts = [];
    this.#current = -1;
  }

  play(index) {
    this.#choose(index);
    // A browser that refuses leaves the controls, with which the reader starts it.
    this.audio.play().catch(() => {});
  }

  #choose(index) {
    this.#unmark();
    this.#current = index;
    this.audio.src = address(`api/sessions/${this.#session}/exchanges/${this.#parts[index].id}/audio`);
  }

  #mark() {
    const card = this.#parts[this.#current]?.card;
    card?.setAttribute("aria-current", "true");
    card?.scrollIntoView({ block: "nearest" });
  }

  #unmark() {
    this.#parts[this.#current]?.card.removeAttribute("aria-current");
  }
}
