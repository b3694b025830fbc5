// SPDX-License-Identifier: LGPL-2.1-or-later
// The controls for theme, size of text and language of the page; any of them may be missing in a page.
import { $ } from "./dialogs.js";
import { change, settings } from "./settings.js";
import { nativeName, PAGE_LANGUAGES, pageLanguage } from "./strings.js";
import { keepAwake } from "./wake-lock.js";
import { fillLanguages } from "./captions.js";

for (const control of document.querySelectorAll("input[name=theme]")) {
  control.checked = control.value === settings.theme;
  control.addEventListener("change", () => change({ theme: control.value }));
}

if ($("text-size")) {
  $("text-size").value = settings.textSize;
  $("text-size").addEventListener("input", () => change({ textSize: Number($("text-size").value) }));
}

if ($("text-only")) {
  $("text-only").checked = settings.textOnly;
  $("text-only").addEventListener("change", () => change({ textOnly: $("text-only").checked }));
}

if ($("keep-awake")) {
  $("keep-awake").checked = settings.keepAwake;
  $("keep-awake").addEventListener("change", () => {
    change({ keepAwake: $("keep-awake").checked });
    keepAwake(true);
  });
}

if ($("page-language")) {
  fillLanguages($("page-language"), PAGE_LANGUAGES, pageLanguage, nativeName);
  $("page-language").addEventListener("change", () => {
    change({ pageLanguage: $("page-language").value });
    location.reload();
  });
}
