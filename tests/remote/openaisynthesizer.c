/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* openaisynthesizer with a server of the test's own, and eSpeak NG in its place. */
#include "remote-server.h"
#include "speech-harness.h"

#include <math.h>
#include <string.h>

#define UTF8 "text/x-raw, format=utf8"
#define SENTENCE "La casa es roja."
#define HEADER 44
#define RATE 24000

/* The server's behaviour for a sentence: a tone of @ms. */
typedef struct {
  guint status;
  guint rate; /* 0 = no WAV file but raw samples of 24 kHz */
  guint ms;
  guint32 declared; /* size in the header; 0 = the true one */
  guint channels;
  const char *body; /* (nullable): instead of a tone */
  RemoteFault fault;
} Behaviour;

static const Behaviour good = { 200, 16000, 400, 0, 1, NULL, REMOTE_FAULT_NONE };

typedef struct {
  RemoteServer *server;
  SpeechHarness *speech;
  GString *notices; /* names and warnings from the bus, each with a newline */
  GString *reasons;

  GMutex lock;
  Behaviour behaviour; /* protected by lock */
  char *last_body;     /* protected by lock */
} Fixture;

static void
make_tone (const Behaviour *behaviour, RemoteReply *reply)
{
  guint rate = behaviour->rate > 0 ? behaviour->rate : RATE;
  guint offset = behaviour->rate > 0 ? HEADER : 0;
  guint n = behaviour->ms * (rate / 1000), frame = 2 * behaviour->channels;
  guint8 *wav = g_malloc0 (HEADER + n * frame);

  memcpy (wav, "RIFF\xff\xff\xff\xffWAVEfmt \x10", 17);
  GST_WRITE_UINT16_LE (wav + 20, 1);
  GST_WRITE_UINT16_LE (wav + 22, behaviour->channels);
  GST_WRITE_UINT32_LE (wav + 24, rate);
  GST_WRITE_UINT32_LE (wav + 28, rate * frame);
  GST_WRITE_UINT16_LE (wav + 32, frame);
  GST_WRITE_UINT16_LE (wav + 34, 16);
  memcpy (wav + 36, "data", 4);
  GST_WRITE_UINT32_LE (wav + 40, behaviour->declared > 0 ? behaviour->declared : n * frame);
  for (guint i = 0; i < n * behaviour->channels; i++)
    GST_WRITE_UINT16_LE (wav + offset + 2 * i,
        (gint16) (10000 * cos (2 * G_PI * 300 * (i / behaviour->channels) / rate)));
  reply->body = (char *) wav;
  reply->size = offset + n * frame;
}

/* On a thread of the server. */
static void
answer (const RemoteCall *call, RemoteReply *reply, gpointer data)
{
  Fixture *self = data;

  g_assert_cmpstr (call->method, ==, "POST");
  g_assert_cmpstr (call->path, ==, "/v1/audio/speech");
  g_mutex_lock (&self->lock);
  g_free (self->last_body);
  self->last_body = g_strdup (call->body);
  reply->status = self->behaviour.status;
  reply->type = "audio/wav";
  reply->fault = self->behaviour.fault;
  if (self->behaviour.body != NULL)
    reply->body = g_strdup (self->behaviour.body);
  else
    make_tone (&self->behaviour, reply);
  g_mutex_unlock (&self->lock);
}

static void
behave (Fixture *self, const Behaviour *behaviour)
{
  g_mutex_lock (&self->lock);
  self->behaviour = *behaviour;
  g_mutex_unlock (&self->lock);
}

static Fixture *
fixture_new (const char *properties)
{
  Fixture *self = g_new0 (Fixture, 1);
  g_autofree char *line = NULL;
  GstElement *element;

  g_mutex_init (&self->lock);
  self->behaviour = good;
  self->notices = g_string_new (NULL);
  self->reasons = g_string_new (NULL);
  self->server = remote_server_new (answer, self, NULL);
  line = g_strdup_printf ("openaisynthesizer url=%s language-code=es timeout=%u %s",
      remote_server_get_url (self->server), habla_test_scale (20000), properties);
  element = gst_parse_launch (line, NULL);
  g_assert_nonnull (element);
  self->speech = speech_harness_new (gst_object_ref_sink (element), UTF8);
  return self;
}

