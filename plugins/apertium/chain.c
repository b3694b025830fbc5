/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One warm chain of programs. A thread of its own starts them, writes questions,
 * reads answers and replaces the programs when they fail; it never waits for
 * anything but poll(), so that full pipes cannot make it and the programs wait for
 * each other. Any number of threads ask and sleep until their answer is there. */
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

/* So many questions are in the chain at once: more do not make it faster. */
#define MAX_IN_FLIGHT 8

/* For the first answer of new programs, which load their dictionaries before it. */
#define START_TIME (10 * G_TIME_SPAN_SECOND)

/* An answer is longer than this only if a program runs wild: a translation is never
 * so much longer than its source. */
#define MAX_ANSWER(question) (64 * (question) + 65536)

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* Shared by who asks and the chain; references are taken and given back with the chain's lock. */
typedef struct {
  guint64 sequence;
  GString *question; /* with the NUL that ends it */
  gint64 timeout;    /* in microseconds */

  /* chain thread only */
  gsize written; /* bytes of @question */

  /* with the chain's lock */
  GCond ended;
  gboolean done;
  gboolean abandoned; /* nobody waits for the answer any more */
  gboolean retried;
  char *answer;
  GError *error;
} Request;

struct _ApertiumChain {
  char *name;
  GPtrArray *stages;
  GThread *thread;
  int wake;              /* eventfd: something changed under @lock */
  guint64 last_sequence; /* atomic */
  /* Whether a program of the chain takes U+FEFF for a byte order mark when it comes
   * first of all. Then the command loses it; set before the first question. */
  gboolean drops_mark;

  GMutex lock;
  GQueue waiting;    /* with @lock, of Request, in order */
  gboolean stopping; /* with @lock */

  /* chain thread only */
  ApertiumProcesses *processes; /* NULL while none run */
  GQueue in_flight;             /* of Request, in order */
  GByteArray *output;           /* the beginning of the next answer */
  GString *message;             /* what they said of the matter on standard error */
  gint64 head_since;            /* when the first of @in_flight became it */
  gboolean answered;            /* these programs have answered once */
};

static void
request_clear (Request *request)
{
  g_string_free (request->question, TRUE);
  g_cond_clear (&request->ended);
  g_free (request->answer);
  g_clear_error (&request->error);
}

/* With the lock. */
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
  request->question = apertium_text_deformat (text, request->sequence);
  g_string_append_c (request->question, '\0');
  request->timeout = timeout * G_TIME_SPAN_MILLISECOND;
  g_cond_init (&request->ended);
  return request;
}

/* Takes the reference of the queue. With the lock. */
static void
request_end (Request *request, char *answer, const GError *error)
{
  request->answer = answer;
  request->error = error != NULL ? g_error_copy (error) : NULL;
  request->done = TRUE;
  g_cond_signal (&request->ended);
  request_unref (request);
}

static void
wake (ApertiumChain *self)
{
  guint64 one = 1;

  while (write (self->wake, &one, sizeof one) < 0 && errno == EINTR)
    ;
}

/* Keeps the first line since the last answer, which tells best what went wrong. */
static void
read_messages (ApertiumChain *self)
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

/* Ends the programs. The questions that are in them go back to the front of the
 * queue, in order, or fail when it is the second time. With the lock. */
