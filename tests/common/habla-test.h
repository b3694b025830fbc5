/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/check/gstharness.h>
#include <gst/check/gsttestclock.h>
#include <gst/gst.h>

G_BEGIN_DECLS

void habla_test_init (int *argc, char ***argv);
int habla_test_run (void);

const char *habla_test_get_dir (void);
guint habla_test_scale (guint time);
guint habla_test_repeat (guint times);

GstMessage *habla_test_wait_for_message (GstElement *pipeline, GstMessageType types, guint seconds);

/* One create/run/destroy cycle of what the gate watches. */
typedef void (*HablaTestCycle) (gpointer data);

void habla_test_leak_gate (HablaTestCycle cycle, gpointer data, guint cycles);
void habla_test_end_tasks (GstElement *element);

G_END_DECLS
