// SPDX-License-Identifier: LGPL-2.1-or-later
// Settings that are kept on this device. boot.js applies some of them before the first paint.

const KEY = "habla-settings";
const DEFAULTS = {
  theme: "system", // or light, dark, contrast
  textSize: 1, // 1 to 3 times the normal size
  textOnly: false, // show the translation only, without the source text
  keepAwake: true,
  pageLanguage: "", // of buttons and messages; "" for the browser's
  language: "", // that a listener reads
  source: "", // that a speaker speaks
  targets: [], // that a speaker translates into
  offersAll: true, // whether listeners may choose other languages, too
  mode: "", // that a speaker chose: conversation or classroom; "" for the server's
  detects: false, // whether the server detects which language a speaker speaks
  microphone: "", // id of the device; "" for the browser's default
  rooms: [], // names, the latest first
};

function read() {
  try {
    return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(KEY)) };
  } catch {
    return { ...DEFAULTS };
  }
}

export const settings = read();

/** Changes settings, keeps them on the device, and shows the page accordingly. */
export function change(changes) {
  Object.assign(settings, changes);
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // Storage is switched off: they last until the page is closed.
  }
  apply();
}

export function apply() {
  const root = document.documentElement;
  if (settings.theme === "system")
    delete root.dataset.theme;
  else
    root.dataset.theme = settings.theme;
  if (settings.textOnly)
    root.dataset.show = "translation";
  else
    delete root.dataset.show;
  root.style.setProperty("--text-size", settings.textSize);
}

/** Remembers the name of a room, which the start page then offers. */
export function rememberRoom(name) {
  change({ rooms: [name, ...settings.rooms.filter((other) => other !== name)].slice(0, 5) });
}
