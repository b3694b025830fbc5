// SPDX-License-Identifier: LGPL-2.1-or-later
// Keeps the screen on while a page shows captions.
import { settings } from "./settings.js";

let lock = null;
let wanted = false;
let updated = Promise.resolve(); // one update after the other, or a second lock would stay for good

async function change() {
  const want = wanted && settings.keepAwake && !document.hidden;
  try {
    if (want && lock === null) {
      lock = await navigator.wakeLock.request("screen");
      lock.addEventListener("release", () => lock = null);
    } else if (!want && lock !== null) {
      await lock.release();
    }
  } catch {
    // Not in this browser, without HTTPS, or at a low battery.
  }
}

function update() {
  updated = updated.then(change);
}

/** Keeps the screen on, or lets it go dark. */
export function keepAwake(value) {
  wanted = value;
  update();
}

document.addEventListener("visibilitychange", update);
