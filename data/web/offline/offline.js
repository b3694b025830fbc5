// SPDX-License-Identifier: LGPL-2.1-or-later
// The page that the service worker shows in place of another one, at the other one's address.
import "../common/strings.js";

document.getElementById("retry").addEventListener("click", () => location.reload());
addEventListener("online", () => location.reload());
