// SPDX-License-Identifier: LGPL-2.1-or-later
// The page of hablad. docs/protocol.md documents the messages.

const MIME_TYPES = ["audio/webm;codecs=opus", "audio/webm", "audio/mp4", "audio/ogg;codecs=opus"];
const DIRECTIONS = { es_to_en: ["es", "en"], en_to_es: ["en", "es"] };
const MAX_RECONNECTS = 20;
const MAX_CARDS = 500;
const MAX_SPOOL_BYTES = 50 * 1024 * 1024;
// In milliseconds
const MIN_RECONNECT_DELAY = 3000;
const MAX_RECONNECT_DELAY = 60000;
const PING_INTERVAL = 30000;
const CHUNK_TIME = 100; // adds to the latency of captions
const MAX_SPOOL_TIME = 10 * 60 * 1000;
const TOAST_TIME = 8000;
const POLICY_VIOLATION = 1008; // close code of WebSocket
const IMPOSSIBLE = 4422; // close code of hablad: not with these parameters

const parameters = new URLSearchParams(location.search);
const isListener = parameters.get("listen") === "1";
const $ = (id) => document.getElementById(id);

let socket = null;
let ready = false; // whether the server has sent its status
let attempts = 0;
let reconnectTimer = 0;
let direction = isListener ? null : localStorage.getItem("habla-direction"); // null: other languages
let source = ""; // code of the language that is spoken and typed
let target = ""; // code of the language that it is translated into
let wanted = isListener ? null : JSON.parse(localStorage.getItem("habla-languages")); // {source, target}
let pairs = []; // [source, target] that the server translates
let engines = {}; // by control: {chosen, available}; chosen is "" for the best one
let mode = isListener ? null : localStorage.getItem("habla-mode");
let language = parameters.get("language");
let sessionId = null;
let lastExchange = 0;
let canHear = false;
let recorder = null; // null while the microphone is off
let starting = false;
let texts = []; // typed while disconnected, to send later
let spool = []; // audio recorded while disconnected: {time, blob}
let spoolBytes = 0;
let spoolIsFull = false;
let listening = false; // whether the server transcribes
let overload = 0;
let pings = []; // times at which unanswered pings were sent

function nameOf(code) {
  try {
    const name = new Intl.DisplayNames([code], { type: "language" }).of(code);
    return name[0].toLocaleUpperCase(code) + name.slice(1);
  } catch {
    return code;
  }
}

function toast(text) {
  const line = document.createElement("p");
  line.textContent = text;
  $("toasts").append(line);
  setTimeout(() => line.remove(), TOAST_TIME);
}

function showState(state, text) {
  $("state").dataset.state = state;
  $("state").textContent = text;
}

function showConnected() {
  showState("open", overload > 2 ? "Busy: captions come late"
    : overload > 0 ? "Busy: whole sentences only" : listening ? "Listening" : "Connected");
}

function showControls() {
  const hearing = recorder !== null;
  $("direction").disabled = !ready || !(direction in DIRECTIONS || canTranslate(target, source));
  $("mode").disabled = !ready;
  $("new").disabled = !ready;
  $("language").disabled = !ready;
  $("source").disabled = !ready;
  $("target").disabled = !ready;
  $("transcriber").disabled = !ready;
  $("translator").disabled = !ready;
  $("microphone").disabled = !hearing && (!ready || !canHear || starting);
  $("microphone").setAttribute("aria-pressed", String(hearing));
  $("microphone-label").textContent = hearing ? "Stop microphone"
    : ready && !canHear ? "Speech is not recognised in this language here; type" : "Start microphone";
}

// Languages

function canTranslate(from, to) {
  return pairs.some((pair) => pair[0] === from && pair[1] === to);
}

function targetsOf(code) {
  return [...new Set(pairs.filter(([from]) => from === code).map(([, to]) => to))];
}

function showOptions(id, codes, selected) {
  $(id).replaceChildren(...codes.map((code) => new Option(nameOf(code), code, false, code === selected)));
}

function showLanguages() {
  if (source === "" || target === "")
    return;
  for (const [id, code] of [["from", source], ["to", target]]) {
    $(id).textContent = nameOf(code);
    $(id).lang = code;
  }
  $("text").lang = source;
  $("languages").hidden = pairs.length === 0;
  showOptions("source", [...new Set([source, ...pairs.map(([from]) => from)])], source);
  showOptions("target", [...new Set([target, ...targetsOf(source)])], target);
}

