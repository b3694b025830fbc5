/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decoder/decoder.h"

#include "decoder/decoder-child.h"
#include "decoder/decoder-private.h"
#include "decoder/decoder-protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <habla/error.h>
#include <unistd.h>

/* Timeout for READY, in ms: the child may load its libraries from a cold disk. */
#define START_TIMEOUT 15000
/* Number of checks without progress that make a timeout, so that a late main loop or a suspended
 * machine does not count as the child's fault. */
#define N_CHECKS 12
/* Bytes that a child may add to the stream: headers, and padding after an interruption. */
#define MAX_ADDED (256 * 1024)
#define MAX_ADDED_AT_INTERRUPTION (1024 * 1024)

/* A pending message; DATA may be a part of a chunk. */
typedef struct {
  HablaDecoderMessageType type;
  GBytes *payload;
} Outgoing;

struct _HablaDecoder {
  GObject parent_instance;

  HablaDecoderChild *child; /* NULL = reaped */
  HablaDecoderReader reader;
  int output;      /* until the caller takes it */
  int output_copy; /* duplicate, to poll for unread samples */
  gboolean is_output_stolen;

  GQueue outgoing; /* of Outgoing */
  gsize sent;      /* bytes of the first one, head included */
  GSource *readable;
  GSource *writable; /* NULL = nothing is pending */
  guint check_source;
  guint timeout;  /* milliseconds */
  guint n_checks; /* since the last progress */

  GQueue chunks; /* of guint64: value of pushed at the end of each chunk */
  guint64 pushed;
  guint64 consumed;
  guint64 max_stream; /* bytes that may still be emitted as `stream` */
  GBytes *header;
  GError *error;
  gboolean wants_stream;
  gboolean is_ready;
  gboolean has_ended; /* habla_decoder_end() was called */
  gboolean is_done;
  gboolean is_finished;
};

G_DEFINE_FINAL_TYPE (HablaDecoder, habla_decoder, G_TYPE_OBJECT)

enum { SIGNAL_STREAM, SIGNAL_CONSUMED, SIGNAL_FINISHED, N_SIGNALS };
static guint signals[N_SIGNALS];

static guint default_timeout = HABLA_DECODER_TIMEOUT;

static void decoder_update_check (HablaDecoder *self);
static gboolean decoder_on_socket (int socket, GIOCondition condition, gpointer data);

void
habla_decoder_set_timeout (guint timeout)
{
  default_timeout = timeout;
}

static void
outgoing_free (Outgoing *self)
{
  g_clear_pointer (&self->payload, g_bytes_unref);
  g_free (self);
}

static void
decoder_clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/* Nothing is sent or received after this. */
static void
decoder_disconnect (HablaDecoder *self)
{
  decoder_clear_source (&self->readable);
  decoder_clear_source (&self->writable);
  g_clear_handle_id (&self->check_source, g_source_remove);
  g_queue_clear_full (&self->outgoing, (GDestroyNotify) outgoing_free);
  self->sent = 0;
}

/* Kills the child; the first reason is kept. */
static void
decoder_kill (HablaDecoder *self, GError *error)
{
  if (self->error == NULL)
    self->error = error;
  else
    g_clear_error (&error);
  decoder_disconnect (self);
  if (self->child != NULL)
    habla_decoder_process_kill (habla_decoder_child_get_process (self->child));
}

static void
decoder_add_source (HablaDecoder *self, GSource **source, GIOCondition condition)
{
  *source = g_unix_fd_source_new (habla_decoder_child_get_process (self->child)->socket, condition);
  g_source_set_callback (*source, (GSourceFunc) (void (*) (void)) decoder_on_socket, self, NULL);
  g_source_set_static_name (*source, "[habla] HablaDecoder socket");
  g_source_attach (*source, NULL);
}