static void
fail (ApertiumChain *self, HablaError code, const char *problem)
{
  g_autofree char *end = g_strdup (problem);
  g_autoptr (GError) error = NULL;
  Request *request;

  if (self->processes != NULL) {
    g_autofree char *culprit = NULL;

    read_messages (self);
    culprit = apertium_processes_stop (g_steal_pointer (&self->processes));
    if (culprit != NULL) {
      g_free (end);
      end = g_steal_pointer (&culprit);
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
start (ApertiumChain *self)
{
  g_autoptr (GError) error = NULL;
  Request *request;

  self->answered = FALSE;
  self->processes = apertium_processes_start (self->stages, &error);
  while (self->processes == NULL && (request = g_queue_pop_head (&self->waiting)) != NULL)
    request_end (request, NULL, error);
}

static gboolean
may_send (ApertiumChain *self, const Request *next)
{
  const Request *first = g_queue_peek_head (&self->in_flight);

  /* One of those that go through it a second time made the chain fail: which one
   * shows when they go one at a time. */
  if (first != NULL && (first->retried || next->retried))
    return FALSE;
  return self->in_flight.length < MAX_IN_FLIGHT;
}

/* With the lock. */
static void
send_waiting (ApertiumChain *self)
{
  Request *request;

  while ((request = g_queue_peek_head (&self->waiting)) != NULL) {
    if (request->abandoned) {
      request_unref (g_queue_pop_head (&self->waiting));
      continue;
    }
    if (self->processes == NULL)
      start (self);
    if (self->processes == NULL || !may_send (self, request))
      return;
    if (g_queue_is_empty (&self->in_flight))
      self->head_since = g_get_monotonic_time ();
    g_queue_push_tail (&self->in_flight, g_queue_pop_head (&self->waiting));
  }
}

static Request *
find_unwritten (ApertiumChain *self)
{
  for (GList *l = self->in_flight.head; l != NULL; l = l->next) {
    Request *request = l->data;

    if (request->written < request->question->len)
      return request;
  }
  return NULL;
}

/* Returns: whether the first program still reads */
static gboolean
write_questions (ApertiumChain *self)
{
  Request *request;

  while ((request = find_unwritten (self)) != NULL) {
    gssize written = write (self->processes->input, request->question->str + request->written,
        request->question->len - request->written);

    if (written < 0)
      return errno == EAGAIN || errno == EINTR;
    request->written += written;
  }
  return TRUE;
}

/* Gives the first of the questions its answer. Returns: what is wrong with it, or
 * %NULL */
static const char *
take_answer (ApertiumChain *self, const char *output, gsize length)
{
  Request *request = g_queue_peek_head (&self->in_flight);
  char *answer;

  if (request == NULL)
    return "it answered without a question";
  answer = apertium_text_reformat (output, length, request->sequence);
  if (answer == NULL)
    return "it answered out of step";
  g_queue_pop_head (&self->in_flight);
  self->head_since = g_get_monotonic_time ();
  self->answered = TRUE;
  g_string_truncate (self->message, 0);

  g_mutex_lock (&self->lock);
  request_end (request, answer, NULL);
  g_mutex_unlock (&self->lock);
  return NULL;
}

/* Returns: what is wrong with the answers, or %NULL */
static const char *
take_answers (ApertiumChain *self)
{
  const Request *first;
  guint begin = 0;
  const guint8 *end;

  while ((end = memchr (self->output->data + begin, '\0', self->output->len - begin)) != NULL) {
    guint length = end - self->output->data - begin;
    const char *problem = take_answer (self, (char *) self->output->data + begin, length);

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
    return "it answered without a question";
  if (first != NULL && self->output->len > MAX_ANSWER (first->question->len))
    return "its answer does not end";
  return NULL;
}

/* Returns: what is wrong, or %NULL */
static const char *
read_answers (ApertiumChain *self)
{
  guint8 buffer[16384];
  gssize length = read (self->processes->output, buffer, sizeof buffer);

  if (length < 0)
    return errno == EAGAIN || errno == EINTR ? NULL : "it cannot be read";
  if (length == 0)
    return "it ended";
  g_byte_array_append (self->output, buffer, length);
  return take_answers (self);
}

static gint64
get_deadline (ApertiumChain *self)
{
  const Request *request = g_queue_peek_head (&self->in_flight);

  if (request == NULL)
    return G_MAXINT64;
  return self->head_since + request->timeout + (self->answered ? 0 : START_TIME);
}

static int
get_poll_timeout (ApertiumChain *self)
{
  gint64 deadline = get_deadline (self);

  if (deadline == G_MAXINT64)
    return -1;
  deadline -= g_get_monotonic_time ();
  return CLAMP (deadline / G_TIME_SPAN_MILLISECOND + 1, 0, G_MAXINT);
}

/* Waits for something to happen to the programs and deals with it. */
static void
run_once (ApertiumChain *self)
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

  if (find_unwritten (self) != NULL)
    fds[INPUT].fd = self->processes->input;
  if (poll (fds, G_N_ELEMENTS (fds), get_poll_timeout (self)) < 0)
    return;

  if (fds[WAKE].revents != 0) {
    guint64 count;

    if (read (self->wake, &count, sizeof count) < 0)
      return;
  }
  if (self->processes == NULL)
    return;
  if (fds[MESSAGES].revents != 0)
    read_messages (self);
  if (fds[OUTPUT].revents != 0)
    problem = read_answers (self);
  if (problem == NULL && fds[INPUT].revents != 0 && !write_questions (self))
    problem = "it does not read";
  if (problem == NULL && g_get_monotonic_time () >= get_deadline (self)) {
    problem = "it did not answer in time";
    code = HABLA_ERROR_TIMEOUT;
  }
  if (problem != NULL) {
    g_mutex_lock (&self->lock);
    fail (self, code, problem);
    g_mutex_unlock (&self->lock);
  }
}

static gpointer
run (gpointer data)
{
  ApertiumChain *self = data;
  gboolean stopping = FALSE;
  sigset_t broken_pipe;

  /* A program that is gone shows as EPIPE. */
  sigemptyset (&broken_pipe);
  sigaddset (&broken_pipe, SIGPIPE);
  pthread_sigmask (SIG_BLOCK, &broken_pipe, NULL);

  while (!stopping) {
    g_mutex_lock (&self->lock);
    send_waiting (self);
    stopping = self->stopping;
    g_mutex_unlock (&self->lock);
    /* Most questions go into an empty pipe at once. */
    if (self->processes != NULL && !write_questions (self)) {
      g_mutex_lock (&self->lock);
      fail (self, HABLA_ERROR_ENGINE, "it does not read");
      g_mutex_unlock (&self->lock);
      continue;
    }
    if (!stopping)
      run_once (self);
  }

  if (self->processes != NULL)
    g_free (apertium_processes_stop (g_steal_pointer (&self->processes)));
  /* Only questions that nobody waits for are left. */
  g_mutex_lock (&self->lock);
  g_queue_clear_full (&self->in_flight, (GDestroyNotify) request_unref);
  g_queue_clear_full (&self->waiting, (GDestroyNotify) request_unref);
  g_mutex_unlock (&self->lock);
  return NULL;
}

/**
 * apertium_chain_new:
 * @name: for messages, for example "eng-spa"
 * @stages: (element-type GStrv): the arguments of each program
 * @error: return location for an error
 *
 * Starts a chain and waits until it has answered once: some 70 ms.
 *
 * Returns: (transfer full) (nullable): the chain, for apertium_chain_free()
 */
ApertiumChain *
apertium_chain_new (const char *name, GPtrArray *stages, GError **error)
{
  g_autoptr (ApertiumChain) self = g_new0 (ApertiumChain, 1);
  g_autofree char *thread_name = g_strconcat ("apertium ", name, NULL);
  g_autofree char *answer = NULL;

  self->name = g_strdup (name);
  self->stages = g_ptr_array_ref (stages);
  g_mutex_init (&self->lock);
  g_queue_init (&self->waiting);
  g_queue_init (&self->in_flight);
  self->output = g_byte_array_new ();
  self->message = g_string_new (NULL);
  self->wake = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (self->wake < 0) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE, "Apertium's %s cannot be started: %s",
        name, g_strerror (errno));
    return NULL;
  }
  self->thread = g_thread_try_new (thread_name, run, self, error);
  if (self->thread == NULL)
    return NULL;

  answer = apertium_chain_translate (self, BYTE_ORDER_MARK, 0, NULL, NULL, error);
  if (answer == NULL)
    return NULL;
  self->drops_mark = *answer == '\0';
  return g_steal_pointer (&self);
}

/**
 * apertium_chain_free:
 * @self: (transfer full): a chain that nobody asks any more
 *
 * Ends the programs. When this returns, they are gone.
 */
void
apertium_chain_free (ApertiumChain *self)
{
  if (self->thread != NULL) {
    g_mutex_lock (&self->lock);
    self->stopping = TRUE;
    g_mutex_unlock (&self->lock);
    wake (self);
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
on_cancelled (GCancellable *cancellable, gpointer data)
{
  Waiter *waiter = data;

  g_mutex_lock (&waiter->chain->lock);
  g_cond_signal (&waiter->request->ended);
  g_mutex_unlock (&waiter->chain->lock);
}

/**
 * apertium_chain_translate:
 * @self: a chain
 * @text: at most %APERTIUM_CHAIN_MAX_TEXT characters
 * @timeout: how long the chain may work on @text before it is taken to hang and is
 *   replaced, in milliseconds
 * @cancellable: (nullable): makes this return at once
 * @retried: (out) (optional): whether @text was given to the chain a second time,
 *   because the first time the chain failed
 * @error: return location for an error: %HABLA_ERROR_INPUT if @text is too long,
 *   %HABLA_ERROR_ENGINE or %HABLA_ERROR_TIMEOUT if the chain failed twice, or
 *   %G_IO_ERROR_CANCELLED
 *
 * Any number of threads may call this at once.
 *
 * Returns: (transfer full) (nullable): what `apertium -u` prints for the line @text,
 *   without the newline at its end
 */
char *
apertium_chain_translate (ApertiumChain *self, const char *text, guint timeout,
    GCancellable *cancellable, gboolean *retried, GError **error)
{
  Request *request;
  Waiter waiter;
  char *answer = NULL;
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
  handler = cancellable != NULL
                ? g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), &waiter, NULL)
                : 0;

  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->waiting, g_rc_box_acquire (request));
  wake (self);
  while (!request->done && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait (&request->ended, &self->lock);
  if (request->done) {
    answer = g_steal_pointer (&request->answer);
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
  return answer;
}