static void
fixture_free (Fixture *self)
{
  speech_harness_free (self->speech);
  remote_server_free (self->server);
  g_string_free (self->notices, TRUE);
  g_string_free (self->reasons, TRUE);
  g_free (self->last_body);
  g_mutex_clear (&self->lock);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static void
read_bus (Fixture *self)
{
  GstMessage *message;

  while ((message = gst_bus_pop (self->speech->bus)) != NULL) {
    const GstStructure *structure = gst_message_get_structure (message);
    g_autoptr (GError) error = NULL;

    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT) {
      const char *reason = gst_structure_get_string (structure, "reason");

      g_string_append_printf (self->notices, "%s %s\n", gst_structure_get_name (structure),
          gst_structure_get_string (structure, "fallback"));
      g_string_append (self->reasons, reason != NULL ? reason : "");
    } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING) {
      gst_message_parse_warning (message, &error, NULL);
      g_string_append_printf (self->notices, "warning\n");
      g_string_append (self->reasons, error->message);
    }
    gst_message_unref (message);
  }
}

static guint64
count_done (Fixture *self)
{
  return speech_harness_get_stat (self->speech, "spoken") +
         speech_harness_get_stat (self->speech, "failed");
}

static guint
count_samples (Fixture *self)
{
  guint n;

  g_mutex_lock (&self->speech->lock);
  n = self->speech->n_samples;
  g_mutex_unlock (&self->speech->lock);
  return n;
}

/* The statistics count a failure before the element posts its warning. */
static void
wait_for_warning (Fixture *self)
{
  gint64 deadline = g_get_monotonic_time () + habla_test_scale (20) * G_TIME_SPAN_SECOND;
  gsize length = self->notices->len;

  for (read_bus (self); self->notices->len == length; read_bus (self)) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (1000);
  }
}

/* Waits until @text was spoken or has failed. Returns: the number of its samples */
static guint
say (Fixture *self, const char *text)
{
  guint64 done = count_done (self);
  guint64 failed = speech_harness_get_stat (self->speech, "failed");
  guint before = count_samples (self), n_samples;
  gint64 deadline = g_get_monotonic_time () + habla_test_scale (60) * G_TIME_SPAN_SECOND;

  speech_harness_push (self->speech, text, G_MAXUINT, 0);
  while (count_done (self) == done) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_mutex_lock (&self->speech->lock);
    g_cond_wait_until (
        &self->speech->changed, &self->speech->lock, g_get_monotonic_time () + 10000);
    g_mutex_unlock (&self->speech->lock);
  }
  n_samples = count_samples (self) - before;
  if (speech_harness_get_stat (self->speech, "failed") > failed)
    wait_for_warning (self);
  read_bus (self);
  return n_samples;
}

static gboolean
is_tone (guint n_samples)
{
  return n_samples >= 9600 - 200 && n_samples <= 9600 + 500;
}

static gboolean
is_local (guint n_samples)
{
  return n_samples > 18000 && n_samples < 60000;
}

static void
test_good (void)
{
  g_autoptr (Fixture) self = fixture_new ("fallback=none voice=nova model=big");

  g_assert_true (is_tone (say (self, SENTENCE)));
  g_assert_nonnull (strstr (self->last_body, "\"" SENTENCE "\""));
  g_assert_nonnull (strstr (self->last_body, "\"nova\""));
  g_assert_nonnull (strstr (self->last_body, "\"big\""));
  g_assert_nonnull (strstr (self->last_body, "\"wav\""));
  g_assert_null (strstr (self->last_body, "speed"));
  g_assert_true (is_tone (say (self, "¡Sí, \"sí\"!")));
  g_assert_nonnull (strstr (self->last_body, "¡Sí, \\\"sí\\\"!"));
  g_assert_cmpstr (self->notices->str, ==, "");
}

