/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/transcriber.h>

G_BEGIN_DECLS

typedef struct _HablaListener HablaListener;

/* Times are in samples, counted since the listener was made. */
typedef struct {
  guint64 begin;
  guint64 end;
  const char *text;  /* neither empty nor surrounded by blanks */
  double confidence; /* of a final one */
  guint64 latency;   /* of a final one: nanoseconds from the end to the text */
} HablaHeard;

/* What a listener has to tell; called in the thread that pushes. */
typedef struct {
  GstFlowReturn (*final) (const HablaHeard *heard, gpointer data);
  void (*partial) (const HablaHeard *heard, gpointer data);
  void (*silence) (guint64 until, gpointer data); /* nothing is said before that comes later */
  void (*cut) (gpointer data);                    /* the next final one ends without a pause */
  void (*failure) (const GError *error, gpointer data);
} HablaListenerFuncs;

HablaListener *habla_listener_new (
    HablaTranscriber *transcriber, const HablaListenerFuncs *funcs, gpointer data);
void habla_listener_free (HablaListener *self);

void habla_listener_configure (
    HablaListener *self, gboolean partials, guint64 partial_interval, guint64 max_utterance);

GstFlowReturn habla_listener_push (HablaListener *self, const gint16 *samples, gsize n_samples);
GstFlowReturn habla_listener_push_silence (HablaListener *self, guint64 n_samples);
GstFlowReturn habla_listener_finish (HablaListener *self);
void habla_listener_discard (HablaListener *self);

guint64 habla_listener_get_offset (HablaListener *self);
gboolean habla_listener_is_in_speech (HablaListener *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaListener, habla_listener_free)

G_END_DECLS
