/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* A metricstap between two bare pads, which see its exact output. */
typedef struct {
  GstElement *tap;
  GstPad *src;  /* linked to the tap's sink pad */
  GstPad *sink; /* linked to the tap's source pad */

  /* Used by the pushing thread only. */
  guint64 n_buffers;
  guint n_lists;
  gpointer last; /* last output: buffer, list, event or query; not owned */
  GstPad *last_pad;
  GstFlowReturn flow; /* return value for buffers and lists */
  gboolean answer;    /* return value for events and queries */
} TapEnds;

TapEnds *tap_ends_new (void);
void tap_ends_play (TapEnds *self);
GstEvent *tap_ends_create_segment (GstFormat format);
void tap_ends_start_stream (GstPad *pad);
void tap_ends_free (TapEnds *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TapEnds, tap_ends_free)

G_END_DECLS