/* Sends as much as the socket accepts. Errors are ignored: the child's end is watched elsewhere. */
static void
decoder_flush (HablaDecoder *self)
{
  Outgoing *outgoing;

  decoder_clear_source (&self->writable);
  while ((outgoing = g_queue_peek_head (&self->outgoing)) != NULL) {
    gsize size = outgoing->payload != NULL ? g_bytes_get_size (outgoing->payload) : 0;
    gssize n =
        habla_decoder_send (habla_decoder_child_get_process (self->child)->socket, outgoing->type,
            size > 0 ? g_bytes_get_data (outgoing->payload, NULL) : NULL, size, self->sent);

    if (n < 0 && errno == EAGAIN) {
      decoder_add_source (self, &self->writable, G_IO_OUT);
      return;
    }
    if (n < 0) {
      g_queue_clear_full (&self->outgoing, (GDestroyNotify) outgoing_free);
      self->sent = 0;
      return;
    }
    self->sent += n;
    if (self->sent < sizeof (HablaDecoderHead) + size)
      continue;
    outgoing_free (g_queue_pop_head (&self->outgoing));
    self->sent = 0;
  }
}

/* @payload: (transfer full) (nullable) */
static void
decoder_queue (HablaDecoder *self, HablaDecoderMessageType type, GBytes *payload)
{
  Outgoing *outgoing = g_new0 (Outgoing, 1);

  outgoing->type = type;
  outgoing->payload = payload;
  g_queue_push_tail (&self->outgoing, outgoing);
}

/* Whether input can be given to the child. */
static gboolean
decoder_is_open (HablaDecoder *self)
{
  return !self->has_ended && self->child != NULL && self->readable != NULL;
}

static void
decoder_on_consumed (HablaDecoder *self, guint64 size)
{
  if (size == 0)
    return;
  self->consumed += size;
  while (!g_queue_is_empty (&self->chunks) &&
         *(guint64 *) g_queue_peek_head (&self->chunks) <= self->consumed)
    g_free (g_queue_pop_head (&self->chunks));
  g_signal_emit (self, signals[SIGNAL_CONSUMED], 0);
}

static void
decoder_on_stream (HablaDecoder *self, const HablaDecoderMessage *message)
{
  g_autoptr (GBytes) bytes = g_bytes_new (message->payload, message->size);

  self->max_stream -= message->size;
  g_signal_emit (self, signals[SIGNAL_STREAM], 0, bytes);
}

/* Returns: whether @message is valid in the present state; a compromised child may send anything */
static gboolean
decoder_allows (HablaDecoder *self, const HablaDecoderMessage *message)
{
  switch (message->type) {
  case HABLA_DECODER_MESSAGE_READY:
    return !self->is_ready;
  case HABLA_DECODER_MESSAGE_CONSUMED:
    return habla_decoder_message_get_number (message) <= self->pushed - self->consumed;
  case HABLA_DECODER_MESSAGE_STREAM:
    return self->wants_stream && message->size > 0 && message->size <= self->max_stream;
  case HABLA_DECODER_MESSAGE_HEADER:
    return self->header == NULL && message->size > 0;
  case HABLA_DECODER_MESSAGE_ERROR:
    return TRUE;
  case HABLA_DECODER_MESSAGE_DONE:
    return self->has_ended;
  default:
    return FALSE;
  }
}

static void
decoder_on_message (HablaDecoder *self, const HablaDecoderMessage *message)
{
  self->n_checks = 0;
  if (!decoder_allows (self, message)) {
    decoder_kill (self, habla_decoder_process_new_death_error (0));
    return;
  }
  if (message->type == HABLA_DECODER_MESSAGE_READY)
    self->is_ready = TRUE;
  else if (message->type == HABLA_DECODER_MESSAGE_CONSUMED)
    decoder_on_consumed (self, habla_decoder_message_get_number (message));
  else if (message->type == HABLA_DECODER_MESSAGE_STREAM)
    decoder_on_stream (self, message);
  else if (message->type == HABLA_DECODER_MESSAGE_HEADER)
    self->header = g_bytes_new (message->payload, message->size);
  else if (message->type == HABLA_DECODER_MESSAGE_ERROR)
    decoder_kill (self, habla_decoder_process_parse_error (message->payload, message->size));
  else {
    self->is_done = TRUE;
    decoder_kill (self, NULL);
  }
}

/* Receives once and handles all complete messages. Returns: whether there may be more */
static gboolean
decoder_receive (HablaDecoder *self)
{
  HablaDecoderMessage message;
  HablaDecoderReadResult result = HABLA_DECODER_READ_MORE;
  gssize n = habla_decoder_reader_receive (
      &self->reader, habla_decoder_child_get_process (self->child)->socket);

  if (n <= 0)
    return n < 0 && errno == EAGAIN;
  while (self->readable != NULL && (result = habla_decoder_reader_next (&self->reader, &message)) ==
                                       HABLA_DECODER_READ_MESSAGE)
    decoder_on_message (self, &message);
  if (result == HABLA_DECODER_READ_BROKEN)
    decoder_kill (self, habla_decoder_process_new_death_error (0));
  return self->readable != NULL;
}

