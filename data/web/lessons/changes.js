// SPDX-License-Identifier: LGPL-2.1-or-later
// Renames and deletes lessons, after a question.
import { askJson } from "../common/access.js";
import { $, confirm, toast } from "../common/dialogs.js";
import { t } from "../common/strings.js";
import { nameOfLesson } from "./words.js";

async function change(path, method, body) {
  try {
    return await askJson(path, method, body);
  } catch (error) {
    toast(t("lessons.failed", { message: error.message }));
    return null;
  }
}

/** Asks for a name, and gives it to the lesson. Returns whether it has changed. */
export async function renameLesson(lesson) {
  $("name").value = lesson.title ?? "";
  $("name").placeholder = lesson.room;
  if (!await confirm($("rename-dialog")))
    return false;
  const title = $("name").value.trim();
  if (await change(`api/sessions/${lesson.id}/save`, "POST", { title }) === null)
    return false;
  lesson.title = title || null;
  return true;
}

/** Asks, and deletes the lesson with its recording. Returns whether it is gone. */
export async function deleteLesson(lesson) {
  $("delete-name").textContent = nameOfLesson(lesson);
  if (!await confirm($("delete-dialog")))
    return false;
  const answer = await change(`api/sessions/${lesson.id}`, "DELETE");
  if (answer === null)
    return false;
  toast(t(answer.kept_recordings > 0 ? "lessons.kept" : "lessons.deleted"));
  return true;
}
