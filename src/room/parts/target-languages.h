/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <pipeline/engines/languages.h>

G_BEGIN_DECLS

/**
 * HablaTargetLanguages:
 *
 * The languages that one pipeline translates into: those that members read, as far as they are
 * available. A language whose last reader has left lingers for a while, because phones that lock
 * or lose the network come back, and an engine takes time to start.
 */
typedef struct _HablaTargetLanguages HablaTargetLanguages;

/**
 * HablaTargetState:
 * @HABLA_TARGET_FRESH: added while the pipeline runs, and nothing has been translated yet: the
 *   first translation may be missing
 * @HABLA_TARGET_FLOWS: translations come
 * @HABLA_TARGET_FAILED: the pipeline does not translate into it
 */
typedef enum {
  HABLA_TARGET_FRESH = 1,
  HABLA_TARGET_FLOWS,
  HABLA_TARGET_FAILED,
} HablaTargetState;

/**
 * HablaTargetChanges:
 * @added: (element-type utf8): languages that the pipeline must add
 * @removed: (element-type utf8): languages that the pipeline must remove
 * @failed: (element-type utf8): languages that are not available
 * @next: when to update again, on the monotonic clock in microseconds; 0 = when readers change
 */
typedef struct {
  GPtrArray *added;
  GPtrArray *removed;
  GPtrArray *failed;
  gint64 next;
} HablaTargetChanges;

/**
 * habla_target_languages_new:
 * @source: BCP 47 code of what the pipeline translates
 * @available: (unowned): what the installed engines offer
 * @linger: how long a language stays without a reader, in milliseconds; 0 = half a minute
 *
 * Returns: (transfer full): no languages
 */
HablaTargetLanguages *habla_target_languages_new (
    const char *source, const HablaLanguages *available, guint linger);

/**
 * habla_target_languages_free:
 * @self: (transfer full): the languages
 */
void habla_target_languages_free (HablaTargetLanguages *self);

/**
 * habla_target_languages_update:
 * @self: the languages
 * @read: (element-type utf8): set of the languages that members read
 * @now: on the monotonic clock, in microseconds
 * @changes: (out caller-allocates): what has changed; see habla_target_changes_clear()
 *
 * Languages of the first update flow from the beginning of the pipeline; later ones are fresh.
 */
void habla_target_languages_update (
    HablaTargetLanguages *self, GHashTable *read, gint64 now, HablaTargetChanges *changes);

/**
 * habla_target_changes_clear:
 * @self: changes
 */
void habla_target_changes_clear (HablaTargetChanges *self);

/**
 * habla_target_languages_get_states:
 * @self: the languages
 *
 * Returns: (transfer none): from BCP 47 code to #HablaTargetState
 */
GHashTable *habla_target_languages_get_states (HablaTargetLanguages *self);

/**
 * habla_target_languages_set_flowing:
 * @self: the languages
 * @language: BCP 47 code of a translation that has come
 */
void habla_target_languages_set_flowing (HablaTargetLanguages *self, const char *language);

/**
 * habla_target_languages_set_failed:
 * @self: the languages
 * @language: BCP 47 code of a language that the pipeline has given up
 */
void habla_target_languages_set_failed (HablaTargetLanguages *self, const char *language);

/**
 * habla_target_languages_retry:
 * @self: the languages
 * @language: BCP 47 code of a language that a member has just chosen
 *
 * Lets the next update try @language again if it has failed.
 */
void habla_target_languages_retry (HablaTargetLanguages *self, const char *language);

G_END_DECLS
