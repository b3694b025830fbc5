/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "remote-client.h"
#include "remote-stats.h"

G_BEGIN_DECLS

/* Requests of one client that run at once; more wait. */
#define REMOTE_CLIENT_MAX_IN_FLIGHT 16

struct _RemoteClient {
  GstElement *element; /* (unowned) */
  const RemoteClientInfo *info;

  GMutex lock;
  GCond changed; /* signals callers: a job has news, or a place is free */

  RemoteSettings settings; /* protected by lock */
  RemoteStats stats;       /* protected by lock */
  guint n_running;         /* protected by lock; requests that hold a place */
  gint64 not_before;       /* protected by lock; monotonic µs of the server's Retry-After */
  gboolean stopping;       /* protected by lock */
  guint n_jobs;            /* protected by lock; jobs that the thread has not freed */

  /* From start() to stop(). */
  RemoteSettings active;
  GUri *base;
  char *origin;
  char *key; /* (nullable) */
  GMainContext *context;
  GThread *thread;
  SoupSession *session; /* used by the thread only */
};

/**
 * RemoteJob:
 *
 * One attempt of a request, which runs in the thread of the client.
 */
typedef struct _RemoteJob RemoteJob;

/**
 * RemoteAttempt:
 * @remaining: (inout): time that is left, in microseconds, without that of the caller's function
 * @n_chunks: (out): how often the caller's function was called
 * @retry_after: (out): seconds of the header "Retry-After"; -1 = none
 *
 * What an attempt tells besides the response.
 */
typedef struct {
  gint64 remaining;
  guint n_chunks;
  gint64 retry_after;
} RemoteAttempt;

/**
 * remote_job_run:
 * @client: a started client
 * @request: the request
 * @response: set to the response
 * @attempt: see there
 * @cancellable: (nullable): whoever cancels it must signal `changed`
 * @error: return location for an error, not yet for people
 *
 * Sends @request once. Thread of the caller.
 *
 * Returns: whether a response arrived whole, also one that is an error of HTTP
 */
gboolean remote_job_run (RemoteClient *client, const RemoteRequest *request,
    RemoteResponse *response, RemoteAttempt *attempt, GCancellable *cancellable, GError **error);

G_END_DECLS
