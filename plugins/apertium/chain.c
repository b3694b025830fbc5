/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One warm chain of programs. Its own thread starts them, writes requests,
 * reads responses and replaces the programs when they fail. That thread waits in poll()
 * only, so that full pipes cannot deadlock it and the programs. Any number of threads
 * send requests and sleep until the response arrives. */
#include "chain.h"

#include "processes.h"
#include "text-format.h"

#include <errno.h>
#include <glib-unix.h>
#include <habla/habla.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Upper bound on requests inside the chain; more do not make it faster. */
#define MAX_IN_FLIGHT 8

/* Additional timeout of the first response: new programs load their dictionaries first. */
#define START_TIME (10 * G_TIME_SPAN_SECOND)

/* Upper bound on a response, in bytes. A correct translation is never that much longer
 * than its source. */
#define MAX_RESPONSE(size) (64 * (size) + 65536)

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* Shared by the requesting thread and the chain; reference count protected by lock. */
typedef struct {
  guint64 sequence;
  GString *payload; /* including the terminating NUL */
  gint64 timeout;   /* in microseconds */

  /* used by the chain's thread only */
  gsize written; /* bytes of @payload */

  /* protected by lock */
  GCond ended;
  gboolean done;
  gboolean abandoned; /* the requesting thread no longer waits */
  gboolean retried;
  char *response;
  GError *error;
} Request;

struct _ApertiumChain {
  char *name;
  GPtrArray *stages;
  GThread *thread;
  int wake;              /* eventfd: something changed under @lock */
  guint64 last_sequence; /* atomic */
  /* Whether a program of the chain drops a leading U+FEFF as a byte order mark, as the
   * `apertium` command then does. Set before the first request. */
  gboolean drops_mark;

  GMutex lock;
  GQueue waiting;    /* protected by lock; of Request, in order */
  gboolean stopping; /* protected by lock */

  /* Used by the chain's thread only. */
  ApertiumProcesses *processes; /* NULL while none run */
  GQueue in_flight;             /* of Request, in order */
  GByteArray *output;           /* the beginning of the next response */
  GString *message;             /* first line on standard error since the last response */
  gint64 head_since;            /* monotonic time since when @in_flight has its present head */
  gboolean responded;           /* these programs have sent a response */
};

static void
request_clear (Request *request)
{
  g_string_free (request->payload, TRUE);
  g_cond_clear (&request->ended);
  g_free (request->response);
  g_clear_error (&request->error);
}

/* Called with lock held. */
static void
request_unref (Request *request)
{
  g_rc_box_release_full (request, (GDestroyNotify) request_clear);
}

static Request *
request_new (ApertiumChain *self, const char *text, guint timeout)
{
  Request *request = g_rc_box_new0 (Request);

  request->sequence = __atomic_add_fetch (&self->last_sequence, 1, __ATOMIC_RELAXED);
  request->payload = apertium_text_deformat (text, request->sequence);
  g_string_append_c (request->payload, '\0');
  request->timeout = timeout * G_TIME_SPAN_MILLISECOND;
  g_cond_init (&request->ended);
  return request;
}

/* Releases the queue's reference. Called with lock held. */
static void
request_end (Request *request, char *response, const GError *error)
{
  request->response = response;
  request->error = error != NULL ? g_error_copy (error) : NULL;
  request->done = TRUE;
  g_cond_signal (&request->ended);
  request_unref (request);
}

static void
chain_wake (ApertiumChain *self)
{
  guint64 one = 1;

  while (write (self->wake, &one, sizeof one) < 0 && errno == EINTR)
    ;
}

/* Keeps the first line since the last response: the best description of a failure. */
static void
chain_read_messages (ApertiumChain *self)
{
  char buffer[4096];
  gssize length = read (self->processes->messages, buffer, sizeof buffer);
  g_autofree char *text = NULL;

  if (length < 0)
    return;
  if (length == 0) {
    apertium_processes_close_messages (self->processes);
    return;
  }
  if (self->message->len > 0)
    return;
  text = g_utf8_make_valid (buffer, length);
  g_strstrip (text);
  g_string_append_len (self->message, text, strcspn (text, "\n"));
}

/* Stops the programs. Requests inside them return to the front of the queue, in order, or
 * fail the second time. Called with lock held. */
