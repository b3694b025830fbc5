// SPDX-License-Identifier: LGPL-2.1-or-later
// The page of earlier lessons: #7 in its address shows lesson 7, #7/123 with exchange 123 first, and
// #bookmarks all bookmarks.
import { setToken } from "../common/access.js";
import { $, banner } from "../common/dialogs.js";
import { t } from "../common/strings.js";
import { Bookmarks } from "./bookmarks.js";
import { Lesson } from "./lesson.js";
import { List } from "./list.js";

let triedToken = false;

const list = new List(fail);
const lesson = new Lesson(fail);
const bookmarks = new Bookmarks(fail);

function fail(error) {
  if (error.status === 401) {
    $("token-error").textContent = triedToken ? t("token.wrong") : "";
    if (!$("token-dialog").open)
      $("token-dialog").showModal();
    return;
  }
  if (error.status === 404)
    banner(t("lessons.gone"));
  else
    banner(t("lessons.failed", { message: error.message }));
}

async function show() {
  const [, id, exchange] = /^#(\d+)(?:\/(\d+))?$/.exec(location.hash) ?? [];
  const isBookmarks = location.hash === "#bookmarks";
  const isList = id === undefined && !isBookmarks;
  const wasElsewhere = !$("lesson").hidden || !$("bookmarks").hidden;
  banner("");
  $("list").hidden = !isList;
  $("lesson").hidden = isList || isBookmarks;
  $("bookmarks").hidden = !isBookmarks;
  if (isBookmarks) {
    lesson.close();
    await bookmarks.load();
    $("bookmarks-title").focus();
    return;
  }
  if (!isList) {
    await lesson.open(id, exchange ?? "");
    return;
  }
  lesson.close();
  await list.load();
  if (wasElsewhere)
    $("search").focus();
}

$("token-form").addEventListener("submit", () => {
  triedToken = true;
  setToken($("token").value.trim());
  $("token").value = "";
  show();
});
$("banner-retry").addEventListener("click", show);
for (const id of ["back", "bookmarks-back"])
  $(id).addEventListener("click", (event) => {
    event.preventDefault();
    location.hash = "";
  });
addEventListener("hashchange", show);
show();
performance.mark("ready");
