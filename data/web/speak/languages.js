// SPDX-License-Identifier: LGPL-2.1-or-later
// The languages that are spoken and offered, and the engines for them.
import { fillLanguages } from "../common/captions.js";
import { $ } from "../common/dialogs.js";
import { change, settings } from "../common/settings.js";
import { nameOf, t } from "../common/strings.js";

const MAX_TARGETS = 16;

export class Languages {
  source = "";
  targets = [];
  #pairs = []; // [source, target] that the server translates
  #heard = [];
  #canDetect; // undefined for pages that do not own the room
  #detects = false;
  #engines = {}; // by control: {chosen, available}; chosen is "" for the best one

  /** send(message) sends to the server. */
  constructor(send) {
    this.send = send;
    $("source").addEventListener("change", () => this.#choose($("source").value, this.targets));
    $("swap").addEventListener("click", () => this.#choose(this.targets[0], [this.source, ...this.targets.slice(1)]));
    $("targets").addEventListener("click", () => $("targets-dialog").showModal());
    $("offer-all").checked = settings.offersAll;
    $("offer-all").addEventListener("change", () => {
      change({ offersAll: $("offer-all").checked });
      this.#choose(this.source, this.targets);
    });
    $("detect").addEventListener("change", () => {
      change({ detects: $("detect").checked });
      this.#sendDetection();
    });
    for (const id of ["transcriber", "translator"])
      $(id).addEventListener("change", () => this.send({ type: "set_engines", [id]: $(id).value }));
  }

  #canTranslate(from, to) {
    return this.#pairs.some((pair) => pair[0] === from && pair[1] === to);
  }

  #targetsOf(code) {
    return [...new Set(this.#pairs.filter(([from]) => from === code).map(([, to]) => to))];
  }

  #choose(source, targets) {
    const possible = this.#targetsOf(source);
    const kept = targets.filter((code) => possible.includes(code)).slice(0, MAX_TARGETS);
    const chosen = kept.length > 0 ? kept : possible.slice(0, 1);
    if (chosen.length === 0)
      return;
    change({ source, targets: chosen });
    this.#sendChoice();
  }

  #sendChoice() {
    this.send({
      type: "set_languages", source_language: settings.source, target_languages: settings.targets,
      offered_languages: settings.offersAll ? [] : settings.targets,
    });
  }

  #sendDetection() {
    this.send({ type: "set_engines", auto_language: settings.detects });
  }

  /** Takes what the server says about languages. */
  onStatus(message) {
    this.source = message.source_language ?? "";
    this.targets = message.target_languages ?? [];
    this.#heard = message.available_languages?.heard ?? [];
    this.#pairs = (message.available_languages?.translated ?? []).map((pair) => pair.split(">"))
      .map((codes) => [codes[0], codes[codes.length - 1]]);
    this.#canDetect = message.can_detect_language;
    this.#detects = message.auto_language === true;
    const engines = message.available_engines;
    if (engines)
      this.#engines = {
        transcriber: { chosen: message.transcriber, available: engines.transcribers },
        translator: { chosen: message.translator, available: engines.translators },
      };
    this.show();
  }

  /** Asks for the languages of last time, if this server has them. */
  restore() {
    const list = (source, targets) => this.#detects ? [source, ...targets].sort().join() : [source, ...targets].join();
    const same = list(settings.source, settings.targets) === list(this.source, this.targets) && settings.offersAll;
    if (settings.detects && !this.#detects)
      this.#sendDetection();
    if (settings.source !== "" && settings.targets.length > 0 && !same &&
        settings.targets.every((code) => this.#canTranslate(settings.source, code)))
      this.#sendChoice();
  }

  show() {
    const sources = [...new Set([this.source, ...this.#pairs.map(([from]) => from)])].filter((code) => code !== "");
    sources.sort((a, b) => this.#heard.includes(b) - this.#heard.includes(a) || nameOf(a).localeCompare(nameOf(b)));
    fillLanguages($("source"), sources, this.source, (code) =>
      this.#heard.includes(code) ? nameOf(code) : t("languages.typed", { language: nameOf(code) }));
    $("targets").textContent = this.targets.length > 2
      ? t("languages.more", { language: nameOf(this.targets[0]), n: this.targets.length - 1 })
      : this.targets.map(nameOf).join(", ");
    $("targets").setAttribute("aria-label", `${t("languages.targets")}: ${this.targets.map(nameOf).join(", ")}`);
    this.#showTargets();
    this.#showDetection();
    this.#showEngines();
  }

  #showTargets() {
    const codes = [...new Set([...this.targets, ...this.#targetsOf(this.source)])];
    const focused = document.activeElement?.value;
    $("target-choices").replaceChildren(...codes.map((code) => {
      const line = document.createElement("label");
      const box = document.createElement("input");
      line.className = "check";
      box.type = "checkbox";
      box.value = code;
      box.checked = this.targets.includes(code);
      box.addEventListener("change", () => this.#onTarget(box));
      line.append(box, nameOf(code));
      return line;
    }));
    if ($("targets-dialog").open)
      $("target-choices").querySelector(`[value="${CSS.escape(focused ?? "")}"]`)?.focus();
  }

  #onTarget(box) {
    const targets = this.targets.filter((code) => code !== box.value);
    if (box.checked)
      targets.push(box.value);
    if (targets.length === 0)
      box.checked = true; // one at least
    else
      this.#choose(this.source, targets);
  }

  #showDetection() {
    $("detect-line").hidden = this.#canDetect === undefined;
    $("detect").checked = this.#detects;
    $("detect-hint").textContent = t(this.#canDetect ? "languages.detect.hint" : "languages.detect.none");
  }

  #showEngines() {
    for (const [id, { chosen, available }] of Object.entries(this.#engines)) {
      const best = new Option(t("advanced.automatic", { engine: available[0] ?? "–" }), "", false, chosen === "");
      $(id).replaceChildren(best, ...available.map((name) => new Option(name, name, false, name === chosen)));
      $(id).closest("label").hidden = available.length < 2;
    }
  }

  setEnabled(isEnabled) {
    for (const id of ["source", "targets", "transcriber", "translator"])
      $(id).disabled = !isEnabled;
    $("detect").disabled = !isEnabled || !this.#canDetect;
    $("swap").disabled = !isEnabled || !this.#canTranslate(this.targets[0], this.source);
  }
}
