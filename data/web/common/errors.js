// SPDX-License-Identifier: LGPL-2.1-or-later
// The server's errors in the reader's language. The server writes them in English, with a code if people can meet them.
import { has, pageLanguage, t } from "./strings.js";

/**
 * Returns {text, language} of an `error` message, or of the answer of a path.
 * An error without a code, or of a newer server, stays English.
 */
export function explain({ code, message, detail }) {
  if (code && has(`error.${code}`))
    return { text: t(`error.${code}`), language: pageLanguage };
  return { text: message ?? detail ?? "", language: "en" };
}
