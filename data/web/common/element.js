// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes elements.

/** Makes an element. properties: of the element; language: of its text, if it is not the page's. */
export function element(name, properties = {}, language = "") {
  const made = Object.assign(document.createElement(name), properties);
  if (language)
    made.lang = language;
  return made;
}

/** Makes a button with a text. */
export function textButton(text, onClick, className = "") {
  const button = element("button", { type: "button", textContent: text, className });
  button.addEventListener("click", onClick);
  return button;
}

/** Makes a button with a picture. path: of SVG, in a square of 24; label: what it does. */
export function iconButton(path, label, onClick) {
  const button = element("button", { type: "button", className: "icon-button", title: label });
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  picture.setAttribute("class", "icon");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  picture.append(line);
  button.setAttribute("aria-label", label);
  button.append(picture);
  button.addEventListener("click", onClick);
  return button;
}

/** Makes a label with a field of a form. */
export function labelled(text, field) {
  const label = element("label", { className: "field" });
  label.append(element("span", { textContent: text }), field);
  return label;
}

/** Makes a dialog with a form, adds it to the page, and returns it. It has the buttons Cancel and Save. */
export function formDialog(id, title, texts, parts, onSave) {
  const dialog = element("dialog", { id });
  const form = element("form", { method: "dialog" });
  const heading = element("h2", { id: `${id}-title`, textContent: title });
  const error = element("p", { className: "alarm" });
  const actions = element("div", { className: "dialog-actions" });
  const save = element("button", { className: "primary", textContent: texts.save });
  error.setAttribute("role", "alert");
  dialog.setAttribute("aria-labelledby", heading.id);
  actions.append(textButton(texts.cancel, () => dialog.close()), save);
  form.append(heading, ...parts, error, actions);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    save.disabled = true;
    error.textContent = "";
    try {
      await onSave();
      dialog.close("yes");
    } catch (failure) {
      error.textContent = failure.message;
      error.lang = failure.language ?? "";
    }
    save.disabled = false;
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => error.textContent = "");
  dialog.append(form);
  document.body.append(dialog);
  return dialog;
}
