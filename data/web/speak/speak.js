// SPDX-License-Identifier: LGPL-2.1-or-later
// The speaker's page.
import { ask, parameter, setToken } from "../common/access.js";
import "../common/appearance.js";
import "../common/install.js";
import { Announcer, Captions } from "../common/captions.js";
import { Connection } from "../common/connection.js";
import { $, confirm, toast, watchConnection } from "../common/dialogs.js";
import { explain } from "../common/errors.js";
import { ExchangeActions } from "../common/exchange-actions.js";
import { rememberRoom } from "../common/settings.js";
import { t } from "../common/strings.js";
import { keepAwake } from "../common/wake-lock.js";
import { Classroom } from "./classroom.js";
import { Invite } from "./invite.js";
import { Languages } from "./languages.js";
import { Microphone } from "./microphone.js";
import { Recording } from "./recording.js";
import { showStart } from "./start.js";
import { SPEAKER, Typed } from "./typed.js";

const announcer = new Announcer($("announcer"));
const captions = new Captions({
  cards: $("cards"), live: $("live"), partial: $("partial"), partialTranslation: $("partial-translation"),
  onFinal: (entry, card) => {
    announcer.say(entry);
    if (entry.id !== null)
      actions.add(card, card.querySelector(".meta"), { id: entry.id, lines: listLines(entry) });
  },
});
const actions = new ExchangeActions();
const connection = new Connection({ room: parameter("room"), isListener: false, language: null });
const invite = new Invite();
const languages = new Languages((message) => connection.send(message));
const classroom = new Classroom((message) => connection.send(message));
let typed = null;
let isOwner = true;
let canHear = false;
let sessionId = null;
let listening = false;
let overload = 0;
let triedToken = false;
let stops = 0; // stop_listening without an answer
let stoppedByServer = false;
let isEnding = false; // the class ends when the last words have been sent

const microphone = new Microphone({
  onStart: () => {
    if (connection.isOpen && isOwner)
      connection.send({ type: "start_listening" });
  },
  onChunk: (blob) => isOwner && connection.sendAudio(blob),
  onStop: () => {
    if (connection.isOpen && isOwner && !stoppedByServer && connection.send({ type: "stop_listening" }))
      stops++;
    stoppedByServer = false;
    if (isEnding)
      endRoom();
  },
  onChange: () => showControls(),
});
const recording = new Recording(() => microphone.isOn && microphone.restart());

/** The texts of an exchange that words can be learned from. */
const listLines = ({ source, sourceLanguage, translated, language }) =>
  [{ text: source, language: sourceLanguage }, { text: translated, language }]
    .filter(({ text }, index) => text !== "" && (index === 0 || text !== source));

function showControls() {
  const ready = connection.isOpen && isOwner;
  const hearing = microphone.isOn;
  const state = connection.state;
  connection.isSendingAudio = hearing;
  keepAwake(hearing);
  languages.setEnabled(ready);
  for (const id of ["end", "new", "classroom"])
    $(id).disabled = !ready;
  $("microphone").disabled = !hearing && (!ready || !canHear || microphone.isStarting);
  $("microphone").setAttribute("aria-pressed", String(hearing));
  $("microphone-label").textContent = t(hearing ? "sound.stop" : ready && !canHear ? "sound.unheard" : "sound.start");
  $("hint").hidden = microphone.problem === "";
  if ($("hint").textContent !== microphone.problem)
    $("hint").textContent = microphone.problem;
  $("reading").hidden = isOwner || state !== "open";
  $("controls").hidden = state === "ended";
  $("ended").hidden = state !== "ended";
  $("state").dataset.state = state;
  $("state").dataset.quiet = state === "open" && overload === 0;
  $("state").title = connection.roundTrip > 0 ? t("state.answer", { n: Math.round(connection.roundTrip) }) : "";
  $("state").textContent = t(state !== "open" ? `state.${state}`
    : overload > 2 ? "state.late" : overload > 0 ? "state.busy" : listening ? "state.listening" : "state.open");
  $("empty").hidden = state === "ended" || $("cards").children.length > 0 || !$("live").hidden;
}

// The room

function endRoom() {
  isEnding = false;
  connection.send({ type: "end_room" });
}

async function askForRoom() {
  if (await confirm($("tab-dialog")))
    connection.send({ type: "take_over" });
}

function onRole(message) {
  const wasOwner = isOwner;
  isOwner = message.role !== "listener";
  if (!isOwner && microphone.isOn) {
    microphone.stop();
    connection.dropAudio();
  }
  if (!isOwner && message.owner_elsewhere && connection.isFirstStatus)
    askForRoom();
  else if (!isOwner && wasOwner && !connection.isFirstStatus)
    toast(t("tab.lost"));
  if (isOwner && $("tab-dialog").open)
    $("tab-dialog").close("no");
}

function sendWaiting() {
  if (!isOwner)
    return;
  languages.restore();
  classroom.restore();
  if (microphone.isOn) {
    connection.send({ type: "start_listening" });
    connection.flushAudio();
  }
  // A text that the server already has comes back first.
  connection.whenReplayed(() => isOwner && typed.resend());
}

