/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <gst/check/gstharness.h>
#include <gst/check/gsttestclock.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * habla_test_init:
 *
 * Initializes GLib's test framework and GStreamer, with a temporary home folder for this process
 * and no installed models: `HABLA_MODELS_PATH` is an empty folder, which a test may change.
 * The leaks tracer is installed, but costs nothing until habla_test_leak_gate() starts it.
 */
void habla_test_init (int *argc, char ***argv);

/**
 * habla_test_run:
 *
 * Runs the tests and removes the folder of habla_test_init().
 *
 * Returns: the exit status for main()
 */
int habla_test_run (void);

/**
 * habla_test_get_dir:
 *
 * Returns: (transfer none): the temporary folder of this process
 */
const char *habla_test_get_dir (void);

/**
 * habla_test_use_models:
 * @id: name of a model
 *
 * Installs the models for tests of neural engines, which the build option `models_dir` names, for
 * this process.
 *
 * Returns: (transfer full) (nullable): the folder of the model @id, or %NULL if there is none: then
 *   skip the test
 */
char *habla_test_use_models (const char *id);

/**
 * habla_test_scale:
 * @time: a time limit in any unit
 *
 * Returns: @time multiplied by the slowdown of the current lane of scripts/test
 */
guint habla_test_scale (guint time);

/**
 * habla_test_repeat:
 * @times: number of repetitions in the plain lane
 *
 * Returns: number of repetitions in the current lane: 1 in the slow lanes
 */
guint habla_test_repeat (guint times);

/**
 * habla_test_wait_for_message:
 * @seconds: timeout, after which the test fails
 *
 * Waits for a message of @types. An error message fails the test unless @types includes it.
 *
 * Returns: (transfer full): the message
 */
GstMessage *habla_test_wait_for_message (GstElement *pipeline, GstMessageType types, guint seconds);

/**
 * habla_test_encode:
 * @launch: launch line without a sink
 *
 * Runs a pipeline until EOS; the test fails after 60 s.
 *
 * Returns: (transfer full): the output
 */
GBytes *habla_test_encode (const char *launch);

/**
 * habla_test_store_result:
 * @result_location: (type GAsyncResult**): where to store a new reference to @result
 *
 * A #GAsyncReadyCallback.
 */
void habla_test_store_result (GObject *object, GAsyncResult *result, gpointer result_location);

/**
 * habla_test_get_stat:
 * @element: an element with a `stats` property
 *
 * Returns: the unsigned number @name of `stats`, which must exist
 */
guint64 habla_test_get_stat (gpointer element, const char *name);

/**
 * HablaTestCycle:
 *
 * Creates, runs and destroys the objects under test once.
 */
typedef void (*HablaTestCycle) (gpointer data);

/**
 * habla_test_leak_gate:
 * @cycles: number of cycles
 *
 * Runs @cycle repeatedly, and fails unless every GStreamer object created in it is destroyed.
 * The first cycle is not checked, because it creates the objects that stay until the process exits.
 */
void habla_test_leak_gate (HablaTestCycle cycle, gpointer data, guint cycles);

/**
 * habla_test_end_tasks:
 * @element: an element in PAUSED
 *
 * Stops the streaming threads of @element without another change of state. habla_test_leak_gate()
 * waits for all tasks of the process, so it would block while these threads run.
 */
void habla_test_end_tasks (GstElement *element);

G_END_DECLS
