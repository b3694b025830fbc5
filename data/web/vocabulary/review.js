// SPDX-License-Identifier: LGPL-2.1-or-later
// Reviews the words that are due, one after the other, with buttons or keys.
import { askJson } from "../common/access.js";
import { $, toast } from "../common/dialogs.js";
import { t } from "../common/strings.js";

const SIZE = 20; // words of a round
const REMEMBERED = 3; // lowest grade that counts so

export class Review {
  #words = [];
  #position = 0;
  #remembered = 0;
  #round = 0; // counts rounds, as the answer for an earlier one may come later
  #isGrading = false;

  /** fail(error) shows why the server does not answer. */
  constructor(fail) {
    this.fail = fail;
    $("show").addEventListener("click", () => this.#showAnswer());
    for (const button of $("grades").querySelectorAll("button"))
      button.addEventListener("click", () => this.#grade(Number(button.dataset.quality)));
    addEventListener("keydown", (event) => this.#onKey(event));
  }

  async begin() {
    const round = ++this.#round;
    let session;
    $("card").hidden = true;
    $("progress").textContent = "";
    try {
      session = await askJson(`api/vocab/review-session?${new URLSearchParams({ size: SIZE })}`);
    } catch (error) {
      if (round === this.#round)
        this.fail(error);
      return;
    }
    if (round !== this.#round)
      return;
    this.#words = [...session.due, ...session.struggling, ...session.new];
    this.#position = 0;
    this.#remembered = 0;
    this.#showWord();
  }

  end() {
    this.#round++;
    this.#words = [];
  }

  #showWord() {
    const word = this.#words[this.#position];
    $("card").hidden = word === undefined;
    if (word === undefined) {
      $("progress").textContent = this.#words.length === 0 ? t("review.none")
        : t("review.done", { n: this.#words.length, remembered: this.#remembered });
      $("back").focus();
      return;
    }
    $("progress").textContent = t("review.progress", { position: this.#position + 1, n: this.#words.length });
    $("term").textContent = word.term;
    $("term").lang = $("sentence").lang = word.language ?? "";
    for (const [id, text] of [["meaning", word.meaning], ["literal", word.literal], ["sentence", word.source_sentence]]) {
      $(id).textContent = text ?? "";
      $(id).hidden = !text;
    }
    $("answer").hidden = $("grades").hidden = true;
    $("show").hidden = false;
    $("term").focus();
  }

  #showAnswer() {
    $("answer").hidden = $("grades").hidden = false;
    $("show").hidden = true;
    $("grades").querySelector("[data-quality='4']").focus();
  }

  async #grade(quality) {
    const round = this.#round;
    if (this.#isGrading)
      return;
    this.#isGrading = true;
    try {
      await askJson(`api/vocab/${this.#words[this.#position].id}/review`, "POST", { quality });
    } catch (error) {
      // Someone has deleted the word meanwhile: on to the next one.
      if (error.status !== 404) {
        toast(t("lessons.failed", { message: error.message }));
        return;
      }
    } finally {
      this.#isGrading = false;
    }
    if (round !== this.#round)
      return;
    this.#remembered += quality >= REMEMBERED;
    this.#position++;
    this.#showWord();
  }

  #onKey(event) {
    const isElsewhere = $("review").hidden || $("card").hidden || document.querySelector("dialog[open]") !== null;
    if (isElsewhere || event.ctrlKey || event.altKey || event.metaKey || event.repeat)
      return;
    const isControl = event.target.closest("button, a") !== null; // does what it does
    if ($("answer").hidden && [" ", "Enter"].includes(event.key) && !isControl) {
      event.preventDefault();
      this.#showAnswer();
    } else if (!$("answer").hidden && /^[0-5]$/.test(event.key)) {
      event.preventDefault();
      this.#grade(Number(event.key));
    }
  }
}