static gboolean
decoder_on_socket (int socket, GIOCondition condition, gpointer data)
{
  g_autoptr (HablaDecoder) self = g_object_ref (data);

  if (condition == G_IO_OUT)
    decoder_flush (self);
  else if (!decoder_receive (self))
    /* The child has closed its socket or broken the protocol. */
    decoder_kill (self, NULL);
  decoder_update_check (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
decoder_check (gpointer data)
{
  HablaDecoder *self = data;
  guint n_allowed = self->is_ready ? N_CHECKS : N_CHECKS * MAX (START_TIMEOUT / self->timeout, 1);

  /* The reader of the samples is slow. */
  if (habla_decoder_process_has_output (self->output_copy))
    self->n_checks = 0;
  else
    self->n_checks++;
  if (self->n_checks < n_allowed)
    return G_SOURCE_CONTINUE;
  self->check_source = 0;
  decoder_kill (self, habla_decoder_process_new_stuck_error ());
  return G_SOURCE_REMOVE;
}

/* The timeout runs only while the child has work. */
static void
decoder_update_check (HablaDecoder *self)
{
  gboolean is_busy = self->readable != NULL && (self->pushed > self->consumed || self->has_ended);

  if (is_busy && self->check_source == 0) {
    self->n_checks = 0;
    /* Handle messages that have arrived first. */
    self->check_source = g_timeout_add_full (
        G_PRIORITY_DEFAULT + 10, MAX (self->timeout / N_CHECKS, 1), decoder_check, self, NULL);
  } else if (!is_busy) {
    g_clear_handle_id (&self->check_source, g_source_remove);
  }
}

/* Returns: (transfer full) (nullable): why a child that has exited did not decode everything */
static GError *
decoder_explain (HablaDecoder *self, int wait_status)
{
  if (self->error != NULL)
    return g_steal_pointer (&self->error);
  if (self->is_done)
    return NULL;
  /* The audio is not the cause if the child died before it received any. */
  return self->is_ready && self->pushed > 0 ? habla_decoder_process_new_death_error (wait_status)
                                            : habla_decoder_process_new_start_error (wait_status);
}

static void
decoder_on_exit (int wait_status, gpointer data)
{
  g_autoptr (HablaDecoder) self = g_object_ref (data);
  g_autoptr (GError) error = NULL;

  /* Read the child's last messages; the socket has no other writer. */
  while (self->readable != NULL && decoder_receive (self))
    ;
  decoder_disconnect (self);
  g_clear_pointer (&self->child, habla_decoder_child_free);
  error = decoder_explain (self, wait_status);
  self->is_finished = TRUE;
  g_signal_emit (self, signals[SIGNAL_FINISHED], 0, error);
}

static void
habla_decoder_init (HablaDecoder *self)
{
  self->output = self->output_copy = -1;
  self->timeout = default_timeout;
  habla_decoder_reader_init (&self->reader);
  g_queue_init (&self->outgoing);
  g_queue_init (&self->chunks);
}

static void
habla_decoder_finalize (GObject *object)
{
  HablaDecoder *self = HABLA_DECODER (object);

  decoder_disconnect (self);
  g_clear_pointer (&self->child, habla_decoder_child_free);
  if (self->output >= 0)
    close (self->output);
  if (self->output_copy >= 0)
    close (self->output_copy);
  habla_decoder_reader_clear (&self->reader);
  g_queue_clear_full (&self->chunks, g_free);
  g_clear_pointer (&self->header, g_bytes_unref);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (habla_decoder_parent_class)->finalize (object);
}

static void
habla_decoder_class_init (HablaDecoderClass *class)
{
  G_OBJECT_CLASS (class)->finalize = habla_decoder_finalize;

  signals[SIGNAL_STREAM] = g_signal_new ("stream", HABLA_TYPE_DECODER, G_SIGNAL_RUN_LAST, 0, NULL,
      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BYTES);
  signals[SIGNAL_CONSUMED] = g_signal_new (
      "consumed", HABLA_TYPE_DECODER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FINISHED] = g_signal_new ("finished", HABLA_TYPE_DECODER, G_SIGNAL_RUN_LAST, 0,
      NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

HablaDecoder *
habla_decoder_new (GBytes *header, gboolean wants_stream, GError **error)
{
  HablaDecoderChild *child = habla_decoder_spare_take (error);
  guint32 flags = wants_stream ? HABLA_DECODER_START_WANTS_STREAM : 0;
  g_autoptr (GByteArray) start = NULL;
  HablaDecoderProcess *process;
  HablaDecoder *self;

  if (child == NULL)
    return NULL;
  self = g_object_new (HABLA_TYPE_DECODER, NULL);
  self->child = child;
  self->wants_stream = wants_stream;
  self->max_stream = MAX_ADDED;
  habla_decoder_child_set_func (child, decoder_on_exit, self);
  process = habla_decoder_child_get_process (child);
  self->output = g_steal_fd (&process->output);
  self->output_copy = fcntl (self->output, F_DUPFD_CLOEXEC, 3);

  start = g_byte_array_new ();
  g_byte_array_append (start, (const guint8 *) &flags, sizeof flags);
  if (header != NULL && g_bytes_get_size (header) <= HABLA_DECODER_MAX_PAYLOAD - sizeof flags)
    g_byte_array_append (start, g_bytes_get_data (header, NULL), g_bytes_get_size (header));
  decoder_add_source (self, &self->readable, G_IO_IN | G_IO_HUP | G_IO_ERR);
  decoder_queue (
      self, HABLA_DECODER_MESSAGE_START, g_byte_array_free_to_bytes (g_steal_pointer (&start)));
  decoder_flush (self);
  return self;
}

int
habla_decoder_steal_output (HablaDecoder *self)
{
  return g_steal_fd (&self->output);
}

void
habla_decoder_push (HablaDecoder *self, GBytes *audio)
{
  gsize size = g_bytes_get_size (audio);

  if (!decoder_is_open (self) || size == 0)
    return;
  for (gsize at = 0; at < size; at += HABLA_DECODER_MAX_DATA)
    decoder_queue (self, HABLA_DECODER_MESSAGE_DATA,
        g_bytes_new_from_bytes (audio, at, MIN (size - at, HABLA_DECODER_MAX_DATA)));
  self->pushed += size;
  self->max_stream += size;
  g_queue_push_tail (&self->chunks, g_memdup2 (&self->pushed, sizeof self->pushed));
  if (self->writable == NULL)
    decoder_flush (self);
  decoder_update_check (self);
}

void
habla_decoder_interrupt (HablaDecoder *self)
{
  if (!decoder_is_open (self))
    return;
  self->max_stream += MAX_ADDED_AT_INTERRUPTION;
  decoder_queue (self, HABLA_DECODER_MESSAGE_INTERRUPT, NULL);
  if (self->writable == NULL)
    decoder_flush (self);
}

void
habla_decoder_expect_rival (HablaDecoder *self)
{
  if (!decoder_is_open (self))
    return;
  decoder_queue (self, HABLA_DECODER_MESSAGE_RIVAL, NULL);
  if (self->writable == NULL)
    decoder_flush (self);
}

void
habla_decoder_end (HablaDecoder *self)
{
  if (!decoder_is_open (self))
    return;
  decoder_queue (self, HABLA_DECODER_MESSAGE_END, NULL);
  self->has_ended = TRUE;
  if (self->writable == NULL)
    decoder_flush (self);
  decoder_update_check (self);
}

guint64
habla_decoder_get_waiting (HablaDecoder *self)
{
  return self->readable != NULL ? self->pushed - self->consumed : 0;
}

guint
habla_decoder_get_waiting_chunks (HablaDecoder *self)
{
  return self->readable != NULL ? self->chunks.length : 0;
}

GBytes *
habla_decoder_get_header (HablaDecoder *self)
{
  return self->header != NULL ? g_bytes_ref (self->header) : NULL;
}

void
habla_decoder_keep_spare (void)
{
  habla_decoder_spare_keep ();
}

void
habla_decoder_drop_spare (void)
{
  habla_decoder_spare_drop ();
}

guint
habla_decoder_count (void)
{
  return habla_decoder_process_count ();
}
