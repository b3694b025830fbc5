// SPDX-License-Identifier: LGPL-2.1-or-later
// One lesson: its text, its sound, and files of both.
import { address, ask, askJson, makeError } from "../common/access.js";
import { $, toast } from "../common/dialogs.js";
import { element } from "../common/element.js";
import { ExchangeActions } from "../common/exchange-actions.js";
import { nameOf, t } from "../common/strings.js";
import { explain } from "../common/explanations.js";
import { deleteLesson, renameLesson } from "./changes.js";
import { Player } from "./player.js";
import { clock, describeLesson, nameOfLesson, nameOfSpeaker } from "./words.js";

const PAGE = 500; // exchanges loaded at a time

export class Lesson {
  #lesson = null;
  #opened = 0; // counts lessons, as the answers of an earlier one may come later
  #player = new Player();
  #actions = new ExchangeActions();

  /** fail(error) shows why the server does not answer. */
  constructor(fail) {
    this.fail = fail;
    $("rename").addEventListener("click", async () => await renameLesson(this.#lesson) && this.#showName());
    $("delete").addEventListener("click", async () => {
      if (await deleteLesson(this.#lesson))
        location.hash = "";
    });
    for (const button of document.querySelectorAll("[data-format]"))
      button.addEventListener("click", () => this.#save(button.dataset.format));
    $("save-dialog").addEventListener("close", () => $("save-result").textContent = "");
  }

  close() {
    this.#opened++;
    this.#player.close();
    this.#actions.clear();
    $("opened").hidden = true;
    $("exchanges").replaceChildren();
  }

  /** Shows a lesson; exchange: the id of one to show first, or "". */
  async open(id, exchange) {
    this.close();
    const opened = this.#opened;
    try {
      const lesson = await askJson(`api/sessions/${id}`);
      const exchanges = await this.#load(id);
      const recordings = await this.#findRecordings(exchanges);
      if (opened === this.#opened)
        this.#show(lesson, exchanges, recordings);
    } catch (error) {
      if (opened === this.#opened)
        this.fail(error);
      return;
    }
    const chosen = exchange === "" ? null : $(`exchange-${exchange}`);
    (chosen ?? $("title")).focus();
    chosen?.scrollIntoView({ block: "center" });
  }

  async #load(id) {
    const all = [];
    for (;;) {
      const after = all.at(-1)?.id ?? 0;
      const some = await askJson(`api/sessions/${id}/exchanges?${new URLSearchParams({ limit: PAGE, after })}`);
      all.push(...some);
      if (some.length < PAGE)
        return all;
    }
  }

  /** Returns the ids of those that still exist: old recordings are deleted before their lessons. */
  async #findRecordings(exchanges) {
    const ids = [...new Set(exchanges.map((exchange) => exchange.recording_id).filter(Boolean))];
    const found = await Promise.all(ids.map(async (id) => (await ask(`api/recordings/${id}`)).ok));
    return ids.filter((_, index) => found[index]);
  }

  #showName() {
    $("title").textContent = nameOfLesson(this.#lesson);
    $("about").textContent = describeLesson(this.#lesson);
  }

  #show(lesson, exchanges, recordings) {
    const begin = new Date(exchanges[0]?.begin ?? 0).getTime();
    const parts = [];
    this.#lesson = lesson;
    this.#showName();
    $("notes").textContent = lesson.notes;
    $("notes").hidden = lesson.notes === "";
    $("exchanges").replaceChildren(...exchanges.map((exchange) => {
      const hasSound = recordings.includes(exchange.recording_id);
      const index = parts.length;
      const card = this.#makeCard(exchange, begin, hasSound ? () => this.#player.play(index) : null);
      if (hasSound)
        parts.push({ id: exchange.id, card });
      return card;
    }));
    this.#player.open(lesson.id, parts);
    $("no-sound").hidden = parts.length > 0;
    this.#offerFiles(exchanges, recordings);
    this.#offerCorrections(recordings);
    $("opened").hidden = false;
  }

  #makeCard(exchange, begin, play) {
    const card = element("li", { className: "card", id: `exchange-${exchange.id}`, tabIndex: -1 });
    const meta = element("div", { className: "meta" });
    const time = clock(new Date(exchange.begin).getTime() - begin);
    meta.append(element("span", { textContent: nameOfSpeaker(exchange.speaker), dir: "auto" }),
      element("time", { textContent: time }));
    if (play !== null) {
      const button = element("button", { type: "button", className: "play", textContent: t("lessons.play.part") });
      button.setAttribute("aria-label", `${t("lessons.play.part")} ${time}`);
      button.addEventListener("click", play);
      meta.append(button);
    }
    const source = element("p", { className: "source", textContent: exchange.source, dir: "auto" }, exchange.language);
    card.append(meta, source);
    explain(source, exchange);
    for (const [language, text] of Object.entries(exchange.translations))
      card.append(element("p", { className: "translated", textContent: text, dir: "auto" }, language));
    const lines = [{ text: exchange.corrected, language: exchange.language },
      ...Object.entries(exchange.translations).map(([language, text]) => ({ text, language }))];
    this.#actions.add(card, meta, { ...exchange, lines });
    return card;
  }

  #offerFiles(exchanges, recordings) {
    const languages = new Set(exchanges.flatMap((exchange) => [...Object.keys(exchange.translations), exchange.language]));
    $("save-language").replaceChildren(new Option(t("lessons.save.all"), ""),
      ...[...languages].map((code) => new Option(nameOf(code), code)));
    $("save-sound").replaceChildren(...recordings.map((id, index) => element("a", {
      className: "button grow", href: address(`api/recordings/${id}/audio`), download: `${id}`,
      textContent: t("lessons.save.sound", { n: index + 1 }),
    })));
  }

  #offerCorrections(recordings) {
    $("correct").replaceChildren(...recordings.map((id, index) => element("a", {
      href: `correct?${new URLSearchParams({ recording: id, lesson: this.#lesson.id })}`,
      textContent: recordings.length > 1 ? `${t("correct.title")} (${index + 1})` : t("correct.title"),
    })));
  }

  async #save(format) {
    const query = new URLSearchParams({ format });
    if ($("save-language").value !== "")
      query.set("language", $("save-language").value);
    try {
      const answer = await ask(`api/sessions/${this.#lesson.id}/export?${query}`);
      if (!answer.ok)
        throw makeError(answer.status, await answer.json());
      const link = element("a", { href: URL.createObjectURL(await answer.blob()),
        download: `${nameOfLesson(this.#lesson).replace(/[^\p{L}\p{N}_-]+/gu, "-")}.${format}` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
      $("save-result").textContent = t("save.saved");
    } catch (error) {
      toast(t("lessons.failed", { message: error.message }));
    }
  }
}
