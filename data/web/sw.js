// SPDX-License-Identifier: LGPL-2.1-or-later
// The service worker: a page that says so when there is no connection. It keeps nothing else: pages
// and answers always come from the server.
"use strict";

const CACHE = "habla-offline-1";
const PAGE = "offline";
const FILES = [
  PAGE,
  "static/common/boot.js",
  "static/common/settings.js",
  "static/common/strings.js",
  "static/common/style.css",
  "static/common/themes.css",
  "static/icons/icon.svg",
  "static/offline/offline.js",
  ...["ar", "de", "en", "es", "fr", "pt"].map((code) => `static/strings/${code}.json`),
];
const address = (path) => new URL(path, registration.scope).href;
const kept = new Set(FILES.map(address));

addEventListener("install", (event) => {
  const load = async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll(FILES.map((path) => new Request(address(path), { cache: "reload" })));
    await skipWaiting();
  };
  event.waitUntil(load());
});

addEventListener("activate", (event) => {
  const clean = async () => {
    for (const name of await caches.keys())
      if (name.startsWith("habla-") && name !== CACHE)
        await caches.delete(name);
    await clients.claim();
  };
  event.waitUntil(clean());
});

async function fetchOr(request, path) {
  try {
    return await fetch(request);
  } catch (error) {
    const found = await (await caches.open(CACHE)).match(path);
    if (found)
      return found;
    throw error;
  }
}

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET")
    return;
  if (request.mode === "navigate")
    event.respondWith(fetchOr(request, address(PAGE)));
  else if (kept.has(request.url))
    event.respondWith(fetchOr(request, request.url));
});
