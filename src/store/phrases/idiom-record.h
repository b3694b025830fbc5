/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaIdiomRecord:
 * @id: from 1; never reused; ignored when written
 * @language: (nullable): BCP 47 code; %NULL = any
 * @canonical: the idiom in its usual form; unique without regard to case
 * @pattern: regular expression that finds it
 * @literal: literal translation, or ""
 * @meaning: or ""
 * @region: where it is said
 * @frequency: how often it is said
 *
 * An idiom of a user.
 */
typedef struct {
  gint64 id;
  char *language;
  char *canonical;
  char *pattern;
  char *literal;
  char *meaning;
  char *region;
  char *frequency;
} HablaIdiomRecord;

/**
 * habla_idiom_record_copy:
 * @self: an idiom
 *
 * Returns: (transfer full): a deep copy
 */
HablaIdiomRecord *habla_idiom_record_copy (const HablaIdiomRecord *self);

/**
 * habla_idiom_record_free:
 * @self: (transfer full): an idiom
 */
void habla_idiom_record_free (HablaIdiomRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaIdiomRecord, habla_idiom_record_free)

G_END_DECLS
