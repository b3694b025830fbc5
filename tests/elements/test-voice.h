/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TestVoiceDamage:
 * @TEST_VOICE_16_KHZ: no damage: a voice with 16,000 samples a second, which speaks lower
 *
 * How a voice differs from the one that it is copied from.
 */
typedef enum {
  TEST_VOICE_16_KHZ,
  TEST_VOICE_EMPTY_FILE,
  TEST_VOICE_CUT,
  TEST_VOICE_NO_METADATA,
  TEST_VOICE_BAD_RATE,
  TEST_VOICE_LOW_RATE,
  TEST_VOICE_NO_TOKENS,
  TEST_VOICE_BAD_TOKENS,
  TEST_VOICE_UNKNOWN_TOKEN,
  TEST_VOICE_REPEATED_TOKEN,
  TEST_VOICE_NO_MARKS,
  TEST_VOICE_OTHER_KIND,
  TEST_VOICE_NO_PRONUNCIATION,
  TEST_VOICE_UNUSABLE,
} TestVoiceDamage;

/**
 * test_voice_write:
 * @from: folder of a voice of Piper
 * @name: path of the new folder in that of habla_test_get_dir()
 * @damage: the difference
 * @language: (nullable): its language in a description; %NULL = no description
 *
 * Returns: (transfer full): the new folder
 */
char *test_voice_write (
    const char *from, const char *name, TestVoiceDamage damage, const char *language);

/**
 * test_voice_remove:
 * @folder: a folder of test_voice_write()
 */
void test_voice_remove (const char *folder);

G_END_DECLS
