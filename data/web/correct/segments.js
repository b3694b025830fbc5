// SPDX-License-Identifier: LGPL-2.1-or-later
// The sentences of a recording: their sound, the recognised text, and the words that were said.
import { address } from "../common/access.js";
import { $, toast } from "../common/dialogs.js";
import { element, labelled, textButton } from "../common/element.js";
import { t } from "../common/strings.js";
import { clock } from "../lessons/words.js";

const MAX_TEXT = 2000; // characters that the server takes

/** A sentence, whose field and box show what someone wrote. */
class Row {
  /** segment: of the recording; truth: what the server has of its reference transcript, or undefined. */
  constructor(segment, truth, list) {
    this.segment = { ...segment, ...truth };
    this.recognised = truth?.recognised ?? segment.text ?? "";
    this.item = this.#make(segment, truth, list);
    this.saved = this.state();
  }

  /** Returns what the server would keep. */
  state() {
    return JSON.stringify([this.text(), this.box.checked]);
  }

  text() {
    return this.field.value.trim();
  }

  isChanged() {
    return this.state() !== this.saved;
  }

  review() {
    this.box.checked = true;
  }

  #make(segment, truth, list) {
    const item = element("li", { className: "card" });
    const time = clock((segment.begin ?? 0) * 1000);
    const play = textButton(t("correct.play"), () => list.play(this));
    const row = element("div", { className: "row" });
    const check = element("label", { className: "check" });
    this.field = element("textarea", { value: truth?.transcript ?? this.recognised, rows: 2, maxLength: MAX_TEXT,
      dir: "auto", enterKeyHint: "next" }, segment.language ?? "");
    this.box = element("input", { type: "checkbox", checked: truth?.reviewed ?? false });
    this.difference = element("p", { className: "faint small", dir: "auto" });
    play.setAttribute("aria-label", `${t("correct.play")} ${time}`);
    this.field.addEventListener("input", () => {
      this.review();
      list.onChange(this);
    });
    this.field.addEventListener("keydown", (event) => list.onKey(event, this));
    this.box.addEventListener("change", () => list.onChange(this));
    check.append(this.box, element("span", { textContent: t("correct.reviewed") }));
    row.append(play, check);
    item.append(labelled(t("correct.said", { time }), this.field), this.difference, row);
    this.showDifference();
    return item;
  }

  /** Shows the recognised text where something else was said. */
  showDifference() {
    this.difference.textContent = this.text() === this.recognised ? "" : t("correct.recognised", { text: this.recognised });
    this.difference.hidden = this.text() === this.recognised;
  }

  describe() {
    return { ...this.segment, text: this.text(), transcript: this.text(), reviewed: this.box.checked };
  }
}

export class Segments {
  #rows = [];
  #others = []; // of the reference transcript, beside the recognised text
  #current = null; // the row whose sound is loaded

  /** path: of the recording; onChange() and onSave() are called when someone writes, and for Ctrl+S. */
  constructor(path, onChange, onSave) {
    this.path = path;
    this.changed = onChange;
    this.audio = $("audio");
    this.audio.addEventListener("error", () => this.audio.hasAttribute("src") && toast(t("lessons.sound.failed")));
    addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
        event.preventDefault();
        onSave();
      }
    });
  }

  get count() {
    return this.#rows.length;
  }

  show(segments, truths) {
    const known = new Map(truths.map((truth) => [truth.index, truth]));
    const indices = new Set(segments.map((segment) => segment.index));
    this.#others = truths.filter((truth) => !indices.has(truth.index));
    this.#rows = segments.map((segment) => new Row(segment, known.get(segment.index), this));
    $("segments").replaceChildren(...this.#rows.map((row) => row.item));
    if (this.#rows.length > 0)
      this.#choose(this.#rows[0]);
  }

  isChanged() {
    return this.#rows.some((row) => row.isChanged());
  }

  /** Returns {segments, confirm}: what to send, and what to call when it is saved. Sentences that no one
   * has listened to are left out, as they would count as recognised without an error. */
  collect() {
    const states = this.#rows.map((row) => row.state());
    const segments = this.#rows.filter((row) => row.box.checked || row.text() !== row.recognised)
      .map((row) => row.describe());
    return { segments: [...segments, ...this.#others], confirm: () => this.#rows.forEach((row, index) => row.saved = states[index]) };
  }

  onChange(row) {
    row.showDifference();
    this.changed();
  }

  play(row) {
    this.#choose(row);
    this.audio.currentTime = 0;
    // A browser that refuses leaves the controls, with which the reader starts it.
    this.audio.play().catch(() => {});
  }

  /** Enter in a field is the end of this sentence, and Escape plays or pauses. */
  onKey(event, row) {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey)
      return;
    if (event.key === "Enter") {
      event.preventDefault();
      row.review();
      this.onChange(row);
      this.#goAfter(row);
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (row === this.#current && !this.audio.paused)
        this.audio.pause();
      else if (row === this.#current && !this.audio.ended)
        this.audio.play().catch(() => {});
      else
        this.play(row);
    }
  }

  #goAfter(row) {
    const next = this.#rows[this.#rows.indexOf(row) + 1];
    if (next === undefined) {
      this.audio.pause();
      $("save").focus();
      return;
    }
    next.field.focus();
    this.play(next);
  }

  #choose(row) {
    if (row === this.#current)
      return;
    this.#current?.item.removeAttribute("aria-current");
    this.#current = row;
    row.item.setAttribute("aria-current", "true");
    this.audio.src = address(`${this.path}/audio/${row.segment.filename}`);
  }
}
