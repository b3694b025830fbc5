/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/transcriber.h>

G_BEGIN_DECLS

typedef struct _HablaEndpointer HablaEndpointer;

/* Times are in samples, counted since the endpointer was made. */
typedef struct {
  guint64 begin;
  guint64 end;
  const char *text;  /* neither empty nor surrounded by blanks */
  double confidence; /* of a final one */
  guint64 latency;   /* of a final one: nanoseconds from the end to the text */
} HablaRecognition;

/* What a endpointer has to tell; called in the thread that pushes. */
typedef struct {
  GstFlowReturn (*final) (const HablaRecognition *heard, gpointer data);
  void (*partial) (const HablaRecognition *heard, gpointer data);
  void (*silence) (guint64 until, gpointer data); /* nothing is said before that comes later */
  void (*cut) (gpointer data);                    /* the next final one ends without a pause */
  void (*failure) (const GError *error, gpointer data);
} HablaEndpointerFuncs;

HablaEndpointer *habla_endpointer_new (
    HablaTranscriber *transcriber, const HablaEndpointerFuncs *funcs, gpointer data);
void habla_endpointer_free (HablaEndpointer *self);

void habla_endpointer_configure (
    HablaEndpointer *self, gboolean partials, guint64 partial_interval, guint64 max_utterance);

GstFlowReturn habla_endpointer_push (HablaEndpointer *self, const gint16 *samples, gsize n_samples);
GstFlowReturn habla_endpointer_push_silence (HablaEndpointer *self, guint64 n_samples);
GstFlowReturn habla_endpointer_drain (HablaEndpointer *self);
void habla_endpointer_abort (HablaEndpointer *self);

guint64 habla_endpointer_get_offset (HablaEndpointer *self);
gboolean habla_endpointer_is_in_speech (HablaEndpointer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaEndpointer, habla_endpointer_free)

G_END_DECLS
