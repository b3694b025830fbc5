// SPDX-License-Identifier: LGPL-2.1-or-later
// The listener's page.
import { parameter, parseCode, setCode } from "../common/access.js";
import "../common/appearance.js";
import "../common/install.js";
import { Announcer, Captions, fillLanguages } from "../common/captions.js";
import { Connection } from "../common/connection.js";
import { $, toast, watchConnection } from "../common/dialogs.js";
import { explain } from "../common/errors.js";
import { change, settings } from "../common/settings.js";
import { nameOf, nativeName, t } from "../common/strings.js";
import { keepAwake } from "../common/wake-lock.js";
import { Headphones } from "./headphones.js";
import { setUpSave } from "./save.js";

const announcer = new Announcer($("announcer"));
const captions = new Captions({
  cards: $("cards"), live: $("live"), partial: $("partial"), partialTranslation: $("partial-translation"),
  onFinal: (entry) => announcer.say(entry),
});
const chosen = parameter("language") || settings.language;
const connection = new Connection({
  room: parameter("room"), isListener: true, language: chosen || navigator.language,
});
const headphones = new Headphones($("headphones"), $("audio"));
let sessionId = null;
let listening = false;
let overload = 0;

function showState() {
  const state = connection.state;
  const text = state !== "open" ? `state.${state}`
    : overload > 2 ? "state.late" : overload > 0 ? "state.busy" : listening ? "state.listening" : "state.open";
  $("state").dataset.state = state;
  $("state").textContent = t(text);
  $("waiting").hidden = state !== "waiting";
  $("ended").hidden = state !== "ended";
  $("code-needed").hidden = state !== "code";
  $("empty").hidden = state !== "open" || $("cards").children.length > 0 || !$("live").hidden;
  $("language").disabled = state !== "open";
}

function showCodeForm(problem) {
  $("code-error").textContent = problem === "missing" ? "" : t(`listen.code.${problem}`);
  $("code").setAttribute("aria-invalid", String(problem === "wrong"));
  $("code").focus();
}

connection.addEventListener("state", () => {
  const state = connection.state;
  keepAwake(state === "open" || state === "waiting");
  if (state === "code" || state === "ended")
    headphones.stop();
  if (state !== "open") {
    listening = false;
    overload = 0;
    captions.clearLive();
  }
  showState();
  if (state === "code") {
    $("toasts").replaceChildren(); // the form says the same, in the page's language
    showCodeForm(connection.codeProblem);
  }
});

function choose(language) {
  change({ language });
  connection.options.language = language;
  connection.send({ type: "set_language", language });
}

/** A language that is not offered leads to a choice; the browser's is only a guess. */
function showNotOffered(message) {
  const wanted = connection.options.language;
  const isMissing = message.language_offered === false && wanted !== null;
  if (!isMissing)
    connection.options.language = message.language;
  if (!isMissing) {
    $("not-offered").close();
    return;
  }
  $("not-offered-text").textContent = t("listen.not-offered", { language: nameOf(wanted) });
  $("not-offered-choices").replaceChildren(...(message.languages ?? []).map((language) => {
    const button = document.createElement("button");
    button.type = "button";
    button.lang = language;
    button.textContent = nativeName(language);
    button.addEventListener("click", () => choose(language));
    return button;
  }));
  if ((chosen || settings.language) && connection.isFirstStatus && !$("not-offered").open)
    $("not-offered").showModal();
}

function onStatus(message) {
  captions.sourceLanguage = message.source_language ?? "";
  captions.language = message.language ?? "";
  if (sessionId !== null && sessionId !== message.session_id)
    captions.clear();
  if (connection.isFirstStatus) {
    captions.dropOpen();
    if (sessionId === null)
      announcer.reset();
  }
  sessionId = message.session_id;
  const room = message.room ?? parameter("room") ?? "";
  $("room").textContent = room;
  document.title = `${room} – Habla`;
  fillLanguages($("language"), message.languages ?? [], message.language, nativeName);
  showNotOffered(message);
  const spoken = message.available_languages?.spoken ?? [];
  const isSpoken = spoken.includes(message.language);
  headphones.update(room, message.language, isSpoken ? message.headphones ?? ["mp3"] : []);
}

connection.addEventListener("message", ({ detail: message }) => {
  if (message.type === "status")
    onStatus(message);
  else if (message.type === "session_reset")
    sessionId = message.session_id;
  else if (message.type === "listening_started" || message.type === "partial")
    listening = true;
  else if (message.type === "listening_stopped")
    listening = false;
  else if (message.type === "overload")
    overload = message.level;
  else if (message.type === "error" && connection.isOpen) {
    const { text, language } = explain(message);
    toast(text, language);
  }
  captions.handle(message);
  showState();
});

$("code-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const code = parseCode($("code").value);
  if (code === null) {
    showCodeForm("wrong");
    return;
  }
  setCode(code);
  connection.open();
});

$("language").addEventListener("change", () => choose($("language").value));

$("again").addEventListener("click", () => connection.open());

captions.onMissed = (count) => {
  $("newest").hidden = count === 0 && !captions.isPaused;
  $("newest-text").textContent = count === 0 ? t("listen.newest") : t("listen.newest.count", { n: count });
};

function setPaused(isPaused) {
  captions.isPaused = isPaused;
  $("pause").setAttribute("aria-pressed", String(isPaused));
  captions.onMissed(captions.missed);
}

$("pause").addEventListener("click", () => {
  setPaused(!captions.isPaused);
  if (!captions.isPaused)
    captions.goToEnd();
});

$("newest").addEventListener("click", () => {
  setPaused(false);
  captions.goToEnd();
});

// Do not move the page of a reader who scrolled back; offer a button to the newest caption.
addEventListener("scroll", () => {
  if (!captions.isAtEnd && captions.missed === 0 && $("cards").children.length > 0) {
    $("newest").hidden = false;
    $("newest-text").textContent = t("listen.newest");
  } else if (captions.isAtEnd && !captions.isPaused) {
    $("newest").hidden = true;
  }
}, { passive: true });

setUpSave(captions, () => ({ room: $("room").textContent, language: captions.language }));
watchConnection(connection);
showState();
connection.open();
performance.mark("ready");
