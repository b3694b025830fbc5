// SPDX-License-Identifier: LGPL-2.1-or-later
// Audio of the time without a connection, to send later.

const MAX_BYTES = 50 * 1024 * 1024;
const MAX_TIME = 10 * 60 * 1000; // in milliseconds

export class Spool {
  #chunks = []; // {time, blob}
  #bytes = 0;
  #isFull = false;

  /** onFull is called once when the spool cannot take more. */
  constructor(onFull) {
    this.onFull = onFull;
  }

  get length() {
    return this.#chunks.length;
  }

  /** Keeps a chunk. The first one has the header of the container, so the first ones stay. */
  add(blob, now = Date.now()) {
    const isFull = this.#bytes + blob.size > MAX_BYTES ||
      (this.#chunks.length > 0 && now - this.#chunks[0].time > MAX_TIME);
    if (isFull && !this.#isFull)
      this.onFull();
    this.#isFull = isFull;
    if (isFull)
      return;
    this.#chunks.push({ time: now, blob });
    this.#bytes += blob.size;
  }

  /** Returns all chunks in order, and forgets them. */
  take() {
    const blobs = this.#chunks.map(({ blob }) => blob);
    this.clear();
    return blobs;
  }

  clear() {
    this.#chunks = [];
    this.#bytes = 0;
    this.#isFull = false;
  }
}
