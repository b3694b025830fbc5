// SPDX-License-Identifier: LGPL-2.1-or-later
// Toasts, the banner while there is no connection, and questions.
import { pageLanguage, t } from "./strings.js";

const TOAST_TIME = 8000;
const seconds = new Intl.NumberFormat(pageLanguage, { style: "unit", unit: "second" });

export const $ = (id) => document.getElementById(id);

/** Shows a message for some seconds. language: of the text, if it is not the page's. */
export function toast(text, language = "") {
  const line = document.createElement("p");
  line.textContent = text;
  line.dir = "auto";
  if (language)
    line.lang = language;
  const same = [...$("toasts").children].find((other) => other.textContent === text);
  same?.remove();
  $("toasts").append(line);
  setTimeout(() => line.remove(), TOAST_TIME);
}

/** Shows a text that stays until banner("") is called; it takes room, so nothing is below it. reason: the
 * server's, in language. */
export function banner(text, reason = "", language = "en") {
  if ($("banner-text").textContent !== text)
    $("banner-text").textContent = text;
  if ($("banner-reason").textContent !== reason)
    $("banner-reason").textContent = reason;
  $("banner-reason").lang = language;
  $("banner").hidden = text === "";
}

/** Says what the connection is doing, while it is not open. */
export function watchConnection(connection) {
  let since = performance.now();
  const show = () => {
    const state = connection.state;
    const wait = Math.max(0, Math.ceil((connection.retryAt - Date.now()) / 1000));
    document.body.dataset.connection = state;
    $("banner-wait").textContent = state === "lost" ? seconds.format(wait) : "";
    if (state === "lost")
      banner(t("connection.lost"), connection.reason, connection.reasonLanguage);
    else if (state === "connecting" && performance.now() - since > 1500)
      banner(t("connection.connecting"));
    else if (state === "impossible")
      banner(t("connection.impossible"), connection.reason, connection.reasonLanguage);
    else if (state !== "connecting")
      banner("");
    if (state === "open")
      since = performance.now();
  };
  connection.addEventListener("state", show);
  setInterval(() => ["lost", "connecting"].includes(connection.state) && show(), 1000);
  $("banner-retry").addEventListener("click", () => connection.open());
  show();
}

/** Asks a question of two answers in a <dialog> with buttons of the values yes and no. */
export function confirm(dialog) {
  return new Promise((resolve) => {
    dialog.returnValue = "no";
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    dialog.showModal();
  });
}

for (const dialog of document.querySelectorAll("dialog")) {
  for (const button of dialog.querySelectorAll("[data-close]"))
    button.addEventListener("click", () => dialog.close());
  // A click beside the dialog closes it, unless it must be answered.
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog && !dialog.hasAttribute("data-must"))
      dialog.close();
  });
  dialog.addEventListener("cancel", (event) => dialog.hasAttribute("data-must") && event.preventDefault());
}
for (const button of document.querySelectorAll("[data-open]"))
  button.addEventListener("click", () => $(button.dataset.open).showModal());
