/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaChangeTimer:
 *
 * Calls back after changes that come one after the other. Work that has a price is done so many
 * times at once, and then at intervals, but always again after the last change. The main thread
 * uses it.
 */
typedef struct _HablaChangeTimer HablaChangeTimer;

/**
 * HablaChangeTimerCallback:
 * @user_data: of habla_change_timer_new()
 *
 * Called in the main thread some time after a change.
 */
typedef void (*HablaChangeTimerCallback) (gpointer user_data);

/**
 * habla_change_timer_new:
 * @settling_time: from a change to the callback, in milliseconds
 * @interval: from one unit of work to the next, on average, in milliseconds; more than 0
 * @burst: units of work without an interval
 * @callback: called after changes
 * @user_data: for @callback
 *
 * Returns: (transfer full): a timer that does not run
 */
HablaChangeTimer *habla_change_timer_new (guint settling_time, guint interval, guint burst,
    HablaChangeTimerCallback callback, gpointer user_data);

/**
 * habla_change_timer_free:
 * @self: (transfer full): a timer
 */
void habla_change_timer_free (HablaChangeTimer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaChangeTimer, habla_change_timer_free)

/**
 * habla_change_timer_note_change:
 * @self: a timer
 *
 * Something has changed: the callback is called once after it, however often this is called until
 * then.
 */
void habla_change_timer_note_change (HablaChangeTimer *self);

/**
 * habla_change_timer_note_work:
 * @self: a timer
 *
 * A unit of work has been done. Not every change causes one.
 */
void habla_change_timer_note_work (HablaChangeTimer *self);

G_END_DECLS
