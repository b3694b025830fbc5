// SPDX-License-Identifier: LGPL-2.1-or-later
// The live page of a client that knows the first Habla's protocol, and nothing of tokens, rooms or tabs.
const TYPES = ["audio/webm;codecs=opus", "audio/webm", "audio/mp4", "audio/ogg;codecs=opus"];
const MERGE_TIME = 5 * 60 * 1000; // in ms

const element = (id) => document.getElementById(id);
let socket = null;
let recorder = null;
let session = 0;
let tries = 0;
let spool = []; // audio without a connection
const texts = []; // typed without a connection
const cards = []; // pending
let last = null; // {speaker, time, card}

window.received = {}; // how many messages of each type
window.confidences = [];

const isOpen = () => socket !== null && socket.readyState === WebSocket.OPEN;
const send = (message) => socket.send(JSON.stringify(message));

function addLine(list, text) {
  const item = document.createElement("li");
  item.textContent = text;
  element(list).append(item);
  return item;
}

function onFinal(message) {
  element("partial").textContent = "";
  const id = message.speaker?.id ?? null;
  const isSame = last !== null && last.speaker === id && Date.now() - last.time < MERGE_TIME;
  const card = isSame ? last.card : addLine("cards", "");
  const pending = document.createElement("p");
  pending.dataset.pending = "";
  pending.textContent = message.text;
  card.dataset.speaker = message.speaker?.custom_name ?? message.speaker?.label ?? "";
  card.append(pending);
  cards.push(pending);
  last = { speaker: id, time: Date.now(), card };
}

function onTranslation(message) {
  const card = cards.shift();
  delete card.dataset.pending;
  card.dataset.source = message.source;
  card.textContent = message.translated;
  window.confidences.push(message.confidence);
}

const handlers = {
  status(message) {
    session = message.session_id;
    element("state").textContent = message.pipeline_ready ? "ready" : "text only";
  },
  partial: (message) => element("partial").textContent = message.text,
  transcript_final: onFinal,
  translation: onTranslation,
  listening_started: () => element("state").textContent = "listening",
  listening_stopped() {
    recorder?.stop();
    recorder = null;
    element("state").textContent = "ready";
  },
  playback_started: (message) => element("progress").textContent = `0/${message.total_chunks}`,
  playback_progress: (message) => element("progress").textContent = `${message.chunk_index}/${message.total_chunks}`,
  playback_finished: () => element("progress").textContent += " finished",
  error: (message) => addLine("toasts", message.message),
};

function onMessage(event) {
  const message = JSON.parse(event.data);
  window.received[message.type] = (window.received[message.type] ?? 0) + 1;
  handlers[message.type]?.(message);
}

function connect() {
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/translate`);
  socket.onopen = async () => {
    tries = 0;
    send({ type: "toggle_direction", direction: "en_to_es" });
    send({ type: "set_mode", mode: "conversation" });
    if (recorder !== null)
      send({ type: "start_listening" });
    for (const text of texts.splice(0))
      send({ type: "text_input", text, speaker_id: "MANUAL" });
    for (const chunk of spool.splice(0))
      socket.send(chunk);
    window.systemStatus = await (await fetch("/api/system/status")).json();
  };
  socket.onmessage = onMessage;
  socket.onclose = () => {
    element("state").textContent = "closed";
    setTimeout(connect, Math.min(60000, 3000 * 2 ** tries++ * (0.1 + Math.random() * 0.1)));
  };
}

async function listen() {
  if (recorder !== null) {
    send({ type: "stop_listening" });
    recorder.stop(); // the last chunk comes after the message
    recorder = null;
    return;
  }
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  recorder = new MediaRecorder(stream, { mimeType: TYPES.find((type) => MediaRecorder.isTypeSupported(type)) });
  recorder.ondataavailable = (event) => isOpen() ? socket.send(event.data) : spool.push(event.data);
  send({ type: "start_listening" });
  recorder.start(1000);
}

element("listen").addEventListener("click", listen);
element("save").addEventListener("click", () =>
  fetch(`/api/sessions/${session}/save`, { method: "POST" }).then((answer) => answer.json()).then((answer) => window.saved = answer));
element("text").addEventListener("change", () => {
  const text = element("text").value;
  element("text").value = "";
  if (isOpen())
    send({ type: "text_input", text, speaker_id: "MANUAL" });
  else
    texts.push(text);
});
// For the test.
window.drop = () => socket.close();
window.getSession = () => session;
navigator.serviceWorker?.register("/sw.js").catch((problem) => addLine("toasts", problem));
connect();
