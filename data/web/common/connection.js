// SPDX-License-Identifier: LGPL-2.1-or-later
// The WebSocket of a room: hello, reconnection, and a deadline for answers. docs/protocol.md has the messages.
import { address, getCode, getTab, getToken, setCode, setToken } from "./access.js";
import { explain } from "./errors.js";
import { Spool } from "./spool.js";

// In milliseconds
const MIN_DELAY = 1000;
const MAX_DELAY = 30000;
const PING_INTERVAL = 15000;
const BUSY_PING_INTERVAL = 2000; // while audio is sent: the maximum loss on a half-open connection
const PONG_TIMEOUT = 6000;
const HELLO_TIMEOUT = 15000;
const POLICY_VIOLATION = 1008; // close codes
const NORMAL = 1000;
const GOING_AWAY = 1001;
const IMPOSSIBLE = 4422;

/**
 * Emits `message` (CustomEvent whose detail is the server's message), `state` and `full` (the spool is).
 *
 * state: connecting, open, waiting (for the speaker), lost, code (a code is needed), token,
 * impossible (not with these parameters) or ended.
 */
export class Connection extends EventTarget {
  state = "connecting";
  retryAt = 0; // time of the next attempt, in ms since 1970; 0: no attempt is planned
  roundTrip = 0; // in ms, of the last ping
  reason = ""; // why the server refused
  reasonLanguage = "en";
  lastExchange = 0;
  isSendingAudio = false;
  codeProblem = ""; // missing, wrong or renewed, in state code
  #socket = null;
  #attempts = 0; // without success
  #attempt = 0; // number of the newest one
  #timer = 0;
  #pings = []; // times of unanswered pings
  #lastPing = 0;
  #isAdmitted = false;
  #replayed = []; // functions to call when the server has sent what this page missed
  #spool = new Spool(() => this.dispatchEvent(new Event("full")));

  /** options: room, isListener, isScreen (no person reads, or many) and language, which may be null. */
  constructor(options) {
    super();
    this.options = options;
    setInterval(() => this.#check(), 1000);
    addEventListener("online", () => this.hurry());
    addEventListener("pagehide", (event) => event.persisted && this.#leave());
    addEventListener("pageshow", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
  }

  get isOpen() {
    return this.state === "open";
  }

  async #url() {
    const { room, isListener, isScreen, language } = this.options;
    const url = address("ws/translate");
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    if (room || isListener)
      url.searchParams.set("room", room || "latest");
    if (isListener) {
      url.searchParams.set("listen", "1");
      url.searchParams.set("wait", "1");
      if (isScreen)
        url.searchParams.set("screen", "1");
      if (language)
        url.searchParams.set("language", language);
    } else {
      url.searchParams.set("tab", await getTab());
    }
    url.searchParams.set("since", this.lastExchange);
    return url;
  }

  #setState(state) {
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }

  #setReason(error) {
    const { text, language } = explain(error);
    this.reason = text;
    this.reasonLanguage = language;
  }

  async open() {
    this.close();
    this.#setState("connecting");
    this.reason = "";
    this.#lastPing = performance.now();
    const attempt = ++this.#attempt;
    const url = await this.#url();
    if (attempt !== this.#attempt)
      return;
    const socket = this.#socket = new WebSocket(url);
    const current = () => this.#socket === socket;
    this.#pings = [];
    this.#replayed = [];
    this.#isAdmitted = false;
    socket.onopen = () => {
      const code = getCode();
      // A wrong token counts against everybody behind the same address; a listener needs none.
      const token = this.options.isListener && code ? null : getToken();
      if (!current() || !(token || code))
        return;
      this.send({ type: "hello", ...(token ? { token } : {}), ...(code ? { code } : {}) });
      this.#ping(); // whose answer says that the server took the code
    };
    socket.onmessage = (event) => current() && this.#onMessage(JSON.parse(event.data));
    socket.onclose = (event) => current() && this.#onClose(event.code, event.reason);
  }

  /** Closes the connection for good, or until open(). */
  close() {
    this.#attempt++;
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.retryAt = 0;
    const socket = this.#socket;
    this.#socket = null; // so that its events are ignored
    socket?.close();
  }

  /**
   * A page that the browser keeps for its back button would keep its socket, too, and the speaker would
   * count a listener who has gone.
   */
  #leave() {
    if (!this.isOpen && this.state !== "waiting" && this.state !== "connecting")
      return;
    this.close();
    this.retryAt = Date.now(); // hurry() opens it when the page is shown again
    this.#setState("lost");
  }

