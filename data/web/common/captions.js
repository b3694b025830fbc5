// SPDX-License-Identifier: LGPL-2.1-or-later
// The transcript of a room: a card for each exchange, and the live line below them.
import { explain } from "./explanations.js";
import { nameOf, pageLanguage, t } from "./strings.js";

const MAX_CARDS = 500; // in the page
const MAX_ENTRIES = 10000; // that can be saved
const DIRECTIONS = { es_to_en: "es", en_to_es: "en" };
const END_DISTANCE = 80; // in pixels: nearer than this counts as at the end

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** A paragraph of speech, which says in which language it is. */
function speech(className, text, language) {
  const line = element("p", className, text);
  line.dir = "auto";
  if (language)
    line.lang = language;
  return line;
}

/** The name of a speaker; those that the server makes up are in the language of the page. */
function nameOfSpeaker(speaker) {
  const number = /^Speaker (\d+)$/.exec(speaker?.label ?? "");
  if (speaker?.custom_name)
    return speaker.custom_name;
  if (speaker?.id === "MANUAL")
    return t("captions.typed");
  return number ? t("captions.speaker", { n: Number(number[1]) }) : speaker?.label ?? "";
}

/**
 * options: cards, live, partial, partialTranslation (elements), and onFinal(entry, card), which is called
 * once for each exchange that is complete.
 *
 * An entry is {id, source, sourceLanguage, translated, language, speaker, time, begin, end}.
 */
export class Captions {
  entries = [];
  sourceLanguage = "";
  isPaused = false;
  missed = 0; // cards that came while the reader looked at earlier ones
  onMissed = () => {};
  #open = []; // cards without a translation: {card, message}
  #known = new Map(); // from exchange id to card
  #isFollowing = true; // whether the page scrolls to each new caption
  #height = innerHeight;

  constructor(options) {
    Object.assign(this, options);
    addEventListener("scroll", () => this.#onScroll(), { passive: true });
    // Another size of the window or of the text must not lose the newest line.
    new ResizeObserver(() => this.#isFollowing && !this.isPaused && this.goToEnd()).observe(document.body);
    addEventListener("resize", () => this.#isFollowing && !this.isPaused && this.goToEnd());
  }

  #onScroll() {
    const wasResized = innerHeight !== this.#height;
    this.#height = innerHeight;
    if (this.isAtEnd) {
      this.#isFollowing = true;
      this.#setMissed(0);
    } else if (!wasResized) {
      this.#isFollowing = false;
    }
  }

  get isAtEnd() {
    return innerHeight + scrollY >= document.documentElement.scrollHeight - END_DISTANCE;
  }

  #setMissed(count) {
    if (count === this.missed)
      return;
    this.missed = count;
    this.onMissed(count);
  }

  /** Scrolls to the newest card, and follows again. */
  goToEnd() {
    this.isPaused = false;
    this.#isFollowing = true;
    scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
    this.#setMissed(0);
  }

  #keepAtEnd(change, isNew = false) {
    const follow = this.#isFollowing && !this.isPaused;
    change();
    if (follow)
      this.goToEnd();
    else if (isNew)
      this.#setMissed(this.missed + 1);
  }