function setDirection(name) {
  direction = name;
  if (direction in DIRECTIONS)
    [source, target] = DIRECTIONS[direction];
  showLanguages();
}

function chooseLanguages(newSource, newTarget) {
  const targets = targetsOf(newSource);
  wanted = { source: newSource, target: targets.includes(newTarget) ? newTarget : targets[0] };
  localStorage.setItem("habla-languages", JSON.stringify(wanted));
  sendLanguages();
}

function sendLanguages() {
  send({ type: "set_languages", source_language: wanted.source, target_languages: [wanted.target] });
}

// Engines

function showEngines() {
  for (const [id, { chosen, available }] of Object.entries(engines)) {
    const automatic = new Option(`Automatic (${available[0] ?? "none"})`, "", false, chosen === "");
    $(id).replaceChildren(automatic, ...available.map((name) => new Option(name, name, false, name === chosen)));
    $(id).parentElement.hidden = available.length < 2;
  }
  $("advanced").hidden = Object.values(engines).every(({ available }) => available.length < 2);
}

// Cards: a transcript opens a card, a translation completes the oldest open one.

function isAtEnd() {
  return window.innerHeight + window.scrollY >= document.body.scrollHeight - 80;
}

function keepAtEnd(change) {
  const follow = isAtEnd();
  change();
  if (follow)
    window.scrollTo(0, document.body.scrollHeight);
}

function paragraph(kind, text) {
  const line = document.createElement("p");
  line.className = kind;
  line.textContent = text;
  return line;
}

function showLive(id, text) {
  keepAtEnd(() => {
    $(id).textContent = text;
    $("live").hidden = $("partial").textContent === "" && $("partial-translation").textContent === "";
  });
}

function clearLive() {
  showLive("partial", "");
  showLive("partial-translation", "");
}

