/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Decodes the audio of one client in a sandbox.
 *
 * Descriptor 0 is a stream socket with the messages of decoder-protocol.h, 1 the pipe for samples.
 * One thread does all the work; a second one ends the process when the daemon's end of the socket
 * is closed, whatever the first thread is doing. */
#include "decoder/decode-chain.h"
#include "decoder/decoder-protocol.h"
#include "decoder/decoder-text.h"
#include "decoder/decoder.h"
#include "decoder/sandbox.h"

#include <errno.h>
#include <habla/error.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define INPUT STDIN_FILENO
#define OUTPUT STDOUT_FILENO
/* Bytes of one second of samples. */
#define SECOND (HABLA_DECODER_RATE * 2)

/* Shortest interval of progress reports for written samples, in µs. */
#define REPORT_INTERVAL (200 * G_TIME_SPAN_MILLISECOND)
/* Input of at least this many bytes without a sample is an error at its end; less may be a
 * recording that was stopped at once. A file without samples always is an error. */
#define MIN_AUDIO 4096
/* Lower bound of a stream's rate beyond the first minute: silent Opus has 80 bytes a second. It
 * bounds the work that a small file can cause. */
#define MAX_EXPANSION 25 /* bytes a second, at least */
#define FREE_AUDIO 60    /* seconds */

/* Budget of processor time: CPU_BASE seconds, and one second more for each CPU_AUDIO seconds of
 * audio and each CPU_INPUT bytes of input. Decoders need less than 1 % of it. */
#ifdef HABLA_SANITIZED
#define CPU_BASE 60
#define CPU_AUDIO 1 /* seconds */
#else
#define CPU_BASE 5
#define CPU_AUDIO 10 /* seconds */
#endif
#define CPU_INPUT (4 * 1024 * 1024) /* bytes */

typedef struct {
  HablaDecoderReader reader;
  HablaDecodeChain *chain;
  HablaContainerParser *parser; /* NULL before START */
  gboolean wants_stream;
  gboolean has_header; /* was sent */
  guint64 n_input;     /* bytes */
  guint64 n_output;    /* bytes */
  guint cpu_budget;    /* seconds */
  gint64 reported;     /* monotonic time */
} Decoder;

static void decoder_fail (const GError *error) G_GNUC_NORETURN;

/* The socket blocks: the daemon always reads, and messages are small. */
static void
decoder_send (HablaDecoderMessageType type, const void *payload, gsize size)
{
  gsize total = sizeof (HablaDecoderHead) + size;

  for (gsize sent = 0; sent < total;) {
    gssize n = habla_decoder_send (INPUT, type, payload, size, sent);

    if (n < 0)
      _exit (1);
    sent += n;
  }
}

static void
decoder_send_number (HablaDecoderMessageType type, guint32 number)
{
  decoder_send (type, &number, sizeof number);
}

static void
decoder_fail (const GError *error)
{
  guint32 is_ours = !g_error_matches (error, HABLA_ERROR, HABLA_ERROR_INPUT);
  g_autoptr (GByteArray) payload = g_byte_array_new ();

  g_byte_array_append (payload, (const guint8 *) &is_ours, sizeof is_ours);
  g_byte_array_append (
      payload, (const guint8 *) error->message, MIN (strlen (error->message), 1000));
  decoder_send (HABLA_DECODER_MESSAGE_ERROR, payload->data, payload->len);
  _exit (0);
}

G_GNUC_NORETURN
static void
decoder_fail_with (const char *text)
{
  g_autoptr (GError) error = g_error_new_literal (HABLA_ERROR, HABLA_ERROR_INPUT, text);

  decoder_fail (error);
}

G_GNUC_NORETURN
static void
decoder_fail_damaged (const char *how)
{
  g_autofree char *text = g_strdup_printf (HABLA_DECODER_DAMAGED, how);

  decoder_fail_with (text);
}

/* Processor time is bounded by what came in and what went out. */
static void
decoder_update_budget (Decoder *self)
{
  guint budget = CPU_BASE + self->n_output / SECOND / CPU_AUDIO + self->n_input / CPU_INPUT;

  if (budget == self->cpu_budget)
    return;
  self->cpu_budget = budget;
  habla_sandbox_set_cpu_budget (budget);
}

/* Blocks until the samples are read. */
static void
decoder_write (gconstpointer samples, gsize size, gpointer data)
{
  Decoder *self = data;
  gint64 now = g_get_monotonic_time ();

  for (gsize written = 0; written < size;) {
    gssize n = write (OUTPUT, (const guint8 *) samples + written, size - written);

    if (n < 0 && errno != EINTR)
      _exit (1);
    written += MAX (n, 0);
  }
  self->n_output += size;
  if (self->n_output / SECOND > FREE_AUDIO + self->n_input / MAX_EXPANSION)
    decoder_fail_damaged ("a few bytes claim to be hours of audio");
  if (now - self->reported < REPORT_INTERVAL)
    return;
  self->reported = now;
  decoder_update_budget (self);
  decoder_send_number (HABLA_DECODER_MESSAGE_CONSUMED, 0);
}

/* A header is worth keeping once a demuxer has found audio in it. */
static void
decoder_send_header (Decoder *self)
{
  g_autoptr (GBytes) header = NULL;

  if (self->has_header || !habla_decode_chain_has_track (self->chain))
    return;
  header = habla_container_parser_get_header (self->parser);
  if (header == NULL)
    return;
  self->has_header = TRUE;
  decoder_send (
      HABLA_DECODER_MESSAGE_HEADER, g_bytes_get_data (header, NULL), g_bytes_get_size (header));
}

