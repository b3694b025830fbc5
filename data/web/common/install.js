// SPDX-License-Identifier: LGPL-2.1-or-later
// Registers the service worker. Only at https:// with a certificate that the browser trusts, or at localhost.
import { address } from "./access.js";

navigator.serviceWorker?.register(address("sw.js"), { scope: address("").pathname }).catch(() => {});
