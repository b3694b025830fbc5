// SPDX-License-Identifier: LGPL-2.1-or-later
// Copies and downloads the transcript of the server, or of this page after the room has ended.
import { ask } from "../common/access.js";
import { copyText } from "../common/copy.js";
import { $ } from "../common/dialogs.js";
import { t } from "../common/strings.js";

const TYPES = { txt: "text/plain", srt: "application/x-subrip", vtt: "text/vtt" };
const MAX_LINE = 42; // characters, as subtitles have them
const MIN_TIME = 1; // of a cue, in seconds

function lines(text) {
  const made = [];
  for (const word of text.split(/\s+/))
    if (made.length > 0 && `${made.at(-1)} ${word}`.length <= MAX_LINE)
      made[made.length - 1] += ` ${word}`;
    else
      made.push(word);
  return made;
}

/** Cues of at most two lines: {begin, end, text}, in seconds. */
export function makeCues(entries) {
  const first = entries[0]?.time ?? 0;
  return entries.flatMap((entry) => {
    const begin = entry.begin ?? (entry.time - first) / 1000;
    const end = Math.max(entry.end ?? 0, begin + MIN_TIME);
    const broken = lines(entry.translated || entry.source);
    const count = Math.ceil(broken.length / 2);
    return Array.from({ length: count }, (_, index) => ({
      begin: begin + (end - begin) * index / count,
      end: begin + (end - begin) * (index + 1) / count,
      text: broken.slice(index * 2, index * 2 + 2).join("\n"),
    }));
  });
}

function clock(seconds, separator) {
  const ms = Math.round(seconds * 1000);
  const pad = (value, length) => String(Math.floor(value)).padStart(length, "0");
  return `${pad(ms / 3600000, 2)}:${pad(ms / 60000 % 60, 2)}:${pad(ms / 1000 % 60, 2)}${separator}${pad(ms % 1000, 3)}`;
}

export function format(entries, name) {
  if (name === "txt")
    return entries.map((entry) => `${entry.translated || entry.source}\n`).join("");
  const separator = name === "srt" ? "," : ".";
  const cues = makeCues(entries).map(({ begin, end, text }, index) =>
    `${name === "srt" ? `${index + 1}\n` : ""}${clock(begin, separator)} --> ${clock(end, separator)}\n${text}\n`);
  return `${name === "vtt" ? "WEBVTT\n\n" : ""}${cues.join("\n")}`;
}

async function fetchTranscript(name, { room, language }) {
  const query = new URLSearchParams({ format: name, language });
  const answer = await ask(`api/rooms/${encodeURIComponent(room)}/transcript?${query}`);
  if (!answer.ok)
    throw new Error(answer.statusText);
  return answer.text();
}

function download(text, file, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

/** captions: those of the page. describe() returns {room, language}. */
export function setUpSave(captions, describe) {
  const get = async (name) => {
    try {
      return await fetchTranscript(name, describe());
    } catch {
      return format(captions.entries, name);
    }
  };
  $("save-dialog").addEventListener("close", () => $("save-result").textContent = "");
  $("copy").addEventListener("click", async () => {
    const isCopied = await copyText(get("txt"));
    $("save-result").textContent = t(isCopied ? "save.copied" : "save.not-copied");
  });
  for (const button of document.querySelectorAll("[data-format]"))
    button.addEventListener("click", async () => {
      const name = button.dataset.format;
      const { room, language } = describe();
      download(await get(name), `${room || "habla"}-${language || "und"}.${name}`, TYPES[name]);
      $("save-result").textContent = t("save.saved");
    });
}