/* Whatever the rate and the form, it is the same speech. */
static void
test_formats (void)
{
  const Behaviour forms[] = { { 200, 24000, 400, 0xffffffff, 1, NULL, REMOTE_FAULT_NONE },
    { 200, 48000, 400, 0, 2, NULL, REMOTE_FAULT_NONE },
    { 200, 22000, 400, 0, 1, NULL, REMOTE_FAULT_PIECES },
    { 200, 8000, 400, 0, 1, NULL, REMOTE_FAULT_NONE } };
  const Behaviour raw = { 200, 0, 400, 0, 1, NULL, REMOTE_FAULT_NONE };
  g_autoptr (Fixture) self = fixture_new ("fallback=none");

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++) {
    behave (self, &forms[i]);
    g_assert_true (is_tone (say (self, SENTENCE)));
  }
  g_object_set (self->speech->element, "response-format", 1, NULL);
  behave (self, &raw);
  g_assert_true (is_tone (say (self, SENTENCE)));
  g_assert_nonnull (strstr (self->last_body, "\"pcm\""));
  g_assert_cmpstr (self->notices->str, ==, "");
}

/* Times are those of the text, and speech begins with the text's slot. */
static void
test_times (void)
{
  g_autoptr (Fixture) self = fixture_new ("fallback=none");

  speech_harness_push (self->speech, SENTENCE, 1000, 2000);
  speech_harness_push (self->speech, SENTENCE, 1200, 200);
  speech_harness_finish (self->speech);
  speech_harness_expect (self->speech, "gap 0-1000, speech 1000-1800, eos");
}

/* Without a local engine, each failure is a warning that says why. */
static void
test_faults (void)
{
  const struct {
    Behaviour behaviour;
    const char *reason;
  } faults[] = {
    { { 500, 16000, 400, 0, 1, "oops", REMOTE_FAULT_NONE }, "500" },
    { { 200, 16000, 400, 0, 1, "{\"error\": \"no voice\"}", REMOTE_FAULT_NONE }, "WAV" },
    { { 200, 16000, 400, 0, 1, "", REMOTE_FAULT_NONE }, "no speech" },
    { { 200, 16000, 0, 0, 1, NULL, REMOTE_FAULT_NONE }, "no speech" },
    { { 200, 16000, 400, 50000, 1, NULL, REMOTE_FAULT_NONE }, " of 50000 bytes" },
    { { 200, 16000, 400, 0, 1, NULL, REMOTE_FAULT_CLOSE }, "" },
    { { 200, 16000, 400, 0, 1, NULL, REMOTE_FAULT_HANG_UP }, "" },
    { { 200, 16000, 60000, 0, 1, NULL, REMOTE_FAULT_NONE }, "too long" },
    { { 200, 16000, 400, 0, 9, NULL, REMOTE_FAULT_NONE }, "9 channels" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autoptr (Fixture) self = fixture_new ("fallback=none max-retries=0");

    behave (self, &faults[i].behaviour);
    say (self, SENTENCE);
    g_test_message ("%s", self->reasons->str);
    g_assert_cmpstr (self->notices->str, ==, "warning\n");
    g_assert_nonnull (strstr (self->reasons->str, faults[i].reason));
    behave (self, &good);
    g_assert_true (is_tone (say (self, SENTENCE)));
  }
}

#define LOCAL "fallback=\"espeaksynthesizer pitch=60\" max-retries=0"

/* A whole lesson, with a server that turns bad and good again. */
static void
test_lesson (void)
{
  const Behaviour bad[] = { { 503, 16000, 400, 0, 1, "overloaded", REMOTE_FAULT_NONE },
    { 200, 16000, 400, 0, 1, NULL, REMOTE_FAULT_HANG_UP },
    { 200, 16000, 400, 0, 1, "<html>", REMOTE_FAULT_NONE } };
  g_autoptr (Fixture) self = fixture_new (LOCAL);
  gint64 deadline = g_get_monotonic_time () + habla_test_scale (120) * G_TIME_SPAN_SECOND;

  g_assert_true (is_tone (say (self, SENTENCE)));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    guint n_samples, n_calls;

    g_string_truncate (self->notices, 0);
    behave (self, &bad[i]);
    g_assert_true (is_local (say (self, SENTENCE)));
    n_calls = remote_server_get_n_calls (self->server);
    g_assert_true (is_local (say (self, SENTENCE)));
    g_assert_cmpuint (remote_server_get_n_calls (self->server), <=, n_calls + 1);
    g_assert_cmpstr (self->notices->str, ==, "habla/engine-degraded espeaksynthesizer\n");
    behave (self, &good);
    while (!is_tone (n_samples = say (self, SENTENCE))) {
      g_assert_true (is_local (n_samples));
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }
    g_assert_cmpstr (self->notices->str, ==,
        "habla/engine-degraded espeaksynthesizer\nhabla/engine-recovered espeaksynthesizer\n");
  }
}

