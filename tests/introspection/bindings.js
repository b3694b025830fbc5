#!/usr/bin/env gjs
// SPDX-License-Identifier: LGPL-2.1-or-later
// JavaScript reads values of Habla, and subclasses a base class. Writes TAP to standard output.
imports.gi.versions.Gst = '1.0';
imports.gi.versions.Habla = '1.0';
const {GObject, Gst, Habla} = imports.gi;

Gst.init(null);
const Shout = GObject.registerClass(class Shout extends Habla.Translator {
  vfunc_start(input, output) {
    return output === 'art';
  }

  vfunc_translate(text, cancellable) {
    return text.toUpperCase();
  }

  vfunc_list_pairs() {
    return ['en>art'];
  }
});
Shout.set_metadata('Shout', 'Filter/Text', 'Translates English into louder English', 'Habla developers');

const tests = {
  values() {
    const utterance = Habla.Utterance.new(7, 'hola', 'es');
    return utterance.id === 7 && utterance.text === 'hola' && Habla.language_get_primary('es-MX') === 'es';
  },
  subclass() {
    // In a pipeline the functions run in threads, which gjs does not allow.
    const shout = new Shout({input_language_code: 'en', output_language_code: 'art'});
    shout.open();
    const [text] = shout.run(Habla.Utterance.new(1, 'hello', 'en'), null);
    shout.close();
    return text === 'HELLO';
  },
  engines() {
    return Array.isArray(Habla.engine_list().map(engine => engine.element));
  },
};
print(`1..${Object.keys(tests).length}`);
Object.keys(tests).forEach((name, i) => {
  let good = false;
  try {
    good = tests[name]();
  } catch (error) {
    print(`# ${error}`);
  }
  print(`${good ? 'ok' : 'not ok'} ${i + 1} /introspection/javascript/${name}`);
});
