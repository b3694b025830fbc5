// SPDX-License-Identifier: LGPL-2.1-or-later
// The list of all bookmarks.
import { askJson } from "../common/access.js";
import { $, toast } from "../common/dialogs.js";
import { element, textButton } from "../common/element.js";
import { pageLanguage, t } from "../common/strings.js";

const PAGE = 50; // bookmarks loaded at a time
const day = new Intl.DateTimeFormat(pageLanguage, { dateStyle: "medium" });

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
    const link = element("a", { href: `#${bookmark.session_id}/${bookmark.id}`, textContent: bookmark.corrected_source,
      dir: "auto", id: `bookmark-${bookmark.id}` }, bookmark.language);
    const heading = element("h2");
    const row = element("div", { className: "row" });
    const remove = textButton(t("bookmark.remove"), () => this.#remove(bookmark, item));
    const lines = [element("p", { textContent: bookmark.translation, dir: "auto" })];
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
