// SPDX-License-Identifier: LGPL-2.1-or-later
// Translates lines with Mozilla's WebAssembly build of Marian, one sentence a line.
//
// usage: node bergamot.mjs FOLDER PAIR <LINES >TRANSLATIONS
// Prints the mean time for a line, in milliseconds, to stderr. The first line is not counted.
import { readFileSync, readdirSync } from 'node:fs';
import { LatencyOptimisedTranslator, TranslatorBacking } from '@browsermt/bergamot-translator/translator.js';

const [, , folder, pair] = process.argv;

function read(prefix) {
  const name = readdirSync(folder).find((file) => file.startsWith(prefix) && !file.endsWith('.ini'));
  const data = readFileSync(`${folder}/${name}`);

  return data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
}

class LocalBacking extends TranslatorBacking {
  async loadModelRegistery() {
    return [];
  }

  async getModels({ from, to }) {
    return [{ from, to, files: {} }];
  }

  async loadTranslationModel() {
    return { model: read('model.'), vocab: read('vocab.'), vocabs: [read('vocab.')],
      shortlist: read('lex.'), qualityModel: null, config: null };
  }
}

const [from, to] = pair.split('-');
const translator = new LatencyOptimisedTranslator({}, new LocalBacking({}));
const lines = readFileSync(0, 'utf8').trim().split('\n');
let begin = 0;

for (const [i, text] of lines.entries()) {
  const response = await translator.translate({ from, to, text, html: false });

  console.log(response.target.text.trim());
  if (i === 0)
    begin = performance.now();
}
console.error((performance.now() - begin) / Math.max(lines.length - 1, 1));
translator.delete();
