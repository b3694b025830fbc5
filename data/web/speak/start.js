// SPDX-License-Identifier: LGPL-2.1-or-later
// The page without a room: which room to make, or to join.
import { address, parseCode } from "../common/access.js";
import { $ } from "../common/dialogs.js";
import { settings } from "../common/settings.js";
import { t } from "../common/strings.js";

const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";

/** Converts a typed name to a valid name of a room: ASCII letters, digits and - _ . only; may be "". */
export function makeRoomName(text) {
  return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").trim().replace(/\s+/g, "-")
    .replace(/[^A-Za-z0-9_.-]/g, "").replace(/^[-.]+|[-.]+$/g, "").slice(0, 64);
}

function makeUpName() {
  const random = crypto.getRandomValues(new Uint8Array(5));
  return `class-${Array.from(random, (byte) => LETTERS[byte % LETTERS.length]).join("")}`;
}

/** Shows the start page. onRoom(name) is called when the speaker has chosen. */
export function showStart(onRoom) {
  document.body.classList.add("choosing");
  $("start").hidden = false;
  $("start-rooms").replaceChildren(...settings.rooms.map((name) => new Option(name)));
  $("start-form").onsubmit = (event) => {
    event.preventDefault();
    const name = makeRoomName($("start-room").value);
    document.body.classList.remove("choosing");
    $("start").hidden = true;
    onRoom(name === "" || name === "latest" ? makeUpName() : name);
  };
  $("join-form").onsubmit = (event) => {
    event.preventDefault();
    const typed = $("join-code").value.trim();
    const code = parseCode(typed);
    const room = makeRoomName($("join-room").value);
    $("join-error").textContent = typed !== "" && code === null ? t("listen.code.wrong")
      : room === "" ? t("start.join.wrong") : "";
    if ($("join-error").textContent !== "")
      return;
    const url = address("");
    url.search = new URLSearchParams({ room, listen: "1" });
    url.hash = code === null ? "" : `code=${code}`;
    location.assign(url);
  };
  $("start-room").focus({ preventScroll: true });
}