/* Half a sentence of the server is followed by the whole one of the local engine. */
static void
test_half (void)
{
  const Behaviour half = { 200, 16000, 400, 0, 1, NULL, REMOTE_FAULT_CLOSE };
  g_autoptr (Fixture) self = fixture_new (LOCAL);
  guint n_samples, n_local;

  behave (self, &half);
  n_samples = say (self, SENTENCE);
  n_local = say (self, SENTENCE);
  g_assert_true (is_local (n_local));
  g_assert_cmpuint (n_samples, >, n_local + 3000);
  g_assert_cmpuint (n_samples, <, n_local + 6000);
}

/* A server that does not answer costs no more than the timeout and the time for the text. */
static void
test_stall (void)
{
  const Behaviour stall = { 200, 16000, 400, 0, 1, NULL, REMOTE_FAULT_STALL };
  g_autoptr (Fixture) self = fixture_new (LOCAL " timeout=100");
  gint64 begun = g_get_monotonic_time ();

  behave (self, &stall);
  g_assert_true (is_local (say (self, SENTENCE)));
  g_assert_cmpint (g_get_monotonic_time () - begun, <, habla_test_scale (10) * G_TIME_SPAN_SECOND);
  g_assert_cmpstr (self->notices->str, ==, "habla/engine-degraded espeaksynthesizer\n");
}

/* A flush ends a request at once, and the element works afterwards. */
static void
test_flush (void)
{
  const Behaviour stall = { 200, 16000, 400, 0, 1, NULL, REMOTE_FAULT_STALL };
  g_autoptr (Fixture) self = fixture_new (LOCAL);
  GstHarness *harness = self->speech->harness;
  gint64 begun;

  behave (self, &stall);
  speech_harness_push (self->speech, SENTENCE, 0, 0);
  remote_server_wait_for_calls (self->server, 1);
  begun = g_get_monotonic_time ();
  gst_harness_push_event (harness, gst_event_new_flush_start ());
  gst_harness_push_event (harness, gst_event_new_flush_stop (TRUE));
  g_assert_cmpint (g_get_monotonic_time () - begun, <, habla_test_scale (5) * G_TIME_SPAN_SECOND);
  behave (self, &good);
  speech_harness_push_segment (self->speech, 0, 0, 0);
  g_assert_true (is_tone (say (self, SENTENCE)));
  g_assert_cmpstr (self->notices->str, ==, "");
}

static void
run_once (gpointer data)
{
  const Behaviour broken = { 500, 16000, 400, 0, 1, "oops", REMOTE_FAULT_NONE };
  g_autoptr (Fixture) self = fixture_new (LOCAL);

  behave (self, data != NULL ? &good : &broken);
  say (self, SENTENCE);
}

static void
test_leaks (void)
{
  habla_test_leak_gate (run_once, NULL, 5);
  habla_test_leak_gate (run_once, "good", 5);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/openaisynthesizer/good", test_good);
  g_test_add_func ("/openaisynthesizer/formats", test_formats);
  g_test_add_func ("/openaisynthesizer/times", test_times);
  g_test_add_func ("/openaisynthesizer/faults", test_faults);
  g_test_add_func ("/openaisynthesizer/lesson", test_lesson);
  g_test_add_func ("/openaisynthesizer/half", test_half);
  g_test_add_func ("/openaisynthesizer/stall", test_stall);
  g_test_add_func ("/openaisynthesizer/flush", test_flush);
  g_test_add_func ("/openaisynthesizer/leaks", test_leaks);
  return habla_test_run ();
}