static void
chain_fail (ApertiumChain *self, HablaError code, const char *problem)
{
  g_autofree char *end = g_strdup (problem);
  g_autoptr (GError) error = NULL;
  Request *request;

  if (self->processes != NULL) {
    g_autofree char *failed = NULL;

    chain_read_messages (self);
    failed = apertium_processes_stop (g_steal_pointer (&self->processes));
    if (failed != NULL) {
      g_free (end);
      end = g_steal_pointer (&failed);
    }
  }
  g_set_error (&error, HABLA_ERROR, code, "Apertium's %s failed: %s%s%s", self->name, end,
      self->message->len > 0 ? ": " : "", self->message->str);
  g_debug ("%s; %u sentences in flight", error->message, self->in_flight.length);
  g_byte_array_set_size (self->output, 0);
  g_string_truncate (self->message, 0);

  while ((request = g_queue_pop_tail (&self->in_flight)) != NULL) {
    if (request->abandoned || request->retried) {
      request_end (request, NULL, error);
    } else {
      request->retried = TRUE;
      request->written = 0;
      g_queue_push_head (&self->waiting, request);
    }
  }
}

static void
chain_start (ApertiumChain *self)
{
  g_autoptr (GError) error = NULL;
  Request *request;

  self->responded = FALSE;
  self->processes = apertium_processes_start (self->stages, &error);
  while (self->processes == NULL && (request = g_queue_pop_head (&self->waiting)) != NULL)
    request_end (request, NULL, error);
}

static gboolean
chain_may_send (ApertiumChain *self, const Request *next)
{
  const Request *first = g_queue_peek_head (&self->in_flight);

  /* One of the retried requests made the chain fail; sending them one at a time shows
   * which. */
  if (first != NULL && (first->retried || next->retried))
    return FALSE;
  return self->in_flight.length < MAX_IN_FLIGHT;
}

/* Called with lock held. */
static void
chain_send_waiting (ApertiumChain *self)
{
  Request *request;

  while ((request = g_queue_peek_head (&self->waiting)) != NULL) {
    if (request->abandoned) {
      request_unref (g_queue_pop_head (&self->waiting));
      continue;
    }
    if (self->processes == NULL)
      chain_start (self);
    if (self->processes == NULL || !chain_may_send (self, request))
      return;
    if (g_queue_is_empty (&self->in_flight))
      self->head_since = g_get_monotonic_time ();
    g_queue_push_tail (&self->in_flight, g_queue_pop_head (&self->waiting));
  }
}

static Request *
chain_find_unwritten (ApertiumChain *self)
{
  for (GList *l = self->in_flight.head; l != NULL; l = l->next) {
    Request *request = l->data;

    if (request->written < request->payload->len)
      return request;
  }
  return NULL;
}

/* Returns: %FALSE if the first program has closed its input */
static gboolean
chain_write_requests (ApertiumChain *self)
{
  Request *request;

  while ((request = chain_find_unwritten (self)) != NULL) {
    gssize written = write (self->processes->input, request->payload->str + request->written,
        request->payload->len - request->written);

    if (written < 0)
      return errno == EAGAIN || errno == EINTR;
    request->written += written;
  }
  return TRUE;
}

/* Completes the first request. Returns: (nullable): a problem, or %NULL */
static const char *
chain_handle_response (ApertiumChain *self, const char *output, gsize length)
{
  Request *request = g_queue_peek_head (&self->in_flight);
  char *response;

  if (request == NULL)
    return "it sent output without a request";
  response = apertium_text_reformat (output, length, request->sequence);
  if (response == NULL)
    return "its response belongs to another request";
  g_queue_pop_head (&self->in_flight);
  self->head_since = g_get_monotonic_time ();
  self->responded = TRUE;
  g_string_truncate (self->message, 0);

  g_mutex_lock (&self->lock);
  request_end (request, response, NULL);
  g_mutex_unlock (&self->lock);
  return NULL;
}

