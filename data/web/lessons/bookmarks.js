// SPDX-License-Identifier: LGPL-2.1-or-later
// The list of all bookmarks.
import { askJson } from "../common/access.js";
import { $, toast } from "../common/dialogs.js";
import { element, textButton } from "../common/element.js";
import { pageLanguage, t } from "../common/strings.js";

const PAGE = 50; // bookmarks loaded at a time
const day = new Intl.DateTimeFormat(pageLanguage, { dateStyle: "medium" });

/** Returns nodes of text in which the first place of each part is in an element of this name. */
function mark(text, parts, name) {
  const places = parts.filter(Boolean).map((part) => ({ begin: text.indexOf(part), part }))
    .filter(({ begin }) => begin >= 0).sort((a, b) => a.begin - b.begin);
  const nodes = [];
  let at = 0;
  for (const { begin, part } of places) {
    if (begin < at)
      continue;
    nodes.push(text.slice(at, begin), element(name, { textContent: part }));
    at = begin + part.length;
  }
  return [...nodes, text.slice(at)];
}

export class Bookmarks {
  #count = 0;

  /** fail(error) shows why the server does not answer. */
  constructor(fail) {
    this.fail = fail;
    $("more-bookmarks").addEventListener("click", () => this.#load(this.#count));
  }

  load() {
    return this.#load(0);
  }

  async #load(offset) {
    let answer;
    try {
      answer = await askJson(`api/bookmarks/recent?${new URLSearchParams({ limit: PAGE, offset })}`);
    } catch (error) {
      this.fail(error);
      return;
    }
    const items = answer.bookmarks.map((bookmark) => this.#makeItem(bookmark));
    this.#count = offset + items.length;
    if (offset === 0)
      $("bookmark-list").replaceChildren(...items);
    else
      $("bookmark-list").append(...items);
    $("more-bookmarks").hidden = this.#count >= answer.total;
    $("bookmark-count").textContent = this.#count === 0 ? t("bookmarks.empty") : "";
    if (offset > 0)
      items[0]?.querySelector("a").focus();
  }

  #makeItem(bookmark) {
    const item = element("li", { className: "panel" });
    const link = element("a", { href: `#${bookmark.session_id}/${bookmark.id}`, dir: "auto",
      id: `bookmark-${bookmark.id}` }, bookmark.language);
    const heading = element("h2");
    const row = element("div", { className: "row" });
    const remove = textButton(t("bookmark.remove"), () => this.#remove(bookmark, item));
    const lines = [element("p", { textContent: bookmark.translation, dir: "auto" })];
    const corrections = bookmark.corrections ?? [];
    link.append(...mark(bookmark.raw_transcript, corrections.map(({ wrong }) => wrong), "del"));
    if (bookmark.corrected_source !== bookmark.raw_transcript) {
      const corrected = element("p", { className: "corrected", dir: "auto" }, bookmark.language);
      corrected.append(...mark(bookmark.corrected_source, corrections.map(({ right }) => right), "ins"));
      lines.unshift(corrected);
    }
    const about = [bookmark.session_name, day.format(new Date(bookmark.session_started))].filter(Boolean).join(" · ");
    if (bookmark.bookmark_note)
      lines.push(element("p", { className: "bookmark-note", textContent: bookmark.bookmark_note, dir: "auto" }));
    remove.setAttribute("aria-describedby", link.id);
    heading.append(link);
    row.append(remove);
    item.append(heading, ...lines, element("p", { className: "faint small", textContent: about, dir: "auto" }), row);
    return item;
  }

  async #remove(bookmark, item) {
    try {
      await askJson(`api/exchanges/${bookmark.id}/bookmark`, "DELETE");
    } catch (error) {
      toast(t("lessons.failed", { message: error.message }));
      return;
    }
    this.#count--;
    item.remove();
    $("bookmarks-title").focus();
    if ($("bookmark-list").children.length === 0)
      await this.load();
  }
}
