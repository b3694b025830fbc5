/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <pipeline/engines/languages.h>
#include <room/room-settings.h>

G_BEGIN_DECLS

/* Whether a language is possible here, with errors that list those that are. */

/**
 * habla_languages_check_heard:
 * @self: what the installed engines offer
 * @language: BCP 47 code
 * @error: return location for a %HABLA_ERROR_LANGUAGE that lists what can be heard
 *
 * Returns: whether speech in @language can be recognised
 */
gboolean habla_languages_check_heard (
    const HablaLanguages *self, const char *language, GError **error);

/**
 * habla_languages_check_pair:
 * @self: what the installed engines offer
 * @from: BCP 47 code of the source language
 * @to: BCP 47 code of the target language
 * @error: return location for a %HABLA_ERROR_LANGUAGE that lists the targets of @from
 *
 * Returns: whether @from can be translated into @to
 */
gboolean habla_languages_check_pair (
    const HablaLanguages *self, const char *from, const char *to, GError **error);

/**
 * habla_languages_find_source:
 * @self: what the installed engines offer
 * @wanted: a language tag
 * @error: return location for a %HABLA_ERROR_LANGUAGE that lists what can be heard or translated
 *
 * Returns: (transfer full) (nullable): BCP 47 code of the nearest language that can be heard or
 *   typed: "en" for "en-GB"
 */
char *habla_languages_find_source (const HablaLanguages *self, const char *wanted, GError **error);

/**
 * habla_languages_find_readable:
 * @self: what the installed engines offer
 * @wanted: a language tag
 * @error: return location for a %HABLA_ERROR_LANGUAGE that lists what can be read
 *
 * Maps varieties that no engine offers to one that is offered, so that a pipeline never has more
 * languages than there are, whatever listeners ask for.
 *
 * Returns: (transfer full) (nullable): BCP 47 code of the nearest language that can be read:
 *   "es" for "es-MX"
 */
char *habla_languages_find_readable (
    const HablaLanguages *self, const char *wanted, GError **error);

/**
 * habla_languages_list_offered:
 * @self: what the installed engines offer
 * @settings: of a room
 * @chosen: (nullable) (array zero-terminated=1): tags that the owner has chosen; %NULL = all
 *
 * Returns: (transfer full): BCP 47 codes of the languages that a listener of the room can choose,
 *   without duplicates: its targets, its source, and of the others that its source is translated
 *   into, those that are @chosen
 */
GStrv habla_languages_list_offered (
    const HablaLanguages *self, const HablaRoomSettings *settings, const char *const *chosen);

/**
 * habla_languages_find_offered:
 * @offered: (array zero-terminated=1): see habla_languages_list_offered()
 * @wanted: a language tag
 * @error: return location for a %HABLA_ERROR_LANGUAGE that lists @offered
 *
 * Returns: (transfer full) (nullable): BCP 47 code of the nearest of @offered
 */
char *habla_languages_find_offered (const char *const *offered, const char *wanted, GError **error);

/**
 * habla_languages_check_spoken:
 * @self: what the installed engines offer
 * @language: BCP 47 code
 * @error: return location for a %HABLA_ERROR_LANGUAGE that lists what can be spoken
 *
 * Returns: whether a voice speaks @language
 */
gboolean habla_languages_check_spoken (
    const HablaLanguages *self, const char *language, GError **error);

/**
 * habla_languages_adapt_settings:
 * @self: what the installed engines offer
 * @settings: (inout): of a new room
 *
 * Replaces the languages by the nearest ones that are offered. A source language that cannot be
 * heard becomes the first that can, and targets into which the source is not translated are
 * removed. A room without any such target gets the first target of its source. No-op if no engine
 * knows the source.
 */
void habla_languages_adapt_settings (const HablaLanguages *self, HablaRoomSettings *settings);

/**
 * habla_languages_find_detecting:
 * @settings: of a room
 * @engines: (element-type HablaEngine): the installed engines
 *
 * Returns: (transfer none) (nullable): name of the transcriber that detects which of the languages
 *   of @settings is spoken
 */
const char *habla_languages_find_detecting (const HablaRoomSettings *settings, GPtrArray *engines);

G_END_DECLS
