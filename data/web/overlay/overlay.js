// SPDX-License-Identifier: LGPL-2.1-or-later
// Captions over a video, for OBS. It has no controls; the address says everything: room, language,
// position (bottom, top, middle), align (centre, start, end), size (in % of the height), width (in %
// of the width), lines, background (box, none), hide (seconds after which old text goes; 0: never).
import { parameter } from "../common/access.js";
import { Connection } from "../common/connection.js";
import { $ } from "../common/dialogs.js";
import { follow, Rolling } from "../display/rolling.js";

function number(name, initial, min, max) {
  const value = Number(parameter(name) ?? NaN);
  return Number.isFinite(value) ? Math.min(Math.max(value, min), max) : initial;
}

const root = document.documentElement;
for (const name of ["position", "align", "background"])
  if (/^[a-z]+$/.test(parameter(name) ?? ""))
    root.dataset[name] = parameter(name);
root.style.setProperty("--lines", number("lines", 2, 1, 6));
root.style.setProperty("--size", `${number("size", 5, 1, 20)}vh`);
root.style.setProperty("--width", `${number("width", 80, 10, 100)}vw`);

const connection = new Connection({
  room: parameter("room"), isListener: true, isScreen: true, language: parameter("language"),
});
const rolling = new Rolling($("caption"), { hideAfter: number("hide", 8, 0, 3600) });
follow(connection, rolling, () => {});
connection.addEventListener("state", () => {
  document.body.dataset.connection = connection.state;
});
connection.open();
