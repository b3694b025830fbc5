/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* A metricstap between two bare pads, which see exactly what comes out of it. */
typedef struct {
  GstElement *tap;
  GstPad *src;  /* linked to the tap's sink pad */
  GstPad *sink; /* linked to the tap's source pad */

  /* Of the thread that pushes. */
  guint64 n_buffers;
  guint n_lists;
  gpointer last; /* the last buffer, list, event or query that came out; not owned */
  GstPad *last_pad;
  GstFlowReturn flow; /* the answer to buffers and lists */
  gboolean answer;    /* the answer to events and queries */
} TapEnds;

TapEnds *tap_ends_new (void);
void tap_ends_play (TapEnds *self);
GstEvent *tap_ends_create_segment (GstFormat format);
void tap_ends_start_stream (GstPad *pad);
void tap_ends_free (TapEnds *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TapEnds, tap_ends_free)

G_END_DECLS
