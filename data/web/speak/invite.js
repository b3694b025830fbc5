// SPDX-License-Identifier: LGPL-2.1-or-later
// How listeners get in: link, code, QR code; and how many they are.
import { address, ask, askJson, showCode } from "../common/access.js";
import { copyText } from "../common/copy.js";
import { $, toast } from "../common/dialogs.js";
import { nameOf, t } from "../common/strings.js";

export class Invite {
  #room = "";
  #join = null;
  #shown = ""; // address whose QR code is shown

  constructor() {
    $("copy-link").addEventListener("click", () => this.#copy());
    $("qr-button").addEventListener("click", () => this.#showFull());
    $("show-qr").addEventListener("click", () => this.#showFull());
    $("renew").addEventListener("click", () => this.#renew());
    $("qr-dialog").addEventListener("close", () => document.fullscreenElement && document.exitFullscreen());
  }

  /** join: {code, url} of the server, or undefined. */
  update(room, join) {
    const local = address("");
    this.#room = room;
    this.#join = join ?? null;
    local.search = new URLSearchParams({ room, listen: "1" });
    if (join?.code && !join.url)
      local.hash = `code=${join.code}`;
    this.url = join?.url ?? local.href;
    $("link").href = this.url;
    $("link").textContent = this.url.replace(/#.*/, "");
    $("invite-code").hidden = !join?.code;
    $("renew").hidden = !join?.code;
    $("code").textContent = join?.code ? showCode(join.code) : "";
    $("qr-code").textContent = $("code").textContent;
    $("qr-title").textContent = room;
    $("qr-link").textContent = $("link").textContent;
    $("invite-local").hidden = join === undefined || join === null || Boolean(join.url);
    for (const [id, path] of [["display-link", "display"], ["overlay-link", "overlay"]]) {
      const link = address(path);
      link.search = new URLSearchParams({ room });
      $(id).href = link;
    }
    this.#loadQr();
  }

  async #loadQr() {
    // Without an address for other machines, there is no QR code.
    if (!this.#join?.url || this.url === this.#shown)
      return;
    this.#shown = this.url;
    let image = "";
    try {
      const answer = await ask(`api/rooms/${encodeURIComponent(this.#room)}/qr.svg`);
      if (answer.ok)
        image = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(await answer.text())}`;
    } catch {
      this.#shown = ""; // at the next status again
    }
    for (const id of ["qr", "qr-large"]) {
      if (image !== "")
        $(id).src = image;
      $(id).alt = t("invite.alt", { link: $("link").textContent });
    }
    $("qr-button").hidden = image === "";
    $("show-qr").hidden = image === "";
  }

  async #showFull() {
    $("qr-dialog").showModal();
    await document.documentElement.requestFullscreen?.().catch(() => {});
  }

  async #copy() {
    toast(t(await copyText(this.url) ? "invite.copied" : "invite.not-copied"));
  }

  async #renew() {
    try {
      const { code, url } = await askJson(`api/rooms/${encodeURIComponent(this.#room)}/code`, "POST", {});
      this.#shown = "";
      this.update(this.#room, { code, url });
      toast(t("invite.renewed"));
    } catch (error) {
      toast(error.message, error.language);
    }
  }

  /** The class is over: no one listens. */
  end() {
    $("audience").hidden = true;
    $("audience-languages").hidden = true;
  }

  /** message: `audience`. */
  onAudience(message) {
    const languages = Object.entries(message.languages ?? {}).sort((a, b) => b[1] - a[1]);
    $("audience").hidden = false;
    $("audience").textContent = message.listeners;
    $("audience").title = t("invite.audience", { n: message.listeners });
    $("audience-languages").hidden = languages.length === 0;
    $("audience-languages").textContent = languages.map(([code, count]) => `${nameOf(code)} ${count}`).join(" · ");
  }
}
