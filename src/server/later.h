/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <server/routes.h>

G_BEGIN_DECLS

/* Answers that take their time. */

/**
 * HablaLater:
 * @store: (nullable): that may be asked for the answer
 * @message: paused
 * @connection: that it came by
 * @cancellable: cancelled when nobody waits for the answer any more
 * @is_gone: nobody does: there is no use in an answer
 * @watch: (nullable): looks whether the client is still there
 *
 * A request whose answer is somebody else's work. The main thread's own.
 */
typedef struct {
  HablaStore *store;
  SoupServerMessage *message;
  HablaConnection *connection;
  GCancellable *cancellable;
  gboolean is_gone;
  GSource *watch;
} HablaLater;

/* Returns: (transfer full): @request stays unanswered until habla_later_finish() */
HablaLater *habla_later_new (const HablaRequest *request);
/* While whose work it is works, no time counts for the client. */
void habla_later_wait (HablaLater *self);
/* What was put into its message goes out, and the client has its time to take it. */
void habla_later_go_on (HablaLater *self);
/* Of an answer that has begun and cannot be completed: once it goes on, or is finished, the
 * connection ends, which is all that can tell the client. */
void habla_later_break_off (HablaLater *self);
/* (transfer full) of @self: what was put into its message goes out. */
void habla_later_finish (HablaLater *self);
/* (transfer full) of @self: with what @error of the store means. */
void habla_later_fail (HablaLater *self, const GError *error);

/* Runs @function in one of the worker threads for requests, of which there are few, so that
 * requests never hold up sessions. Like g_task_run_in_thread(). */
void habla_later_run (GTask *task, GTaskThreadFunc function);

/**
 * HablaAnswer:
 * @status: 200 with @json, or another with @detail; without both the request was cancelled
 *
 * What a worker thread found.
 */
typedef struct {
  guint status;
  JsonNode *json;
  char *detail;
} HablaAnswer;

/* Worker thread. @cancellable: cancelled when nobody waits for @answer any more; work that changes
 * something goes on all the same */
typedef void (*HablaWork) (gpointer input, GCancellable *cancellable, HablaAnswer *answer);

/* @input: freed with @free_input in any thread */
void habla_reply_by_worker (
    const HablaRequest *request, HablaWork work, gpointer input, GDestroyNotify free_input);

/* (transfer full) of @self: sends a file, or the range of it that was asked for; worker threads
 * read it piece by piece.
 * @path: (transfer full) (nullable): %NULL, or no file: 404. @type: static */
void habla_later_send_file (HablaLater *self, char *path, const char *type);

G_END_DECLS