  /** The network may be back, or the device was asleep: do not wait for the next attempt or ping. */
  hurry() {
    if (this.state === "lost" && this.retryAt > 0)
      this.open();
    else if (this.isOpen || this.state === "waiting")
      this.#ping();
  }

  send(message) {
    if (this.#socket?.readyState !== WebSocket.OPEN)
      return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** Sends audio, or keeps it until there is a connection again. */
  sendAudio(blob) {
    if (this.isOpen)
      this.#socket.send(blob);
    // After an unanswered ping, the connection may be dead: keep a copy.
    if (!this.isOpen || this.#pings.length > 0)
      this.#spool.add(blob);
  }

  /** Sends the audio from the time without a connection. */
  flushAudio() {
    for (const blob of this.#spool.take())
      this.#socket.send(blob);
  }

  dropAudio() {
    this.#spool.clear();
  }

  /** Calls a function when everything that the server had to send after its status has arrived. */
  whenReplayed(callback) {
    this.#replayed.push({ callback, time: performance.now() });
    this.#ping();
  }

  #ping() {
    this.#lastPing = performance.now();
    if (this.send({ type: "ping" }))
      this.#pings.push(this.#lastPing);
  }

  #check() {
    const now = performance.now();
    if (this.state === "connecting" && now - this.#lastPing > HELLO_TIMEOUT)
      this.#lose();
    if (!this.isOpen && this.state !== "waiting")
      return;
    if (this.#pings.length > 0 && now - this.#pings[0] > PONG_TIMEOUT)
      this.#lose();
    else if (now - this.#lastPing >= (this.isSendingAudio ? BUSY_PING_INTERVAL : PING_INTERVAL) - 500)
      this.#ping();
  }

  #onPong() {
    const now = performance.now();
    const sent = this.#pings.shift();
    if (sent === undefined)
      return;
    this.roundTrip = now - sent;
    this.#isAdmitted = true;
    if (this.isOpen && this.#pings.length === 0)
      this.#spool.clear();
    const done = this.#replayed.filter(({ time }) => time <= sent);
    this.#replayed = this.#replayed.filter(({ time }) => time > sent);
    for (const { callback } of done)
      callback();
  }

  #onMessage(message) {
    if (message.type === "pong")
      this.#onPong();
    else if (message.type === "error" && !this.isOpen)
      this.#setReason(message);
    const isFirst = message.type === "status" && !this.isOpen;
    if (isFirst)
      this.#attempts = 0;
    if (Number.isInteger(message.exchange_id) && message.type === "translation")
      this.lastExchange = Math.max(this.lastExchange, message.exchange_id);
    if (message.type === "status" || message.type === "waiting" || message.type === "room_ended") {
      const state = { status: "open", waiting: "waiting", room_ended: "ended" }[message.type];
      this.isFirstStatus = isFirst;
      this.dispatchEvent(new CustomEvent("message", { detail: message }));
      if (state !== this.state)
        this.#setState(state);
      return;
    }
    this.dispatchEvent(new CustomEvent("message", { detail: message }));
  }

  #lose() {
    this.close();
    this.#retry();
  }

  #retry() {
    const delay = Math.min(MIN_DELAY * 2 ** this.#attempts, MAX_DELAY) * (0.75 + Math.random() / 2);
    this.#attempts++;
    this.retryAt = Date.now() + delay;
    this.#timer = setTimeout(() => this.open(), delay);
    this.#setState("lost");
  }

  #onClose(code, reason) {
    this.#socket = null;
    if (this.reason === "")
      this.#setReason({ code: code === GOING_AWAY ? "shutting-down" : null, message: reason });
    if (this.state === "ended" && code === NORMAL)
      return;
    // The speaker can renew the code; then those who joined with the old one must ask again.
    if (code === POLICY_VIOLATION && (!this.isOpen || (this.options.isListener && getCode()))) {
      this.codeProblem = getCode() === null ? "missing" : this.#isAdmitted ? "renewed" : "wrong";
      if (getToken())
        setToken(null);
      if (getCode())
        setCode(null);
      this.#setState(this.options.isListener ? "code" : "token");
    } else if (code === IMPOSSIBLE && this.options.language) {
      this.options.language = null; // the page then offers those that there are
      this.open();
    } else if (code === IMPOSSIBLE) {
      this.#setState("impossible");
    } else {
      this.#retry();
    }
  }
}
