/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "room/room-context.h"
#include "room/room-manager.h"

#include <pipeline/engines/engine-monitor.h>
#include <pipeline/engines/engine-preloader.h>
#include <pipeline/leaks-tracer.h>

G_BEGIN_DECLS

/* Shared by room-manager.c and manager/room-joins.c, and nothing else. */
struct _HablaRoomManager {
  HablaRoomContext context;
  HablaRoomRelay relay;  /* used if the context has it */
  HablaMetrics *metrics; /* (unowned) */
  guint drain_timeout;   /* of a shutdown, in milliseconds */
  HablaEngineMonitor *engine_monitor;
  HablaEnginePreloader *preloader;
  HablaLeaksTracer *leaks_tracer; /* (nullable): GStreamer's tracer is not enabled */
  GThreadPool *loader; /* (nullable): loads the engines of @preloader, one load after another */
  GPtrArray *rooms;    /* of HablaRoom, by age */
  guint next_room;
  GSource *sweep; /* idle: frees rooms that are empty */
  GSource *log_timer;
  gboolean has_news; /* a pipeline has run since the last log line */

  /* Since habla_room_manager_shut_down(). */
  gboolean is_closing;
  GTask *shut_down; /* (nullable): until it is done */
  GSource *cut_timer;
  GSource *wait_timer; /* checks for open files */
};

/**
 * habla_room_manager_sweep_later:
 * @self: a manager
 *
 * Frees rooms that are empty; later, because a function of a room may be running.
 */
void habla_room_manager_sweep_later (HablaRoomManager *self);

G_END_DECLS
