// SPDX-License-Identifier: LGPL-2.1-or-later
// The projector view: a few large lines; the controls are there only while the mouse moves.
import { parameter } from "../common/access.js";
import { fillLanguages } from "../common/captions.js";
import { Connection } from "../common/connection.js";
import { $, watchConnection } from "../common/dialogs.js";
import { nativeName, t } from "../common/strings.js";
import { keepAwake } from "../common/wake-lock.js";
import { follow, Rolling } from "./rolling.js";

const STILL_TIME = 3000; // in milliseconds
const MIN_SIZE = 0.5;
const MAX_SIZE = 2;

const connection = new Connection({
  room: parameter("room"), isListener: true, isScreen: true, language: parameter("language"),
});
const rolling = new Rolling($("caption"));
let lines = Math.min(Math.max(Number(parameter("lines")) || 3, 2), 6);
let size = Math.min(Math.max(Number(parameter("size")) || 1, MIN_SIZE), MAX_SIZE);
let stillTimer = 0;

function show() {
  const state = connection.state;
  const key = { waiting: "listen.waiting", ended: "listen.ended", code: "state.code" }[state] ??
    (rolling.isEmpty ? "display.empty" : "");
  document.body.style.setProperty("--lines", lines);
  document.body.style.setProperty("--size", size);
  $("lines").value = lines;
  $("message").hidden = key === "";
  $("message").textContent = key === "" ? "" : t(key);
  $("caption").hidden = key !== "";
  $("language").disabled = state !== "open";
}

/** Keeps a choice in the address, which can be bookmarked. */
function keep(name, value) {
  const url = new URL(location.href);
  url.searchParams.set(name, value);
  history.replaceState(null, "", url);
}

function setSize(change) {
  size = Math.min(Math.max(size * change, MIN_SIZE), MAX_SIZE);
  keep("size", size.toFixed(2));
  show();
}

function onMove() {
  document.body.classList.remove("still");
  clearTimeout(stillTimer);
  stillTimer = setTimeout(() => document.body.classList.add("still"), STILL_TIME);
}

follow(connection, rolling, (message) => {
  document.title = `${message.room ?? ""} – ${t("display.title")}`;
  fillLanguages($("language"), message.languages ?? [], message.language, nativeName);
});
connection.addEventListener("message", show);
connection.addEventListener("state", () => {
  keepAwake(true);
  show();
});

$("language").addEventListener("change", () => {
  connection.options.language = $("language").value;
  keep("language", $("language").value);
  connection.send({ type: "set_language", language: $("language").value });
});
$("lines").addEventListener("change", () => {
  lines = Number($("lines").value);
  keep("lines", lines);
  show();
});
$("larger").addEventListener("click", () => setSize(1.15));
$("smaller").addEventListener("click", () => setSize(1 / 1.15));
$("full").addEventListener("click", () =>
  document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());
for (const name of ["mousemove", "touchstart", "keydown"])
  addEventListener(name, onMove, { passive: true });

onMove();
watchConnection(connection);
show();
connection.open();
