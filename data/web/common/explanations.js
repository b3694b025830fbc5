// SPDX-License-Identifier: LGPL-2.1-or-later
// Explains idioms, false friends and errors in a sentence: they are underlined, and a click on one
// shows what it means below the sentence.
import { element } from "./element.js";
import { t } from "./strings.js";

const KINDS = { idiom: "explain.idiom", false_friend: "explain.false-friend" };

/** The literal of a false friend says what it looks like. */
const describeLiteral = ({ type, literal }) =>
  type === "false_friend" ? literal : t("explain.literal", { text: literal });

/** Returns {begin, end, kind, title, text} in the order of the text, without overlaps. */
function findParts(source, idioms, corrections) {
  const characters = [...source];
  const offset = (n) => characters.slice(0, n).join("").length;
  const parts = [];
  for (const { wrong, right, explanation } of corrections) {
    const begin = wrong === "" ? -1 : source.indexOf(wrong);
    parts.push({ begin, end: begin + wrong.length, kind: "correction", title: `${wrong} → ${right}`, text: explanation });
  }
  for (const idiom of idioms) {
    const isPlaced = Number.isInteger(idiom.span_start) && idiom.span_end <= characters.length;
    const literal = idiom.literal ? ` (${describeLiteral(idiom)})` : "";
    parts.push({ begin: isPlaced ? offset(idiom.span_start) : -1, end: isPlaced ? offset(idiom.span_end) : -1,
      kind: idiom.type, title: idiom.phrase, text: `${idiom.meaning}${literal}` });
  }
  parts.sort((a, b) => a.begin - b.begin);
  let last = 0;
  for (const part of parts.filter(({ begin }) => begin >= 0)) {
    if (part.begin < last)
      part.begin = -1;
    else
      last = part.end;
  }
  return parts;
}

function makeExplanation(part, id) {
  const box = element("p", { className: "explanation", id, hidden: true, dir: "auto" });
  const kind = KINDS[part.kind] ?? (part.kind === "correction" ? "explain.correction" : "explain.idiom");
  box.append(element("strong", { textContent: `${t(kind)}: ${part.title}` }));
  if (part.text)
    box.append(` — ${part.text}`);
  return box;
}

function makeButton(text, part, box) {
  const button = element("button", { type: "button", className: `explained ${part.kind}`, textContent: text,
    title: box.textContent });
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-controls", box.id);
  button.addEventListener("click", () => {
    box.hidden = !box.hidden;
    button.setAttribute("aria-expanded", String(!box.hidden));
  });
  return button;
}

/**
 * Underlines what is explained in a line, and adds the explanations after it. exchange: {id, source,
 * idioms, corrections}; line: a paragraph with the source.
 */
export function explain(line, { id, source, idioms = [], corrections = [] }) {
  const parts = findParts(source, idioms, corrections);
  const pieces = [], boxes = [];
  let at = 0;
  for (const [index, part] of parts.entries()) {
    const box = makeExplanation(part, `explanation-${id}-${index}`);
    const isPlaced = part.begin >= 0;
    if (isPlaced) {
      pieces.push(source.slice(at, part.begin), makeButton(source.slice(part.begin, part.end), part, box));
      at = part.end;
    } else {
      box.hidden = false;
    }
    boxes.push(box);
  }
  if (boxes.length === 0)
    return;
  line.replaceChildren(...pieces, source.slice(at));
  line.after(...boxes);
}