function showRoom(message) {
  const room = message.room ?? connection.options.room ?? "";
  $("room").textContent = room;
  document.title = room === "" ? "Habla" : `${room} – Habla`;
  // A reload, or a connection after a restart of the server, comes to the same room.
  connection.options.room = room;
  if (parameter("room") !== room && room !== "")
    history.replaceState(null, "", `${location.pathname}?${new URLSearchParams({ room })}`);
  if (isOwner)
    invite.update(room, message.join);
}

function onStatus(message) {
  canHear = message.pipeline_ready;
  onRole(message);
  languages.onStatus(message);
  classroom.onMode(message.mode);
  captions.sourceLanguage = message.source_language ?? "";
  captions.language = message.language ?? message.target_languages?.[0] ?? "";
  $("text").lang = captions.sourceLanguage;
  showRoom(message);
  if (sessionId !== null && sessionId !== message.session_id)
    captions.clear();
  if (connection.isFirstStatus) {
    triedToken = false;
    captions.dropOpen();
    if (sessionId === null)
      announcer.reset();
    recording.load();
    actions.load(message.session_id);
  }
  sessionId = message.session_id;
}

const handlers = {
  status: onStatus,
  mode_changed: (message) => classroom.onMode(message.mode),
  audience: (message) => invite.onAudience(message),
  transcript_final: (message) => typed.onTranscript(message),
  session_reset: (message) => {
    sessionId = message.session_id;
    actions.clear();
  },
  listening_started: (message) => {
    listening = true;
    recording.onListening(message);
  },
  listening_stopped: () => {
    listening = false;
    overload = 0;
    recording.onListening(null);
    if (stops > 0) {
      stops--;
    } else if (microphone.isOn) { // after a long silence, or because another tab took the room
      stoppedByServer = true;
      microphone.stop();
      toast(t("sound.stopped"));
    }
  },
  overload: (message) => overload = message.level,
  error: (message) => {
    const { text, language } = explain(message);
    if (connection.isOpen)
      toast(text, language);
    languages.show(); // as before, if a choice was refused
  },
};

connection.addEventListener("message", ({ detail: message }) => {
  const isFirst = connection.isFirstStatus;
  handlers[message.type]?.(message);
  captions.handle(message);
  if (message.type !== "status" || !isFirst)
    showControls();
});

connection.addEventListener("state", () => {
  const state = connection.state;
  if (state === "open")
    sendWaiting();
  else if (state === "token" && !$("token-dialog").open) {
    $("token-error").textContent = triedToken ? t("token.wrong") : "";
    $("token-dialog").showModal();
  }
  if (state === "ended") {
    microphone.stop();
    invite.end();
  }
  if (state !== "open") {
    listening = false;
    overload = 0;
    stops = 0;
    recording.onListening(null);
    captions.clearLive();
  }
  showControls();
  if (state === "ended")
    $("ended").scrollIntoView({ block: "nearest" });
});

connection.addEventListener("full", () => toast(t("sound.full")));

// Controls

$("microphone").addEventListener("click", () => microphone.isOn ? microphone.stop() : microphone.start());

$("new").addEventListener("click", () => connection.send({ type: "new_session" }));

$("take-over").addEventListener("click", () => connection.send({ type: "take_over" }));

$("end").addEventListener("click", async () => {
  if (!await confirm($("end-dialog")))
    return;
  isEnding = microphone.isOn;
  microphone.stop();
  if (!isEnding)
    endRoom();
});

$("again").addEventListener("click", () => {
  captions.clear();
  sessionId = null;
  connection.lastExchange = 0;
  connection.open();
});

$("panel-toggle").addEventListener("click", () => {
  const isOpen = $("panels").classList.toggle("open");
  $("panel-toggle").setAttribute("aria-expanded", String(isOpen));
  captions.isPaused = isOpen; // new captions must not scroll the menu away
  if (isOpen)
    scrollTo({ top: 0, behavior: "instant" });
  else
    captions.goToEnd();
});

$("token-form").addEventListener("submit", () => {
  triedToken = true;
  setToken($("token").value.trim());
  $("token").value = "";
  connection.open();
});

function begin(room) {
  connection.options.room = room;
  rememberRoom(room);
  typed = new Typed(room, {
    canSend: () => {
      if (!isOwner)
        toast(t("typed.reading")); // and the text stays in the field
      return isOwner;
    },
    send: (text) => connection.isOpen && connection.send({ type: "text_input", text, speaker_id: SPEAKER }),
    onKept: () => toast(t("typed.kept")),
  });
  watchConnection(connection);
  showControls();
  connection.open();
}

ask("lessons").then((answer) => {
  for (const id of ["lessons-link", "start-lessons", "vocabulary-link", "start-vocabulary"])
    $(id).hidden = !answer.ok;
}).catch(() => {});

if (parameter("room"))
  begin(parameter("room"));
else
  showStart(begin);
performance.mark("ready");
