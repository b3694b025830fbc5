// SPDX-License-Identifier: LGPL-2.1-or-later
// Keeps the screen on while a page shows captions.
import { settings } from "./settings.js";

let lock = null;
let wanted = false;

async function update() {
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

/** Keeps the screen on, or lets it go dark. */
export function keepAwake(value) {
  wanted = value;
  update();
}

document.addEventListener("visibilitychange", update);