/* Returns: (nullable): a problem with the responses, or %NULL */
static const char *
chain_handle_responses (ApertiumChain *self)
{
  const Request *first;
  guint begin = 0;
  const guint8 *end;

  while ((end = memchr (self->output->data + begin, '\0', self->output->len - begin)) != NULL) {
    guint length = end - self->output->data - begin;
    const char *problem = chain_handle_response (self, (char *) self->output->data + begin, length);

    if (problem != NULL)
      return problem;
    begin += length + 1;
    if (begin == self->output->len)
      break;
  }
  if (begin > 0)
    g_byte_array_remove_range (self->output, 0, begin);

  first = g_queue_peek_head (&self->in_flight);
  if (self->output->len > 0 && first == NULL)
    return "it sent output without a request";
  if (first != NULL && self->output->len > MAX_RESPONSE (first->payload->len))
    return "its response is too long";
  return NULL;
}

/* Returns: (nullable): a problem, or %NULL */
static const char *
chain_read_responses (ApertiumChain *self)
{
  guint8 buffer[16384];
  gssize length = read (self->processes->output, buffer, sizeof buffer);

  if (length < 0)
    return errno == EAGAIN || errno == EINTR ? NULL : "its output cannot be read";
  if (length == 0)
    return "it exited";
  g_byte_array_append (self->output, buffer, length);
  return chain_handle_responses (self);
}

static gint64
chain_get_deadline (ApertiumChain *self)
{
  const Request *request = g_queue_peek_head (&self->in_flight);

  if (request == NULL)
    return G_MAXINT64;
  return self->head_since + request->timeout + (self->responded ? 0 : START_TIME);
}

static int
chain_get_poll_timeout (ApertiumChain *self)
{
  gint64 deadline = chain_get_deadline (self);

  if (deadline == G_MAXINT64)
    return -1;
  deadline -= g_get_monotonic_time ();
  return CLAMP (deadline / G_TIME_SPAN_MILLISECOND + 1, 0, G_MAXINT);
}

/* Waits in poll() for the programs or for wake(), and handles what happened. */
static void
chain_run_once (ApertiumChain *self)
{
  enum { WAKE, OUTPUT, MESSAGES, INPUT };
  struct pollfd fds[] = {
    [WAKE] = { self->wake, POLLIN },
    [OUTPUT] = { self->processes != NULL ? self->processes->output : -1, POLLIN },
    [MESSAGES] = { self->processes != NULL ? self->processes->messages : -1, POLLIN },
    [INPUT] = { -1, POLLOUT },
  };
  HablaError code = HABLA_ERROR_ENGINE;
  const char *problem = NULL;

  if (chain_find_unwritten (self) != NULL)
    fds[INPUT].fd = self->processes->input;
  if (poll (fds, G_N_ELEMENTS (fds), chain_get_poll_timeout (self)) < 0)
    return;

  if (fds[WAKE].revents != 0) {
    guint64 count;

    if (read (self->wake, &count, sizeof count) < 0)
      return;
  }
  if (self->processes == NULL)
    return;
  if (fds[MESSAGES].revents != 0)
    chain_read_messages (self);
  if (fds[OUTPUT].revents != 0)
    problem = chain_read_responses (self);
  if (problem == NULL && fds[INPUT].revents != 0 && !chain_write_requests (self))
    problem = "it does not read its input";
  if (problem == NULL && g_get_monotonic_time () >= chain_get_deadline (self)) {
    problem = "it did not respond in time";
    code = HABLA_ERROR_TIMEOUT;
  }
  if (problem != NULL) {
    g_mutex_lock (&self->lock);
    chain_fail (self, code, problem);
    g_mutex_unlock (&self->lock);
  }
}

static gpointer
chain_run (gpointer data)
{
  ApertiumChain *self = data;
  gboolean stopping = FALSE;
  sigset_t broken_pipe;

  /* write() to a program that has exited then fails with EPIPE. */
  sigemptyset (&broken_pipe);
  sigaddset (&broken_pipe, SIGPIPE);
  pthread_sigmask (SIG_BLOCK, &broken_pipe, NULL);

  while (!stopping) {
    g_mutex_lock (&self->lock);
    chain_send_waiting (self);
    stopping = self->stopping;
    g_mutex_unlock (&self->lock);
    /* Most requests fit into the empty pipe; no poll() needed. */
    if (self->processes != NULL && !chain_write_requests (self)) {
      g_mutex_lock (&self->lock);
      chain_fail (self, HABLA_ERROR_ENGINE, "it does not read its input");
      g_mutex_unlock (&self->lock);
      continue;
    }
    if (!stopping)
      chain_run_once (self);
  }

  if (self->processes != NULL)
    g_free (apertium_processes_stop (g_steal_pointer (&self->processes)));
  /* Only abandoned requests are left. */
  g_mutex_lock (&self->lock);
  g_queue_clear_full (&self->in_flight, (GDestroyNotify) request_unref);
  g_queue_clear_full (&self->waiting, (GDestroyNotify) request_unref);
  g_mutex_unlock (&self->lock);
  return NULL;
}

