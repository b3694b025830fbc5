/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/cue.h"

static HablaCue *
cue_copy (HablaCue *self)
{
  HablaCue *copy = habla_cue_new (self->begin, self->end, self->text, self->format);

  copy->markup = g_strdup (self->markup);
  copy->id = g_strdup (self->id);
  copy->settings = g_strdup (self->settings);
  copy->speaker = g_strdup (self->speaker);
  copy->preamble = g_strdup (self->preamble);
  copy->trailer = g_strdup (self->trailer);
  return copy;
}

G_DEFINE_BOXED_TYPE (HablaCue, habla_cue, cue_copy, habla_cue_free)

HablaCue *
habla_cue_new (guint64 begin, guint64 end, const char *text, const char *format)
{
  HablaCue *self;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (format != NULL, NULL);

  self = g_new0 (HablaCue, 1);
  self->begin = begin;
  self->end = MAX (begin, end);
  self->text = g_utf8_make_valid (text, -1);
  self->format = g_strdup (format);
  return self;
}

void
habla_cue_free (HablaCue *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->text);
  g_free (self->format);
  g_free (self->markup);
  g_free (self->id);
  g_free (self->settings);
  g_free (self->speaker);
  g_free (self->preamble);
  g_free (self->trailer);
  g_free (self);
}
