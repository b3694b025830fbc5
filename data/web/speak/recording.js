// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether the sound is recorded: a mark, and a switch.
import { askJson } from "../common/access.js";
import { $, toast } from "../common/dialogs.js";
import { t } from "../common/strings.js";

export class Recording {
  #isOn = false; // for pipelines that start from now on
  #isRunning = false;
  #isListening = false;

  /** restart() begins the recording of a microphone that is on. */
  constructor(restart) {
    this.restart = restart;
    $("record").addEventListener("change", () => this.#set($("record").checked));
  }

  #show() {
    $("record").checked = this.#isOn;
    $("recording-mark").hidden = !this.#isRunning;
  }

  async load() {
    try {
      const status = await askJson("api/system/status");
      this.#isOn = status.recording_enabled === true;
      $("record-line").hidden = false;
    } catch {
      $("record-line").hidden = true;
    }
    this.#show();
  }

  async #set(enabled) {
    try {
      await askJson("api/system/recording", "POST", { enabled });
      this.#isOn = enabled;
      if (!enabled)
        this.#isRunning = false;
      else if (this.#isListening && !this.#isRunning)
        this.restart();
    } catch (error) {
      toast(t("recording.failed", { message: error.message }));
    }
    this.#show();
  }

  /** message: `listening_started`, or null when the server does not listen. */
  onListening(message) {
    this.#isListening = message !== null;
    this.#isRunning = message?.recording === true;
    this.#show();
  }
}
