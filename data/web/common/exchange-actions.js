// SPDX-License-Identifier: LGPL-2.1-or-later
// Commands of the owner for a sentence: set a bookmark with a note, learn a word of it.
import { askJson } from "./access.js";
import { toast } from "./dialogs.js";
import { element, formDialog, iconButton, labelled, textButton } from "./element.js";
import { t } from "./strings.js";
import { WordDialog } from "./word-dialog.js";

const STAR = "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9L3.5 9.7l5.9-.8z";
const BOOK = "M5 4h10a3 3 0 0 1 3 3v13H8a3 3 0 0 1-3-3zM11.5 8v7M8 11.5h7";
const MAX_NOTE = 1000;
const MAX_BOOKMARKS = 500; // of a session that are loaded
// A sentence is stored when it has all its translations: times to wait for that, in milliseconds.
const WAITS = [500, 1000, 2000];

/** Sets or removes a bookmark, also of a sentence that is not stored yet. */
async function changeBookmark(id, method, body) {
  for (let attempt = 0; ; attempt++) {
    try {
      return await askJson(`api/exchanges/${id}/bookmark`, method, body);
    } catch (error) {
      if (error.status !== 404 || attempt === WAITS.length)
        throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, WAITS[attempt]));
  }
}

/** Asks for the note of a bookmark. */
class NoteDialog {
  #field = element("input", { id: "note-text", maxLength: MAX_NOTE, autocomplete: "off", dir: "auto" });
  #onSave = null;

  constructor() {
    this.dialog = formDialog("note-dialog", t("bookmark.note.title"), { cancel: t("cancel"), save: t("word.save") },
      [labelled(t("bookmark.note.label"), this.#field)], () => this.#onSave(this.#field.value.trim()));
  }

  open(note, onSave) {
    this.#onSave = onSave;
    this.#field.value = note;
    this.dialog.showModal();
  }
}

export class ExchangeActions {
  #bookmarks = new Map(); // from exchange id to note
  #shown = new Map(); // from exchange id to {star, note, text}
  #words = new WordDialog();
  #notes = new NoteDialog();

  /** Loads the bookmarks of a session, and shows them in the cards that are there and those that come. */
  async load(session) {
    try {
      const query = new URLSearchParams({ limit: MAX_BOOKMARKS });
      const { bookmarks } = await askJson(`api/sessions/${session}/bookmarks?${query}`);
      for (const bookmark of bookmarks)
        this.#note(bookmark.id, true, bookmark.bookmark_note);
    } catch {
      // The session has no exchange yet, or the server keeps none.
    }
  }

  clear() {
    this.#shown.clear();
    this.#bookmarks.clear();
  }

  /**
   * Adds the buttons to place, and the note to the end of card. exchange: {id, lines: [{text,
   * language}]}, and bookmarked and bookmark_note if they are known.
   */
  add(card, place, exchange) {
    const { id } = exchange;
    const star = iconButton(STAR, t("bookmark.set"), () => this.#toggle(id));
    const note = textButton(t("bookmark.note"), () => this.#askNote(id), "quiet");
    const text = element("div", { className: "bookmark-note", dir: "auto" });
    const learn = iconButton(BOOK, t("word.learn"), () => this.#learn(card, exchange));
    star.classList.add("star");
    place.append(star, learn, note);
    card.append(text);
    this.#shown.set(id, { star, note, text });
    if (exchange.bookmarked)
      this.#bookmarks.set(id, exchange.bookmark_note ?? "");
    this.#show(id);
  }

  #note(id, isSet, note) {
    if (isSet)
      this.#bookmarks.set(id, note ?? "");
    else
      this.#bookmarks.delete(id);
    this.#show(id);
  }

  #show(id) {
    const shown = this.#shown.get(id);
    const isSet = this.#bookmarks.has(id);
    if (shown === undefined)
      return;
    shown.star.setAttribute("aria-pressed", String(isSet));
    shown.note.hidden = !isSet;
    shown.text.textContent = this.#bookmarks.get(id) ?? "";
    shown.text.hidden = shown.text.textContent === "";
  }

  async #toggle(id) {
    try {
      const answer = await changeBookmark(id, this.#bookmarks.has(id) ? "DELETE" : "PUT");
      this.#note(id, answer.bookmarked, answer.bookmark_note);
    } catch (error) {
      toast(t("lessons.failed", { message: error.message }));
    }
  }

  #askNote(id) {
    this.#notes.open(this.#bookmarks.get(id) ?? "", async (note) => {
      const answer = await changeBookmark(id, "PUT", { note });
      this.#note(id, answer.bookmarked, answer.bookmark_note);
    });
  }

  /** Words that are selected in the card are meant. */
  #learn(card, { id, lines }) {
    const selection = getSelection();
    const isHere = selection.rangeCount > 0 && card.contains(selection.getRangeAt(0).commonAncestorContainer);
    const text = isHere ? selection.toString().trim() : "";
    this.#words.ask({ lines: lines.map((line) => ({ ...line })), exchange: id, text: text.includes("\n") ? "" : text });
  }
}
