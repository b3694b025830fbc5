// SPDX-License-Identifier: LGPL-2.1-or-later
// The list of all words, or of those that a search finds.
import { address, askJson } from "../common/access.js";
import { $, confirm, toast } from "../common/dialogs.js";
import { element, textButton } from "../common/element.js";
import { pageLanguage, t } from "../common/strings.js";
import { nameOfCategory, WordDialog } from "../common/word-dialog.js";

const PAGE = 50; // words loaded at a time
const MAX_FOUND = 500;
const TYPING = 300; // without a key before a search begins, in milliseconds
const day = new Intl.DateTimeFormat(pageLanguage, { dateStyle: "medium" });

export class List {
  #timer = 0;
  #query = 0; // of the answer that is shown, as older ones may come later
  #count = 0;
  #dialog = new WordDialog();

  /** fail(error) shows why the server does not answer. */
  constructor(fail) {
    this.fail = fail;
    $("save-anki").href = address("api/vocab/export/anki");
    $("save-json").href = address("api/vocab/export/json");
    $("search").addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#load(0), TYPING);
    });
    $("category").addEventListener("change", () => {
      $("search").value = "";
      this.#load(0);
    });
    $("more").addEventListener("click", () => this.#load(this.#count));
    $("add").addEventListener("click", async () => await this.#dialog.ask({}) !== null && this.load());
  }

  /** Loads the numbers and the list again. */
  async load() {
    await Promise.all([this.#loadStats(), this.#load(0)]);
  }

  async #loadStats() {
    let stats;
    try {
      stats = await askJson("api/vocab/stats");
    } catch {
      return; // the list says why
    }
    const chosen = $("category").value;
    const names = Object.keys(stats.by_category);
    $("stats").textContent = `${t("vocabulary.total", { n: stats.total })} · ${t("vocabulary.due", { n: stats.due_for_review })}`;
    $("review-link").hidden = stats.due_for_review === 0;
    $("category").replaceChildren(new Option(t("vocabulary.all"), ""), ...names.map((name) => new Option(nameOfCategory(name), name)));
    $("category").value = names.includes(chosen) ? chosen : "";
  }

  #getPath(offset) {
    const text = $("search").value.trim();
    if (text !== "")
      return `api/vocab/search?${new URLSearchParams({ q: text, limit: MAX_FOUND })}`;
    const query = new URLSearchParams({ limit: PAGE, offset });
    if ($("category").value !== "")
      query.set("category", $("category").value);
    return `api/vocab?${query}`;
  }

  async #load(offset) {
    const query = ++this.#query;
    const isSearch = $("search").value.trim() !== "";
    let words;
    try {
      words = await askJson(this.#getPath(offset));
    } catch (error) {
      if (query === this.#query && error.status === 400)
        $("count").textContent = t("vocabulary.malformed");
      else if (query === this.#query)
        this.fail(error);
      return;
    }
    if (query !== this.#query)
      return;
    const items = words.map((word) => this.#makeItem(word));
    this.#count = offset + words.length;
    if (offset === 0)
      $("words").replaceChildren(...items);
    else
      $("words").append(...items);
    $("more").hidden = isSearch || words.length < PAGE;
    $("count").textContent = isSearch ? t("vocabulary.found", { n: this.#count })
      : this.#count === 0 ? t("vocabulary.empty") : "";
    if (offset > 0)
      items[0]?.querySelector("button").focus();
  }

  #makeItem(word) {
    const item = element("li", { className: "panel" });
    const line = (text, className = "") => element("p", { textContent: text, className, dir: "auto", hidden: !text });
    const heading = element("h2", { textContent: word.term, dir: "auto", id: `word-${word.id}` }, word.language ?? "");
    const sentence = line(word.source_sentence, "bookmark-note");
    const about = [nameOfCategory(word.category), t("vocabulary.next", { date: day.format(new Date(word.next_review)) })];
    const row = element("div", { className: "row" });
    const change = textButton(t("vocabulary.change"), async () => {
      const changed = await this.#dialog.ask({ item: word });
      if (changed === null)
        return;
      const shown = this.#makeItem(changed);
      item.replaceWith(shown);
      shown.querySelector("button").focus();
    });
    const remove = textButton(t("lessons.delete"), () => this.#delete(word, item), "danger");
    sentence.lang = word.language ?? "";
    for (const button of [change, remove])
      button.setAttribute("aria-describedby", heading.id);
    row.append(change, remove);
    item.append(heading, line(word.meaning), line(word.literal, "faint"), sentence,
      element("p", { className: "faint small", textContent: about.join(" · ") }), row);
    return item;
  }

  async #delete(word, item) {
    $("delete-name").textContent = word.term;
    if (!await confirm($("delete-dialog")))
      return;
    try {
      await askJson(`api/vocab/${word.id}`, "DELETE");
    } catch (error) {
      toast(t("lessons.failed", { message: error.message }));
      return;
    }
    this.#count--;
    item.remove();
    $("search").focus();
    await this.#loadStats();
  }
}
