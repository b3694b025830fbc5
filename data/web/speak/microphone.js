// SPDX-License-Identifier: LGPL-2.1-or-later
// Records the microphone in small chunks, and says in words why it does not.
import { $ } from "../common/dialogs.js";
import { change, settings } from "../common/settings.js";
import { t } from "../common/strings.js";
import { Meter } from "./meter.js";

const MIME_TYPES = ["audio/webm;codecs=opus", "audio/webm", "audio/mp4", "audio/ogg;codecs=opus"];
const CHUNK_TIME = 100; // in milliseconds; adds to the latency of captions

/** The key of what to say about an error of getUserMedia(). */
function describe(error) {
  if (!navigator.mediaDevices)
    return "sound.insecure";
  return {
    NotAllowedError: "sound.denied",
    SecurityError: "sound.denied",
    NotFoundError: "sound.missing",
    OverconstrainedError: "sound.missing",
    NotReadableError: "sound.busy",
    AbortError: "sound.busy",
  }[error.name] ?? "sound.failed";
}

/**
 * Opens a second stream for the meter, without the browser's gain control, which hides that a
 * microphone is too loud. Only Chromium on computers is known to open a microphone twice; elsewhere,
 * returns the recorded stream.
 */
async function openForMeter(stream) {
  if (navigator.userAgentData?.mobile !== false)
    return stream;
  const { deviceId } = stream.getAudioTracks()[0].getSettings();
  const raw = { echoCancellation: false, autoGainControl: false, noiseSuppression: false };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: { ...raw, deviceId: { exact: deviceId } } });
  } catch {
    return stream;
  }
}

/** Calls onStart(), onChunk(blob), onStop() after the last chunk, and onChange() when the state changes. */
export class Microphone {
  isStarting = false;
  problem = ""; // what to say about it
  #recorder = null;
  #meter = new Meter($("meter"), (name) => this.#setProblem(name === "" ? "" : t(`sound.${name}`)));

  constructor(handlers) {
    Object.assign(this, handlers);
    $("device").addEventListener("change", () => {
      change({ microphone: $("device").value });
      if (this.isOn)
        this.restart();
    });
    navigator.mediaDevices?.addEventListener("devicechange", () => this.listDevices());
    this.listDevices();
  }

  get isOn() {
    return this.#recorder !== null;
  }

  #setProblem(text) {
    this.problem = text;
    this.onChange();
  }

  async listDevices() {
    const devices = await navigator.mediaDevices?.enumerateDevices().catch(() => []) ?? [];
    // Without permission, devices have no ids and no names.
    const inputs = devices.filter(({ kind, deviceId }) => kind === "audioinput" && deviceId !== "" && deviceId !== "default");
    const first = $("device").options[0];
    $("device").replaceChildren(first, ...inputs.map(({ deviceId, label }, index) =>
      new Option(label || t("sound.number", { n: index + 1 }), deviceId, false, deviceId === settings.microphone)));
    if (!inputs.some(({ deviceId }) => deviceId === settings.microphone))
      $("device").selectedIndex = 0;
  }

  async #open() {
    const audio = { channelCount: 1 };
    const wanted = settings.microphone;
    try {
      return await navigator.mediaDevices.getUserMedia({ audio: wanted ? { ...audio, deviceId: { exact: wanted } } : audio });
    } catch (error) {
      // The microphone of last time is not there: any other is better than none.
      if (wanted === "" || !["OverconstrainedError", "NotFoundError"].includes(error.name))
        throw error;
      return navigator.mediaDevices.getUserMedia({ audio });
    }
  }

  async start() {
    this.isStarting = true;
    this.#setProblem("");
    try {
      this.#record(await this.#open());
      this.listDevices();
    } catch (error) {
      this.#setProblem(t(describe(error), { message: error.message }));
    }
    this.isStarting = false;
    this.onChange();
  }

  #record(stream) {
    const mimeType = MIME_TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    const recorder = new MediaRecorder(stream, mimeType ? { mimeType } : {});
    const [track] = stream.getAudioTracks();
    recorder.ondataavailable = ({ data }) => data.size > 0 && this.onChunk(data);
    recorder.onerror = () => this.stop();
    recorder.onstop = () => {
      for (const each of stream.getTracks())
        each.stop();
      if (this.#recorder === null)
        this.onStop(); // this was the last chunk
    };
    track.onended = () => {
      if (this.#recorder !== recorder)
        return;
      this.stop();
      this.#setProblem(t("sound.unplugged"));
    };
    this.#recorder = recorder;
    this.onStart();
    recorder.start(CHUNK_TIME);
    this.#measure(recorder, stream);
  }

  async #measure(recorder, stream) {
    const measured = await openForMeter(stream);
    const stop = () => measured.getTracks().forEach((track) => track.stop());
    if (this.#recorder !== recorder)
      stop();
    else
      this.#meter.start(measured, stop);
  }

  stop() {
    const recorder = this.#recorder;
    this.#recorder = null;
    this.#meter.stop();
    if (recorder !== null && recorder.state !== "inactive")
      recorder.stop();
    this.onChange();
  }

  async restart() {
    this.stop();
    await this.start();
  }
}
