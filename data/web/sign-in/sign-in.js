// SPDX-License-Identifier: LGPL-2.1-or-later
// Gives this browser the token for a client that knows of none, and opens it: ?to=.. is the client's address,
// relative to Habla's own pages.
import { address, askJson, getToken, keepToken, parameter, setToken } from "../common/access.js";
import { t } from "../common/strings.js";

const form = document.getElementById("form");
const field = document.getElementById("token");
const error = document.getElementById("error");

function findClient() {
  const url = new URL(parameter("to") ?? "./", address(""));
  return url.origin === location.origin ? url : address("");
}

async function enter() {
  try {
    await askJson("api/system/status");
  } catch (problem) {
    error.textContent = getToken() === null ? "" : problem.status === 401 ? t("token.wrong") : problem.message;
    setToken(null);
    form.hidden = false;
    field.focus();
    return;
  }
  const client = findClient();
  keepToken(client.pathname);
  location.replace(client);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  setToken(field.value.trim());
  enter();
});
enter();
