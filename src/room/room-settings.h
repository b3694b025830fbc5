/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaMode:
 * @HABLA_MODE_CONVERSATION: clients show one exchange after another
 * @HABLA_MODE_CLASSROOM: clients show large captions, and errors of learners are corrected
 *
 * What a room is used for.
 */
typedef enum {
  HABLA_MODE_CONVERSATION,
  HABLA_MODE_CLASSROOM,
} HablaMode;

/**
 * habla_mode_get_name:
 * @mode: a mode
 *
 * Returns: (transfer none): its name in the wire protocol, in the settings file and in the store
 */
const char *habla_mode_get_name (HablaMode mode);

/**
 * habla_mode_from_name:
 * @name: (nullable): a name
 * @mode: (out): set only if there is such a mode
 *
 * Returns: whether there is a mode @name
 */
gboolean habla_mode_from_name (const char *name, HablaMode *mode);

/**
 * HablaRoomSettings:
 * @source_language: BCP 47 code of speech and typed text
 * @target_languages: (array zero-terminated=1): BCP 47 codes of the languages that are translated
 *   into even without a reader, one or more; the owner reads the first
 * @mode: how clients show the room
 * @detects_language: whether the transcriber detects which of the languages is spoken, if it can,
 *   and the source language follows
 * @transcriber: (nullable): the name of an element that recognises speech if it has the language;
 *   %NULL = the best installed one
 * @translator: (nullable): the name of an element that translates the pairs of languages that it
 *   has; %NULL = the best installed one
 *
 * What the owner of a room may change.
 */
typedef struct {
  char *source_language;
  GStrv target_languages;
  HablaMode mode;
  gboolean detects_language;
  char *transcriber;
  char *translator;
} HablaRoomSettings;

/**
 * habla_room_settings_copy:
 * @self: settings
 * @source: (transfer none): what @self becomes equal to; may be @self
 */
void habla_room_settings_copy (HablaRoomSettings *self, const HablaRoomSettings *source);

/**
 * habla_room_settings_clear:
 * @self: settings
 *
 * Frees the strings of @self. Any number of times.
 */
void habla_room_settings_clear (HablaRoomSettings *self);

/**
 * habla_room_settings_set_languages:
 * @self: settings
 * @source: (transfer none): the source language
 * @targets: (transfer none) (array zero-terminated=1): the target languages
 */
void habla_room_settings_set_languages (
    HablaRoomSettings *self, const char *source, const char *const *targets);

/**
 * habla_room_settings_have_same_languages:
 * @a: settings
 * @b: settings
 *
 * Returns: whether source and targets are equal, the order of targets included
 */
gboolean habla_room_settings_have_same_languages (
    const HablaRoomSettings *a, const HablaRoomSettings *b);

/**
 * habla_room_settings_set_engines:
 * @self: settings
 * @transcriber: (transfer none) (nullable): the name of an element
 * @translator: (transfer none) (nullable): the name of an element
 */
void habla_room_settings_set_engines (
    HablaRoomSettings *self, const char *transcriber, const char *translator);

/**
 * habla_room_settings_can_share_pipeline:
 * @a: settings
 * @b: settings
 *
 * Returns: whether languages and engines are equal, and both detect the language or none does
 */
gboolean habla_room_settings_can_share_pipeline (
    const HablaRoomSettings *a, const HablaRoomSettings *b);

G_END_DECLS
