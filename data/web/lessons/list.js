// SPDX-License-Identifier: LGPL-2.1-or-later
// The list of all lessons, or of those that a search finds.
import { askJson } from "../common/access.js";
import { $ } from "../common/dialogs.js";
import { element } from "../common/element.js";
import { t } from "../common/strings.js";
import { deleteLesson, renameLesson } from "./changes.js";
import { describeLesson, nameOfLesson } from "./words.js";

const PAGE = 50; // lessons loaded at a time
const MAX_FOUND = 100;
const TYPING = 300; // without a key before a search begins, in milliseconds

export class List {
  #timer = 0;
  #query = 0; // of the answer that is shown, as older ones may come later
  #count = 0;

  /** fail(error) shows why the server does not answer. */
  constructor(fail) {
    this.fail = fail;
    $("search").addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.load(), TYPING);
    });
    $("more").addEventListener("click", () => this.#load(this.#count));
  }

  /** Loads the list again. */
  load() {
    return this.#load(0);
  }

  async #load(offset) {
    const query = ++this.#query;
    const text = $("search").value.trim();
    const path = text === "" ? `api/sessions?${new URLSearchParams({ limit: PAGE, offset })}`
      : `api/sessions/search?${new URLSearchParams({ q: text, limit: MAX_FOUND })}`;
    let lessons;
    try {
      lessons = await askJson(path);
    } catch (error) {
      this.fail(error);
      return;
    }
    if (query !== this.#query)
      return;
    // Sessions in which nothing was said are lessons only if someone has saved them.
    const items = lessons.filter((lesson) => lesson.exchange_count > 0 || lesson.saved)
      .map((lesson) => this.#makeItem(lesson));
    const first = items[0]?.querySelector("a");
    this.#count = offset + lessons.length;
    if (offset === 0)
      $("lessons").replaceChildren(...items);
    else
      $("lessons").append(...items);
    $("more").hidden = text !== "" || lessons.length < PAGE;
    $("count").textContent = text !== "" ? t("lessons.found", { n: this.#count })
      : $("lessons").children.length === 0 ? t("lessons.empty") : "";
    if (offset > 0)
      first?.focus();
  }

  #makeItem(lesson) {
    const item = element("li", { className: "panel" });
    const link = element("a", { href: `#${lesson.id}`, dir: "auto", id: `lesson-${lesson.id}` });
    const heading = element("h2");
    const about = element("p", { className: "faint small" });
    const row = element("div", { className: "row" });
    const show = () => {
      link.textContent = nameOfLesson(lesson);
      about.textContent = describeLesson(lesson);
    };
    const addButton = (key, className, onClick) => {
      const button = element("button", { type: "button", className, textContent: t(key) });
      button.setAttribute("aria-describedby", link.id);
      button.addEventListener("click", onClick);
      row.append(button);
    };
    addButton("lessons.rename", "", async () => await renameLesson(lesson) && show());
    addButton("lessons.delete", "danger", async () => {
      if (!await deleteLesson(lesson))
        return;
      this.#count--;
      item.remove();
      $("search").focus();
    });
    show();
    heading.append(link);
    item.append(heading, about, ...(lesson.matched_exchanges ?? []).map((match) => this.#makeMatch(lesson, match)), row);
    return item;
  }

  #makeMatch(lesson, match) {
    const line = element("p", { className: "match", dir: "auto" });
    const link = element("a", { href: `#${lesson.id}/${match.id}`, textContent: match.corrected_source });
    line.append(link);
    if (match.translation)
      line.append(element("br"), element("span", { textContent: match.translation, dir: "auto" }));
    return line;
  }
}
