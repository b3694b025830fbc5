// SPDX-License-Identifier: LGPL-2.1-or-later
// The room, and the join code or token of this page; requests that carry them.

import { explain } from "./errors.js";

const parameters = new URLSearchParams(location.search);
// hablad may be behind a proxy that adds a prefix to its paths.
const base = new URL("../../", import.meta.url);

export const parameter = (name) => parameters.get(name);
export const isListenerPage = parameters.get("listen") === "1";

/** Returns the address of a path of the server, without a slash at its start. */
export function address(path) {
  return new URL(path, base);
}

function read(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    if (value === null)
      sessionStorage.removeItem(key);
    else
      sessionStorage.setItem(key, value);
  } catch {
    // Storage is switched off: lasts until the page is closed.
  }
}

// <audio> cannot send headers. The cookie ends with the browser, and no other site's request has it.
function setCookie(name, value, path = base.pathname, seconds = null) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const age = value === null ? "; Max-Age=0" : seconds === null ? "" : `; Max-Age=${seconds}`;
  document.cookie = `${name}=${encodeURIComponent(value ?? "")}; Path=${path}; SameSite=Strict${secure}${age}`;
}

/** A code as the server reads it, or null if this is none. */
export function parseCode(text) {
  const code = (text ?? "").replace(/[\s-]/g, "").toUpperCase();
  return /^[A-Z]{8}$/.test(code) ? code : null;
}

export const showCode = (code) => `${code.slice(0, 4)}-${code.slice(4)}`;

const codeKey = () => `habla-code:${parameters.get("room") ?? ""}`;
let token = read("habla-token");
let code = read(codeKey());

export const getToken = () => token;
export const getCode = () => code;

export function setToken(value) {
  token = value;
  write("habla-token", value);
  setCookie("habla-token", value);
}

/** For a year, for the pages of another client, which are below path. */
export function keepToken(path) {
  if (token !== null)
    setCookie("habla-token", token, path, 365 * 24 * 3600);
}

export function setCode(value) {
  code = value;
  write(codeKey(), value);
  setCookie("habla-code", value);
}

/** Before requests without headers: a page of another room may have replaced the cookie. */
export function renewCookie() {
  if (code !== null)
    setCookie("habla-code", code);
}

// A code or token in the address would be seen over the shoulder, and stay in the history.
const given = new URLSearchParams(location.hash.slice(1));
if (given.has("code") || given.has("token")) {
  if (parseCode(given.get("code")) !== null)
    setCode(parseCode(given.get("code")));
  if (given.get("token"))
    setToken(given.get("token"));
  history.replaceState(null, "", location.pathname + location.search);
} else {
  renewCookie();
}

/** Asks the server; the answer may be of any status. Throws TypeError if there is no connection. */
export function ask(path, options = {}) {
  const headers = new Headers(options.headers);
  if (code && (isListenerPage || !token))
    headers.set("Habla-Code", code);
  else if (token)
    headers.set("Authorization", `Bearer ${token}`);
  return fetch(address(path), { ...options, headers });
}

/** Makes an Error from the answer of a path, in the reader's language where possible. */
export function makeError(status, result) {
  const { text, language } = explain(result);
  return Object.assign(new Error(text), { status, language });
}

/** Asks for JSON. Throws an Error with the server's words if it refuses. */
export async function askJson(path, method = "GET", body = undefined) {
  const options = { method };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers = { "Content-Type": "application/json" };
  }
  const answer = await ask(path, options);
  const result = await answer.json().catch(() => ({}));
  if (!answer.ok)
    throw makeError(answer.status, { detail: answer.statusText, ...result });
  return result;
}

async function findTab() {
  const known = read("habla-tab");
  const fresh = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  // A duplicated tab has a copy of the id; only the original holds the lock.
  const isMine = (id) => new Promise((resolve) => {
    if (!navigator.locks)
      resolve(true);
    else
      navigator.locks.request(`habla-tab-${id}`, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock === null ? undefined : new Promise(() => {});
      });
  });
  const id = known !== null && await isMine(known) ? known : fresh;
  if (id === fresh)
    isMine(fresh);
  write("habla-tab", id);
  return id;
}

/** Returns the id of this tab: the same after a reload, another in each other tab. */
let tab = null;
export const getTab = () => tab ??= findTab();