static void
decoder_send_stream (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  for (gsize at = 0; at < size; at += HABLA_DECODER_MAX_DATA)
    decoder_send (HABLA_DECODER_MESSAGE_STREAM, data + at, MIN (size - at, HABLA_DECODER_MAX_DATA));
}

static void
decoder_on_start (Decoder *self, const HablaDecoderMessage *message)
{
  g_autoptr (GBytes) header = NULL;
  gsize number = sizeof (guint32);

  if (message->size > number)
    header = g_bytes_new (message->payload + number, message->size - number);
  self->wants_stream =
      (habla_decoder_message_get_number (message) & HABLA_DECODER_START_WANTS_STREAM) != 0;
  self->parser = habla_container_parser_new (header);
}

static void
decoder_on_data (Decoder *self, const HablaDecoderMessage *message)
{
  g_autoptr (GBytes) bytes =
      habla_container_parser_push (self->parser, message->payload, message->size);
  g_autoptr (GError) error = NULL;

  self->n_input += message->size;
  decoder_update_budget (self);
  if (bytes != NULL && self->wants_stream)
    decoder_send_stream (bytes);
  if (habla_container_parser_is_damaged (self->parser))
    decoder_fail_damaged ("its header is not whole");
  if (bytes != NULL && !habla_decode_chain_push (self->chain,
                           habla_container_parser_get_container (self->parser), bytes, &error))
    decoder_fail (error);
  decoder_send_header (self);
  decoder_send_number (HABLA_DECODER_MESSAGE_CONSUMED, message->size);
}

G_GNUC_NORETURN
static void
decoder_on_end (Decoder *self)
{
  g_autoptr (GError) error = NULL;

  if (!habla_decode_chain_end (self->chain, &error))
    decoder_fail (error);
  if (self->n_output == 0 &&
      (self->n_input >= MIN_AUDIO ||
          habla_container_parser_get_container (self->parser) >= HABLA_CONTAINER_WAV))
    decoder_fail_with (HABLA_DECODER_NO_AUDIO);
  close (OUTPUT);
  decoder_send (HABLA_DECODER_MESSAGE_DONE, NULL, 0);
  _exit (0);
}

static void
decoder_on_message (Decoder *self, const HablaDecoderMessage *message)
{
  if (message->type == HABLA_DECODER_MESSAGE_START && self->parser == NULL)
    decoder_on_start (self, message);
  else if (self->parser == NULL)
    _exit (1);
  else if (message->type == HABLA_DECODER_MESSAGE_DATA)
    decoder_on_data (self, message);
  else if (message->type == HABLA_DECODER_MESSAGE_INTERRUPT)
    habla_container_parser_interrupt (self->parser);
  else if (message->type == HABLA_DECODER_MESSAGE_RIVAL)
    habla_container_parser_expect_rival (self->parser);
  else if (message->type == HABLA_DECODER_MESSAGE_END)
    decoder_on_end (self);
  else
    _exit (1);
}

G_GNUC_NORETURN
static void
decoder_run (Decoder *self)
{
  HablaDecoderMessage message;

  while (habla_decoder_reader_receive (&self->reader, INPUT) > 0) {
    HablaDecoderReadResult result;

    while ((result = habla_decoder_reader_next (&self->reader, &message)) ==
           HABLA_DECODER_READ_MESSAGE)
      decoder_on_message (self, &message);
    if (result == HABLA_DECODER_READ_BROKEN)
      break;
  }
  /* The daemon has closed the socket. */
  _exit (1);
}

/* Runs in a thread of its own, because a demuxer may never return. */
static gpointer
watch_parent (gpointer data)
{
  struct pollfd socket = { .fd = INPUT, .events = POLLRDHUP };

  while (poll (&socket, 1, -1) <= 0 || !(socket.revents & (POLLRDHUP | POLLHUP | POLLERR)))
    ;
  _exit (1);
}

/* A terminal's Ctrl-C and a service manager's SIGTERM are for the daemon, which may still have
 * audio to decode. */
static void
ignore_signals (void)
{
  static const int signals[] = { SIGHUP, SIGINT, SIGPIPE, SIGTERM };

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    signal (signals[i], SIG_IGN);
}

static gboolean
is_socket (int descriptor)
{
  int type = 0;
  socklen_t size = sizeof type;

  return getsockopt (descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

int
main (int argc, char *argv[])
{
  Decoder self = { 0 };
  HablaSandboxFlags sandbox;

  /* First of all; watch_parent() notices a parent that died before. */
  if (argc > 1 && strcmp (argv[1], HABLA_DECODER_DIES_WITH_THREAD) == 0)
    prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (!is_socket (INPUT)) {
    fputs ("hablad-decoder decodes audio for hablad, which starts it; it does nothing when run by "
           "hand\n",
        stderr);
    return 2;
  }
  ignore_signals ();
  /* Close inherited descriptors. */
  close_range (STDERR_FILENO + 1, ~0U, 0);
  /* Plugins are loaded by name from one folder; code is not generated at run time. */
  g_setenv ("GST_REGISTRY_DISABLE", "yes", TRUE);
  g_setenv ("ORC_CODE", "backup", TRUE);
  gst_init (NULL, NULL);
  habla_decoder_reader_init (&self.reader);
  self.chain = habla_decode_chain_new (decoder_write, &self);
  /* Before the first thread, and after the last file. */
  habla_sandbox_deny_files ();
  habla_decode_chain_prepare (self.chain);
  g_thread_unref (g_thread_new ("watch-parent", watch_parent, NULL));
  decoder_update_budget (&self);
  sandbox = habla_sandbox_enter ();
  decoder_send_number (HABLA_DECODER_MESSAGE_READY, sandbox);
  decoder_run (&self);
}
