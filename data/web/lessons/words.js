// SPDX-License-Identifier: LGPL-2.1-or-later
// How lessons, times and speakers are written.
import { pageLanguage, t } from "../common/strings.js";

const day = new Intl.DateTimeFormat(pageLanguage, { dateStyle: "full", timeStyle: "short" });

export const nameOfLesson = (lesson) => lesson.title ?? lesson.room;

/** Returns when and where a lesson was, and how much was said. */
export function describeLesson(lesson) {
  const parts = [day.format(new Date(lesson.started_at)), t("lessons.sentences", { n: lesson.exchange_count })];
  if (lesson.title)
    parts.splice(1, 0, lesson.room);
  return parts.join(" · ");
}

/** The name of a speaker; those that the server makes up are in the language of the page. */
export function nameOfSpeaker(speaker) {
  const number = /^Speaker (\d+)$/.exec(speaker?.auto_label ?? "");
  if (speaker?.custom_name)
    return speaker.custom_name;
  if (speaker?.id === "MANUAL")
    return t("captions.typed");
  return number ? t("captions.speaker", { n: Number(number[1]) }) : speaker?.auto_label ?? "";
}

/** Returns 1:02:03 of milliseconds. */
export function clock(time) {
  const seconds = Math.max(0, Math.floor(time / 1000));
  const pad = (value) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}