ApertiumChain *
apertium_chain_new (const char *name, GPtrArray *stages, GError **error)
{
  g_autoptr (ApertiumChain) self = g_new0 (ApertiumChain, 1);
  g_autofree char *thread_name = g_strconcat ("apertium ", name, NULL);
  g_autofree char *response = NULL;

  self->name = g_strdup (name);
  self->stages = g_ptr_array_ref (stages);
  g_mutex_init (&self->lock);
  g_queue_init (&self->waiting);
  g_queue_init (&self->in_flight);
  self->output = g_byte_array_new ();
  self->message = g_string_new (NULL);
  self->wake = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (self->wake < 0) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE, "Failed to start Apertium's %s: %s", name,
        g_strerror (errno));
    return NULL;
  }
  self->thread = g_thread_try_new (thread_name, chain_run, self, error);
  if (self->thread == NULL)
    return NULL;

  response = apertium_chain_translate (self, BYTE_ORDER_MARK, 0, NULL, NULL, error);
  if (response == NULL)
    return NULL;
  self->drops_mark = *response == '\0';
  return g_steal_pointer (&self);
}

void
apertium_chain_free (ApertiumChain *self)
{
  if (self->thread != NULL) {
    g_mutex_lock (&self->lock);
    self->stopping = TRUE;
    g_mutex_unlock (&self->lock);
    chain_wake (self);
    g_thread_join (self->thread);
  }
  if (self->wake >= 0)
    close (self->wake);
  g_byte_array_unref (self->output);
  g_string_free (self->message, TRUE);
  g_mutex_clear (&self->lock);
  g_ptr_array_unref (self->stages);
  g_free (self->name);
  g_free (self);
}

typedef struct {
  ApertiumChain *chain;
  Request *request;
} Waiter;

static void
chain_on_cancelled (GCancellable *cancellable, gpointer data)
{
  Waiter *waiter = data;

  g_mutex_lock (&waiter->chain->lock);
  g_cond_signal (&waiter->request->ended);
  g_mutex_unlock (&waiter->chain->lock);
}

char *
apertium_chain_translate (ApertiumChain *self, const char *text, guint timeout,
    GCancellable *cancellable, gboolean *retried, GError **error)
{
  Request *request;
  Waiter waiter;
  char *response = NULL;
  glong length = g_utf8_strlen (text, -1);
  gulong handler;

  if (retried != NULL)
    *retried = FALSE;
  if (length > APERTIUM_CHAIN_MAX_TEXT) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
        "The text has %ld characters; Apertium's %s takes at most %d at a time", length, self->name,
        APERTIUM_CHAIN_MAX_TEXT);
    return NULL;
  }
  if (self->drops_mark && g_str_has_prefix (text, BYTE_ORDER_MARK))
    text += strlen (BYTE_ORDER_MARK);

  request = request_new (self, text, timeout);
  waiter = (Waiter){ self, request };
  handler = cancellable != NULL ? g_cancellable_connect (
                                      cancellable, G_CALLBACK (chain_on_cancelled), &waiter, NULL)
                                : 0;

  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->waiting, g_rc_box_acquire (request));
  chain_wake (self);
  while (!request->done && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait (&request->ended, &self->lock);
  if (request->done) {
    response = g_steal_pointer (&request->response);
    if (request->error != NULL)
      g_propagate_error (error, g_steal_pointer (&request->error));
  } else {
    request->abandoned = TRUE;
    g_cancellable_set_error_if_cancelled (cancellable, error);
  }
  if (retried != NULL)
    *retried = request->retried;
  g_mutex_unlock (&self->lock);

  g_cancellable_disconnect (cancellable, handler);
  g_mutex_lock (&self->lock);
  request_unref (request);
  g_mutex_unlock (&self->lock);
  return response;
}
