// SPDX-License-Identifier: LGPL-2.1-or-later
// Measures the level of the microphone, and detects silence and clipping.

const INTERVAL = 100; // in milliseconds
const SILENCE_TIME = 5000;
const LOUD_TIME = 3000; // how long the hint stays after the last overdriven moment
const SILENCE = 0.004; // -48 dBFS, above the noise of a microphone and below speech
const CLIPPING = 0.985;
const LOUD_COUNT = 3; // intervals that clip, within LOUD_TIME, before it is said
const FLOOR = -60; // dBFS at which the meter is empty

export class Meter {
  #context = null;
  #onStop = () => {};
  #timer = 0;
  #lastSound = 0;
  #clipped = [];
  #problem = "";

  /** bar: the element that grows. onProblem(name) is called with "silent", "loud" or "" when it changes. */
  constructor(bar, onProblem) {
    this.bar = bar;
    this.onProblem = onProblem;
  }

  /** onStop() is called when the stream is no longer measured. */
  start(stream, onStop) {
    this.stop();
    this.#onStop = onStop;
    const Context = window.AudioContext ?? window.webkitAudioContext;
    if (!Context)
      return;
    this.#context = new Context();
    this.#context.resume?.().catch(() => {});
    const analyser = this.#context.createAnalyser();
    analyser.fftSize = 8192; // longer than the interval, so that no peak is missed
    this.#context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.#lastSound = performance.now();
    this.#clipped = [];
    this.#timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      this.#take(samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0));
    }, INTERVAL);
  }

  stop() {
    clearInterval(this.#timer);
    this.#context?.close();
    this.#context = null;
    this.#onStop();
    this.#onStop = () => {};
    this.bar.style.transform = "";
    this.#report("");
  }

  #take(peak) {
    const now = performance.now();
    const level = Math.max(0, Math.min(1, 1 - 20 * Math.log10(Math.max(peak, 1e-6)) / FLOOR));
    this.bar.style.transform = `scaleX(${level.toFixed(3)})`;
    // A context that does not run measures nothing.
    if (peak > SILENCE || this.#context.state !== "running")
      this.#lastSound = now;
    if (peak > CLIPPING)
      this.#clipped.push(now);
    this.#clipped = this.#clipped.filter((time) => now - time < LOUD_TIME);
    this.#report(now - this.#lastSound > SILENCE_TIME ? "silent" : this.#clipped.length >= LOUD_COUNT ? "loud" : "");
  }

  #report(problem) {
    if (problem === this.#problem)
      return;
    this.#problem = problem;
    this.onProblem(problem);
  }
}
