/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Named sources of the default main context, each held in a `GSource *` field that is %NULL while
 * there is none. They are destroyed by habla_source_clear(), at the latest when the owner is freed.
 * A callback that returns %G_SOURCE_REMOVE must set its field to %NULL with habla_source_clear().
 *
 * Names have the form "[habla] HablaType purpose": the metric `habla_main_sources` tells our
 * sources from those of libraries by "habla".
 */

/**
 * habla_source_start_timer:
 * @timer: (inout): the field; a source that it already holds is destroyed first
 * @interval: in milliseconds
 * @name: (transfer none): a string literal, shown by debuggers
 * @callback: called every @interval until it returns %G_SOURCE_REMOVE
 * @user_data: passed to @callback
 */
void habla_source_start_timer (
    GSource **timer, guint interval, const char *name, GSourceFunc callback, gpointer user_data);

/**
 * habla_source_start_timer_at:
 * @timer: (inout): the field; a source that it already holds is destroyed first
 * @time: when to call @callback, in microseconds of g_get_monotonic_time(); a time that has passed
 *   means in the next iteration of the main loop
 * @name: (transfer none): a string literal, shown by debuggers
 * @callback: must return %G_SOURCE_REMOVE
 * @user_data: passed to @callback
 */
void habla_source_start_timer_at (
    GSource **timer, gint64 time, const char *name, GSourceFunc callback, gpointer user_data);

/**
 * habla_source_attach:
 * @timer: (inout): the field; a source that it already holds is destroyed first
 * @source: (transfer full): any other source, not yet attached
 * @name: (transfer none): a string literal, shown by debuggers
 * @callback: what @source calls; cast with G_SOURCE_FUNC() where its signature differs
 * @user_data: passed to @callback
 *
 * Attaches @source to the default main context.
 */
void habla_source_attach (
    GSource **timer, GSource *source, const char *name, GSourceFunc callback, gpointer user_data);

/**
 * habla_source_clear:
 * @timer: (inout): the field
 *
 * Destroys the source that the field holds, and sets the field to %NULL. No-op if it is %NULL
 * already. May be called from the callback of that source.
 */
void habla_source_clear (GSource **timer);

G_END_DECLS
