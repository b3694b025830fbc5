// SPDX-License-Identifier: LGPL-2.1-or-later
// The page of words to learn: #review in its address reviews those that are due.
import { setToken } from "../common/access.js";
import { $, banner } from "../common/dialogs.js";
import { t } from "../common/strings.js";
import { List } from "./list.js";
import { Review } from "./review.js";

let triedToken = false;

const list = new List(fail);
const review = new Review(fail);

function fail(error) {
  if (error.status !== 401) {
    banner(t("lessons.failed", { message: error.message }));
    return;
  }
  $("token-error").textContent = triedToken ? t("token.wrong") : "";
  if (!$("token-dialog").open)
    $("token-dialog").showModal();
}

async function show() {
  const isReview = location.hash === "#review";
  const wasReview = !$("review").hidden;
  banner("");
  $("list").hidden = isReview;
  $("review").hidden = !isReview;
  if (isReview) {
    await review.begin();
    return;
  }
  review.end();
  await list.load();
  if (wasReview)
    $("search").focus();
}

$("token-form").addEventListener("submit", () => {
  triedToken = true;
  setToken($("token").value.trim());
  $("token").value = "";
  show();
});
$("banner-retry").addEventListener("click", show);
$("back").addEventListener("click", (event) => {
  event.preventDefault();
  location.hash = "";
});
addEventListener("hashchange", show);
show();
performance.mark("ready");
