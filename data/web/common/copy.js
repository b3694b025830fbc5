// SPDX-License-Identifier: LGPL-2.1-or-later
// Copies text, also at addresses without TLS, where browsers have no navigator.clipboard.

async function copyFromField(text) {
  const field = document.createElement("textarea");
  // Beside an open dialog, nothing can be selected.
  const place = document.querySelector("dialog[open]") ?? document.body;
  field.className = "hidden";
  field.value = await text;
  place.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  return isCopied;
}

/** Copies a text or the promise of one, in the handler of a click. Returns whether the browser allowed it. */
export async function copyText(text) {
  try {
    // Safari wants the promise in the item, made in the click.
    const blob = Promise.resolve(text).then((value) => new Blob([value], { type: "text/plain" }));
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    return true;
  } catch {
    return copyFromField(text);
  }
}
