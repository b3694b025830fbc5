// SPDX-License-Identifier: LGPL-2.1-or-later
// Asks for a word to learn, or changes one: tap words of a caption, or type.
import { askJson } from "./access.js";
import { toast } from "./dialogs.js";
import { element, formDialog, labelled } from "./element.js";
import { t } from "./strings.js";

export const CATEGORIES = ["phrase", "idiom", "slang", "correction", "false_friend", "grammar_note"];
const LENGTHS = { term: 200, meaning: 1000, literal: 1000, source_sentence: 2000 };

/** The name of a category; those that a user made up have none. */
export const nameOfCategory = (category) =>
  CATEGORIES.includes(category) ? t(`word.category.${category}`) : category;

/** Returns the parts of a text: {text, isWord}. */
function split(text, language) {
  if (!Intl.Segmenter)
    return text.split(/(\s+)/).map((part) => ({ text: part, isWord: /[\p{L}\p{N}]/u.test(part) }));
  let segmenter;
  try {
    segmenter = new Intl.Segmenter(language || undefined, { granularity: "word" });
  } catch { // the language is unknown
    segmenter = new Intl.Segmenter(undefined, { granularity: "word" });
  }
  return [...segmenter.segment(text)].map(({ segment, isWordLike }) => ({ text: segment, isWord: isWordLike }));
}

export class WordDialog {
  #fields = {};
  #lines = element("div", { className: "stack" });
  #hint = element("p", { className: "faint small", textContent: t("word.hint") });
  #chosen = null; // {line, first, last}: the words that are tapped
  #task = null; // {item, exchange, language}: what the dialog is for
  #saved = null;

  constructor() {
    for (const [name, maxLength] of Object.entries(LENGTHS))
      this.#fields[name] = element("input", { id: `word-${name}`, maxLength, autocomplete: "off", dir: "auto" });
    this.#fields.term.required = true;
    this.#fields.category = element("select", { id: "word-category" });
    const order = ["term", "meaning", "literal", "category", "source_sentence"];
    const labels = order.map((name) => labelled(t(`word.${name.replace("_", "-")}`), this.#fields[name]));
    this.dialog = formDialog("word-dialog", t("word.title"), { cancel: t("cancel"), save: t("word.save") },
      [this.#hint, this.#lines, ...labels], () => this.#save());
  }

  /**
   * Asks for a word of lines [{text, language}], which are of an exchange; text: a part of one that is
   * selected. item: a word to change instead. Returns what is saved, or null.
   */
  ask({ item = null, lines = [], exchange = null, text = "" }) {
    const line = lines.find((one) => text !== "" && one.text.includes(text)) ?? lines[0];
    this.#task = { item, exchange, language: item?.language ?? line?.language ?? null };
    this.#saved = null;
    this.#chosen = null;
    for (const name of Object.keys(LENGTHS))
      this.#fields[name].value = item?.[name] ?? "";
    if (item === null) {
      this.#fields.term.value = text.trim().slice(0, LENGTHS.term);
      this.#fields.source_sentence.value = line?.text.slice(0, LENGTHS.source_sentence) ?? "";
    }
    this.#showCategories(item?.category ?? "phrase");
    this.#showLines(lines);
    this.dialog.querySelector("h2").textContent = t(item === null ? "word.title" : "word.change");
    return new Promise((resolve) => {
      this.dialog.addEventListener("close", () => resolve(this.#saved), { once: true });
      this.dialog.showModal();
      (lines.length === 0 || text !== "" ? this.#fields.term : this.#lines.querySelector("button"))?.focus();
    });
  }

  #showCategories(chosen) {
    const all = CATEGORIES.includes(chosen) ? CATEGORIES : [...CATEGORIES, chosen];
    this.#fields.category.replaceChildren(...all.map((name) => new Option(nameOfCategory(name), name)));
    this.#fields.category.value = chosen;
  }

  #showLines(lines) {
    this.#hint.hidden = this.#lines.hidden = lines.length === 0;
    this.#lines.replaceChildren(...lines.map((line) => {
      const row = element("p", { className: "words", dir: "auto" }, line.language);
      line.parts = split(line.text, line.language).map((part, index) => {
        if (!part.isWord)
          return { ...part, shown: document.createTextNode(part.text) };
        const word = element("button", { type: "button", className: "word", textContent: part.text });
        word.addEventListener("click", () => this.#choose(line, index));
        return { ...part, shown: word };
      });
      row.append(...line.parts.map((part) => part.shown));
      return row;
    }));
  }

  /** The first tap chooses a word, the next one all words up to another. */
  #choose(line, index) {
    const { line: before, first, last } = this.#chosen ?? {};
    const extends_ = before === line && (index < first || index > last);
    this.#chosen = extends_ ? { line, first: Math.min(first, index), last: Math.max(last, index) }
      : { line, first: index, last: index };
    for (const word of this.#lines.querySelectorAll("button"))
      word.setAttribute("aria-pressed", "false");
    const chosen = line.parts.slice(this.#chosen.first, this.#chosen.last + 1);
    for (const part of chosen)
      if (part.isWord)
        part.shown.setAttribute("aria-pressed", "true");
    this.#fields.term.value = chosen.map((part) => part.text).join("").slice(0, LENGTHS.term);
    this.#fields.source_sentence.value = line.text.slice(0, LENGTHS.source_sentence);
    this.#task.language = line.language ?? null;
  }

  async #save() {
    const { item, exchange, language } = this.#task;
    const values = Object.fromEntries(Object.entries(this.#fields).map(([name, field]) => [name, field.value.trim()]));
    if (item !== null) {
      this.#saved = await askJson(`api/vocab/${item.id}`, "PATCH", values);
      return;
    }
    this.#saved = await askJson("api/vocab", "POST", { ...values, language, exchange_id: exchange });
    toast(this.#saved.duplicate ? t("word.duplicate", { term: values.term, n: this.#saved.times_encountered })
      : t("word.saved", { term: values.term }));
  }
}
