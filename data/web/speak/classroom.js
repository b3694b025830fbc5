// SPDX-License-Identifier: LGPL-2.1-or-later
// The switch of classroom mode, in which the server corrects errors of learners.
import { $ } from "../common/dialogs.js";
import { change, settings } from "../common/settings.js";

export class Classroom {
  /** send(message) sends to the server. */
  constructor(send) {
    this.send = send;
    $("classroom").addEventListener("change", () => {
      change({ mode: $("classroom").checked ? "classroom" : "conversation" });
      this.#sendChoice();
    });
  }

  #sendChoice() {
    this.send({ type: "set_mode", mode: settings.mode });
  }

  /** mode: that of the room */
  onMode(mode) {
    this.mode = mode;
    $("classroom").checked = mode === "classroom";
  }

  /** Asks for the mode of last time. */
  restore() {
    if (settings.mode !== "" && settings.mode !== this.mode)
      this.#sendChoice();
  }
}
