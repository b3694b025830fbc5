// SPDX-License-Identifier: LGPL-2.1-or-later
// The words of the pages, in the reader's language: strings/LANG.json, one file a language.
import { settings } from "./settings.js";

export const PAGE_LANGUAGES = ["en", "es", "fr", "de", "pt", "ar"];
const RIGHT_TO_LEFT = new Set(["ar", "he", "fa", "ur", "yi", "ps", "sd", "ug"]);

function choose() {
  const wanted = [new URLSearchParams(location.search).get("ui"), settings.pageLanguage, ...navigator.languages];
  for (const tag of wanted) {
    const found = PAGE_LANGUAGES.find((code) => code === tag?.toLowerCase().split("-")[0]);
    if (found)
      return found;
  }
  return "en";
}

async function load(code) {
  const answer = await fetch(new URL(`../strings/${code}.json`, import.meta.url));
  if (!answer.ok)
    throw new Error(`strings/${code}.json: ${answer.status}`);
  return answer.json();
}

export const pageLanguage = choose();
let strings = {};
let rules = new Intl.PluralRules(pageLanguage);
try {
  strings = await load(pageLanguage);
} catch {
  // The words in the HTML are English, so the page still works.
}

export const has = (key) => key in strings;

/**
 * Returns the text of a key. {name} is replaced by values.name; where a text depends on a number,
 * values.n chooses the plural form.
 */
export function t(key, values = {}) {
  let text = strings[key] ?? key;
  if (typeof text === "object")
    text = text[rules.select(values.n)] ?? text.other;
  return text.replace(/\{(\w+)\}/g, (whole, name) =>
    typeof values[name] === "number" ? values[name].toLocaleString(pageLanguage) : values[name] ?? whole);
}

/** Puts the words of the page's language into all elements below root that name a key. */
export function translatePage(root = document) {
  if (Object.keys(strings).length === 0)
    return;
  for (const element of root.querySelectorAll("[data-t]"))
    element.textContent = t(element.dataset.t);
  for (const [name, attribute] of [["tLabel", "aria-label"], ["tTitle", "title"], ["tPlaceholder", "placeholder"]])
    for (const element of root.querySelectorAll(`[data-t-${name.slice(1).toLowerCase()}]`))
      element.setAttribute(attribute, t(element.dataset[name]));
}

export function isRightToLeft(code) {
  return RIGHT_TO_LEFT.has(code.split("-")[0]);
}

// Browsers name languages, scripts and countries, but not variants (RFC 5646, section 2.2.5).
const isVariant = (subtag) => /^([a-z0-9]{5,8}|[0-9][a-z0-9]{3})$/.test(subtag);
const NATIVE_VARIANTS = { valencia: "valencià", iec2017: "ortografia de 2017" };

function nativeVariant(variant) {
  return NATIVE_VARIANTS[variant] ?? variant;
}

function nameOfVariant(variant) {
  return variant in NATIVE_VARIANTS ? t(`variant.${variant}`) : variant;
}

/** Returns the name of a language in itself, as a reader looks for it. */
export function nativeName(code) {
  return nameIn(code, code, nativeVariant);
}

/** Returns the name of a language in the language of the page. */
export function nameOf(code) {
  return nameIn(code, pageLanguage, nameOfVariant);
}

function nameIn(code, language, nameVariant) {
  const [primary, ...subtags] = code.toLowerCase().split("-");
  const variants = subtags.includes("x") ? [] : subtags.filter(isVariant);
  const plain = [primary, ...subtags.filter((subtag) => !variants.includes(subtag))].join("-");
  try {
    const name = new Intl.DisplayNames([language], { type: "language" }).of(plain);
    const text = name[0].toLocaleUpperCase(language) + name.slice(1);
    return variants.length === 0 ? text : `${text} (${variants.map(nameVariant).join(", ")})`;
  } catch {
    return code;
  }
}

document.documentElement.lang = pageLanguage;
document.documentElement.dir = isRightToLeft(pageLanguage) ? "rtl" : "ltr";
translatePage();