function openCard(message) {
  const card = document.createElement("li");
  const meta = document.createElement("div");
  const speaker = message.speaker;
  const [from] = DIRECTIONS[message.direction] ?? [""];
  meta.className = "meta";
  meta.append(paragraph("speaker", speaker ? speaker.custom_name ?? speaker.label ?? "" : ""),
    paragraph("time", ""));
  if (speaker && /^#[0-9a-fA-F]{3,8}$/.test(speaker.color ?? ""))
    card.style.setProperty("--speaker", speaker.color);
  const source = paragraph("source", message.text);
  source.lang = from;
  card.append(meta, source, paragraph("translated pending", "…"));
  card.dataset.open = "";
  keepAtEnd(() => {
    clearLive();
    $("empty").hidden = true;
    $("cards").append(card);
    while ($("cards").children.length > MAX_CARDS)
      $("cards").firstElementChild.remove();
  });
  return card;
}

function fillCard(message) {
  const card = $("cards").querySelector("li[data-open]") ??
    openCard({ text: message.source, speaker: message.speaker });
  delete card.dataset.open;
  const line = card.querySelector(".translated");
  keepAtEnd(() => {
    line.classList.remove("pending");
    line.classList.toggle("failed", message.translated === "");
    line.textContent = message.translated === "" ? "Could not be translated" : message.translated;
    line.lang = message.translated === "" ? "en" : message.language ?? "";
    card.querySelector(".time").textContent =
      new Date(message.timestamp).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    if (message.translated === message.source)
      card.querySelector(".source").remove();
  });
  if (Number.isInteger(message.exchange_id))
    lastExchange = Math.max(lastExchange, message.exchange_id);
}

function clearCards() {
  $("cards").replaceChildren();
  $("empty").hidden = false;
  clearLive();
  lastExchange = 0;
}

// Messages from the server

function onStatus(message) {
  const first = !ready;
  canHear = message.pipeline_ready;
  if (message.source_language) {
    source = message.source_language;
    target = message.target_languages[0];
    pairs = message.available_languages.translated.map((pair) => pair.split(">"))
      .map((codes) => [codes[0], codes[codes.length - 1]]);
  }
  if (message.available_engines) {
    const { transcribers, translators } = message.available_engines;
    engines = {
      transcriber: { chosen: message.transcriber, available: transcribers },
      translator: { chosen: message.translator, available: translators },
    };
    showEngines();
  }
  if (sessionId !== null && sessionId !== message.session_id)
    clearCards();
  sessionId = message.session_id;
  if (first) {
    // The server sends open exchanges again, after the last complete one.
    for (const card of $("cards").querySelectorAll("li[data-open]"))
      card.remove();
    clearLive();
    ready = true;
    attempts = 0;
    listening = false;
    overload = 0;
    showConnected();
    if (!isListener)
      sendSettings(message);
  }
  if (!first || direction === null)
    setDirection(message.direction);
  if (isListener) {
    showOptions("language", message.languages ?? [], message.language);
  } else if (message.room) {
    const link = new URL(location.pathname, location.href);
    link.search = new URLSearchParams({ listen: "1", room: message.room });
    $("link").href = link;
    $("link").textContent = link;
  }
}

function onDirection(message) {
  setDirection(message.direction);
  if (!isListener && direction !== null)
    localStorage.setItem("habla-direction", direction);
}

function onMode(message) {
  mode = message.mode;
  $("mode").value = mode;
  if (!isListener)
    localStorage.setItem("habla-mode", mode);
}

const handlers = {
  status: onStatus,
  partial: (message) => showLive("partial", message.text),
  partial_translation: (message) => showLive("partial-translation", message.text),
  transcript_final: openCard,
  translation: fillCard,
  direction_changed: onDirection,
  mode_changed: onMode,
  session_reset: (message) => {
    sessionId = message.session_id;
    clearCards();
  },
  listening_started: () => {
    listening = true;
    showConnected();
  },
  listening_stopped: () => {
    listening = false;
    overload = 0;
    clearLive();
    showConnected();
  },
  overload: (message) => {
    overload = message.level;
    showConnected();
  },
  pong: () => {
    const sent = pings.shift();
    if (sent !== undefined)
      $("state").title = `Answers in ${Math.round(performance.now() - sent)} ms`;
  },
  error: (message) => {
    toast(message.message);
    showEngines(); // as before, if the choice was refused
  },
};

// The connection

function send(message) {
  socket.send(JSON.stringify(message));
}

function sendSettings(status) {
  if (wanted !== null && canTranslate(wanted.source, wanted.target))
    sendLanguages();
  else if (direction in DIRECTIONS)
    send({ type: "toggle_direction", direction });
  else
    onDirection(status);
  if (mode)
    send({ type: "set_mode", mode });
  else
    onMode(status);
  if (recorder !== null)
    send({ type: "start_listening" });
  sendQueue();
}

// Sends the texts and the audio from the time without a connection.
function sendQueue() {
  for (const text of texts)
    send({ type: "text_input", text, speaker_id: "MANUAL" });
  texts = [];
  for (const { blob } of spool)
    socket.send(blob);
  spool = [];
  spoolBytes = 0;
  spoolIsFull = false;
}

function connect() {
  const url = new URL("/ws/translate", location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  if (isListener) {
    url.searchParams.set("listen", "1");
    if (language)
      url.searchParams.set("language", language);
  }
  if (parameters.get("room") || isListener)
    url.searchParams.set("room", parameters.get("room") ?? "latest");
  if (lastExchange > 0)
    url.searchParams.set("since", lastExchange);

  clearTimeout(reconnectTimer);
  reconnectTimer = 0;
  showState("connecting", "Connecting…");
  pings = [];
  const opened = new WebSocket(url);
  socket = opened;
  opened.onopen = () => {
    const token = sessionStorage.getItem("habla-token");
    if (token)
      send({ type: "hello", token });
  };
  opened.onmessage = (event) => {
    const message = JSON.parse(event.data);
    handlers[message.type]?.(message);
    showControls();
  };
  opened.onclose = (event) => onClose(event);
}

function onClose(event) {
  socket = null;
  ready = false;
  showControls();
  if (event.code === POLICY_VIOLATION) {
    sessionStorage.removeItem("habla-token");
    showState("lost", "A token is needed");
    $("token-dialog").showModal();
    return;
  }
  if (event.code === IMPOSSIBLE && language) {
    language = null; // the language of the room instead
    connect();
    return;
  }
  if (event.code === IMPOSSIBLE || attempts >= MAX_RECONNECTS) {
    showState("lost", "Not connected; reload the page");
    return;
  }
  const delay = Math.min(MIN_RECONNECT_DELAY * 2 ** attempts, MAX_RECONNECT_DELAY) * (0.75 + Math.random() / 2);
  attempts++;
  showState("lost", `Not connected; next try in ${Math.ceil(Math.min(delay, MAX_RECONNECT_DELAY) / 1000)} s`);
  reconnectTimer = setTimeout(connect, Math.min(delay, MAX_RECONNECT_DELAY));
}

// The microphone

function spoolAudio(blob) {
  const now = Date.now();
  const isFull = spoolBytes + blob.size > MAX_SPOOL_BYTES ||
    (spool.length > 0 && now - spool[0].time > MAX_SPOOL_TIME);
  // The first chunk has the header, without which the others cannot be decoded.
  if (isFull && !spoolIsFull)
    toast("Not connected for too long; speech is no longer recorded");
  spoolIsFull = isFull;
  if (isFull)
    return;
  spool.push({ time: now, blob });
  spoolBytes += blob.size;
}

function onAudio(event) {
  if (event.data.size === 0)
    return;
  if (ready)
    socket.send(event.data);
  else
    spoolAudio(event.data);
}

async function startMicrophone() {
  starting = true;
  showControls();
  try {
    if (!navigator.mediaDevices)
      throw new Error("the address of this page must begin with https:// or be localhost");
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
    const mimeType = MIME_TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    const started = new MediaRecorder(stream, mimeType ? { mimeType } : {});
    started.ondataavailable = onAudio;
    started.onerror = () => stopMicrophone();
    started.onstop = () => {
      // This was the last chunk; a new recording may have started.
      for (const track of stream.getTracks())
        track.stop();
      if (ready && recorder === null)
        send({ type: "stop_listening" });
    };
    stream.getAudioTracks()[0].onended = () => stopMicrophone();
    recorder = started;
    if (ready)
      send({ type: "start_listening" });
    started.start(CHUNK_TIME);
  } catch (error) {
    toast(`The microphone cannot be used: ${error.message}`);
  }
  starting = false;
  showControls();
}

function stopMicrophone() {
  const stopped = recorder;
  recorder = null;
  if (stopped !== null && stopped.state !== "inactive")
    stopped.stop();
  showControls();
}

// Controls

$("microphone").onclick = () => recorder === null ? startMicrophone() : stopMicrophone();

$("direction").onclick = () => {
  if (direction in DIRECTIONS) {
    wanted = null;
    localStorage.removeItem("habla-languages");
    send({ type: "toggle_direction", direction: direction === "es_to_en" ? "en_to_es" : "es_to_en" });
  } else {
    chooseLanguages(target, source);
  }
};

$("source").onchange = () => chooseLanguages($("source").value, target);

$("target").onchange = () => chooseLanguages(source, $("target").value);

for (const id of ["transcriber", "translator"])
  $(id).onchange = () => send({ type: "set_engines", [id]: $(id).value });

$("mode").onchange = () => send({ type: "set_mode", mode: $("mode").value });

$("new").onclick = () => send({ type: "new_session" });

$("language").onchange = () => {
  language = $("language").value;
  send({ type: "set_language", language });
};

$("form").onsubmit = (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  $("text").value = "";
  if (text === "")
    return;
  if (ready) {
    send({ type: "text_input", text, speaker_id: "MANUAL" });
  } else {
    texts.push(text);
    toast("Not connected; the text will be sent later");
  }
};

$("token-form").onsubmit = () => {
  sessionStorage.setItem("habla-token", $("token").value.trim());
  $("token").value = "";
  attempts = 0;
  connect();
};
$("token-dialog").oncancel = (event) => event.preventDefault();

window.addEventListener("online", () => {
  if (reconnectTimer !== 0)
    connect();
});

setInterval(() => {
  if (!ready)
    return;
  pings.push(performance.now());
  send({ type: "ping" });
}, PING_INTERVAL);

document.body.classList.toggle("is-listener", isListener);
setDirection(direction);
showControls();
connect();
