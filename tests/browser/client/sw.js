// SPDX-License-Identifier: LGPL-2.1-or-later
"use strict";
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