  #showLive(which, text, language) {
    this.#keepAtEnd(() => {
      this[which].textContent = text;
      this[which].lang = language ?? "";
      this.live.hidden = this.partial.textContent === "" && this.partialTranslation.textContent === "";
    });
  }

  clearLive() {
    this.#showLive("partial", "");
    this.#showLive("partialTranslation", "");
  }

  clear() {
    this.entries = [];
    this.#open = [];
    this.#known.clear();
    this.cards.replaceChildren();
    this.clearLive();
    this.#setMissed(0);
  }

  /** The server sends exchanges without translation again after a reconnection. */
  dropOpen() {
    for (const { card } of this.#open)
      card.remove();
    this.#open = [];
    this.clearLive();
  }

  handle(message) {
    if (message.type === "partial")
      this.#showLive("partial", message.text, this.sourceLanguage);
    else if (message.type === "partial_translation")
      this.#showLive("partialTranslation", message.text, this.language);
    else if (message.type === "transcript_final")
      this.#openCard(message);
    else if (message.type === "translation")
      this.#fillCard(message);
    else if (message.type === "session_reset")
      this.clear();
    else if (message.type === "listening_stopped" || message.type === "room_ended")
      this.clearLive();
  }

  #openCard(message) {
    if (this.#known.has(message.exchange_id) || this.#open.some((open) => open.id !== undefined && open.id === message.exchange_id))
      return;
    const card = element("li", "card");
    const speaker = message.speaker;
    const meta = element("p", "meta");
    const language = message.source_language ?? DIRECTIONS[message.direction] ?? this.sourceLanguage;
    meta.append(element("span", "speaker", nameOfSpeaker(speaker)), element("time", "time"));
    if (/^#[0-9a-fA-F]{3,8}$/.test(speaker?.color ?? ""))
      card.style.setProperty("--speaker", speaker.color);
    const translated = element("p", "translated pending", "…");
    card.append(meta, speech("source", message.text, language), translated);
    card.dataset.open = "";
    this.#open.push({ id: message.exchange_id, card, language, speaker });
    this.#keepAtEnd(() => {
      this.clearLive();
      this.cards.append(card);
      while (this.cards.children.length > MAX_CARDS)
        this.cards.firstElementChild.remove();
    }, true);
  }

  #take(message) {
    const index = this.#open.findIndex(({ id }) => id === undefined || id === message.exchange_id);
    return index < 0 ? null : this.#open.splice(index, 1)[0];
  }

  #fillCard(message) {
    if (this.#known.has(message.exchange_id))
      return;
    let open = this.#take(message);
    if (open === null) {
      this.#openCard({ exchange_id: message.exchange_id, text: message.source, speaker: message.speaker,
        source_language: message.source_language });
      open = this.#take(message);
    }
    const failed = message.translated === "";
    const isSame = message.translated === message.source;
    const time = new Date(message.timestamp);
    const entry = {
      id: message.exchange_id, source: message.source, sourceLanguage: open.language, translated: message.translated,
      language: message.language, speaker: open.speaker, time, begin: message.begin, end: message.end,
    };
    this.#known.set(message.exchange_id, open.card);
    this.entries.push(entry);
    if (this.entries.length > MAX_ENTRIES)
      this.#known.delete(this.entries.shift().id);
    this.#keepAtEnd(() => {
      const line = failed ? element("p", "translated failed", t("captions.failed")) :
        speech("translated", message.translated, message.language);
      delete open.card.dataset.open;
      open.card.querySelector(".translated").replaceWith(line);
      open.card.classList.toggle("same", isSame);
      const clock = open.card.querySelector(".time");
      clock.dateTime = message.timestamp;
      clock.textContent = time.toLocaleTimeString(pageLanguage, { hour: "2-digit", minute: "2-digit" });
      if (isSame)
        open.card.querySelector(".source").remove();
      explain(open.card.querySelector(".source") ?? line, { ...message, id: message.exchange_id });
    });
    this.onFinal?.(entry, open.card);
  }
}

/** Says finals to screen readers, once each, in the reader's language; nothing of what came before the page did. */
export class Announcer {
  #since = performance.now();

  constructor(region) {
    this.region = region;
  }

  /** Keeps quiet for a second, in which the transcript so far arrives. */
  reset() {
    this.#since = performance.now() + 1000;
  }

  say(entry) {
    if (performance.now() < this.#since)
      return;
    const line = entry.translated === "" ? speech("", entry.source, entry.sourceLanguage)
      : speech("", entry.translated, entry.language);
    this.region.append(line);
    while (this.region.children.length > 3)
      this.region.firstElementChild.remove();
  }
}

/** Puts options for languages into a list, with the words of the page's language. */
export function fillLanguages(list, codes, selected, name = nameOf) {
  const options = codes.map((code) => {
    const option = new Option(name(code), code, false, code === selected);
    option.lang = name === nameOf ? pageLanguage : code;
    return option;
  });
  list.replaceChildren(...options);
}
