// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs before the first paint, so that no page flashes in the wrong colours or size. No module.
"use strict";
(() => {
  const root = document.documentElement;
  let settings = {};
  try {
    settings = JSON.parse(localStorage.getItem("habla-settings")) ?? {};
  } catch {
    // Storage is switched off, or damaged: the defaults.
  }
  if (["light", "dark", "contrast"].includes(settings.theme))
    root.dataset.theme = settings.theme;
  if (settings.textSize >= 1 && settings.textSize <= 3)
    root.style.setProperty("--text-size", settings.textSize);
  if (settings.textOnly)
    root.dataset.show = "translation";
})();
