/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* openaitranscriber with a server of the test's own, and PocketSphinx in its place. */
#define _GNU_SOURCE /* memmem() */
#include "habla-test.h"
#include "remote-server.h"
#include "speech.h"

#include <habla/engine.h>
#include <habla/habla.h>
#include <string.h>

#define CAPS "audio/x-raw, format=S16LE, rate=16000, channels=1, layout=interleaved"
#define MS (SPEECH_RATE / 1000)
#define CHUNK (SPEECH_RATE / 10)
#define WAV_HEADER 44

/* The shortest recordings, of three seconds. */
#define FIRST 1
#define SECOND 4
/* Silence after a sentence, in milliseconds: longer than the pause that ends it. */
#define PAUSE 1000

/* The server's behaviour for a segment. */
typedef struct {
  guint status;
  const char *type;
  const char *body; /* NULL = the text “server N”, for call N */
  RemoteFault fault;
} Behaviour;

static const Behaviour good = { 200, "application/json", NULL, REMOTE_FAULT_NONE };

typedef struct {
  RemoteServer *server;
  GstHarness *harness;
  GstElement *element;
  GstBus *bus;
  guint64 position; /* samples that were pushed */
  GPtrArray *texts; /* of finals: "TEXT BEGIN-END" in milliseconds */
  guint64 last_end; /* ns */
  GString *notices; /* names and warnings from the bus, each with a newline */

  GMutex lock;
  Behaviour behaviour; /* protected by lock */
  char *last_form;     /* protected by lock; body up to the file */
  guint last_samples;  /* protected by lock */
  guint64 all_samples; /* protected by lock */
} Fixture;

static const char *
find_bytes (const RemoteCall *call, const char *bytes)
{
  return memmem (call->body, call->size, bytes, strlen (bytes));
}

/* Unlike GST_READ_UINT32_LE(), this needs no alignment. */
static guint32
read_uint32 (const char *bytes)
{
  guint32 value;

  memcpy (&value, bytes, sizeof value);
  return GUINT32_FROM_LE (value);
}

/* On a thread of the server. */
static void
answer (const RemoteCall *call, RemoteReply *reply, gpointer data)
{
  Fixture *self = data;
  const char *file = find_bytes (call, "RIFF");
  guint size;

  g_assert_cmpstr (call->method, ==, "POST");
  g_assert_cmpstr (call->path, ==, "/v1/audio/transcriptions");
  g_assert_nonnull (file);
  g_assert_cmpuint (read_uint32 (file + 24), ==, SPEECH_RATE);
  size = read_uint32 (file + 40);
  g_assert_cmpuint (file + WAV_HEADER + size - call->body, <, call->size);
  g_mutex_lock (&self->lock);
  g_free (self->last_form);
  self->last_form = g_strndup (call->body, file - call->body);
  self->last_samples = size / sizeof (gint16);
  self->all_samples += self->last_samples;
  reply->status = self->behaviour.status;
  reply->type = self->behaviour.type;
  reply->fault = self->behaviour.fault;
  reply->body = self->behaviour.body != NULL
                    ? g_strdup (self->behaviour.body)
                    : g_strdup_printf ("{\"text\": \" server %u\"}", call->number);
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

  g_mutex_init (&self->lock);
  self->behaviour = good;
  self->texts = g_ptr_array_new_with_free_func (g_free);
  self->notices = g_string_new (NULL);
  self->bus = gst_bus_new ();
  self->server = remote_server_new (answer, self, NULL);
  line = g_strdup_printf ("openaitranscriber url=%s timeout=%u %s",
      remote_server_get_url (self->server), habla_test_scale (20000), properties);
  self->element = gst_parse_launch (line, NULL);
  g_assert_nonnull (self->element);
  gst_object_ref_sink (self->element);
  gst_element_set_bus (self->element, self->bus);
  self->harness = gst_harness_new_with_element (self->element, "sink", "src");
  gst_harness_set_src_caps_str (self->harness, CAPS);
  return self;
}

static void
fixture_free (Fixture *self)
{
  gst_harness_teardown (self->harness);
  gst_element_set_bus (self->element, NULL);
  gst_bus_set_flushing (self->bus, TRUE);
  g_assert_finalize_object (self->element);
  g_assert_finalize_object (self->bus);
  remote_server_free (self->server);
  g_ptr_array_unref (self->texts);
  g_string_free (self->notices, TRUE);
  g_free (self->last_form);
  g_mutex_clear (&self->lock);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static void
read_bus (Fixture *self)
{
  GstMessage *message;

  while ((message = gst_bus_pop (self->bus)) != NULL) {
    g_autoptr (GError) error = NULL;

    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT) {
      const GstStructure *structure = gst_message_get_structure (message);
      const char *reason = gst_structure_get_string (structure, "reason");

      g_string_append_printf (self->notices, "%s %s\n", gst_structure_get_name (structure),
          gst_structure_get_string (structure, "fallback"));
      if (reason != NULL)
        g_test_message ("%s", reason);
    } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING) {
      gst_message_parse_warning (message, &error, NULL);
      g_string_append_printf (self->notices, "warning %s\n", error->message);
    }
    gst_message_unref (message);
  }
}

static void
read_texts (Fixture *self)
{
  GstBuffer *buffer;
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  while ((buffer = gst_harness_try_pull (self->harness)) != NULL) {
    guint64 last_id = 0;
    g_autoptr (HablaUtterance) utterance = habla_utterance_from_buffer (buffer, &segment, &last_id);

    g_assert_cmpuint (utterance->begin, >=, self->last_end);
    g_assert_cmpuint (utterance->end, >, utterance->begin);
    self->last_end = utterance->end;
    g_ptr_array_add (self->texts,
        g_strdup_printf ("%s %s %" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, utterance->language,
            utterance->text, utterance->begin / GST_MSECOND, utterance->end / GST_MSECOND));
    gst_buffer_unref (buffer);
  }
}

static GstFlowReturn
push_samples (Fixture *self, const gint16 *samples, gsize n_samples)
{
  GstFlowReturn flow = GST_FLOW_OK;

  for (gsize i = 0; i < n_samples && flow == GST_FLOW_OK; i += CHUNK) {
    gsize n = MIN (CHUNK, n_samples - i);
    GstBuffer *buffer = gst_buffer_new_memdup (samples + i, n * sizeof (gint16));

    GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (self->position, GST_SECOND, SPEECH_RATE);
    GST_BUFFER_DURATION (buffer) = gst_util_uint64_scale (n, GST_SECOND, SPEECH_RATE);
    self->position += n;
    flow = gst_harness_push (self->harness, buffer);
  }
  return flow;
}

static void
push_silence (Fixture *self, guint ms)
{
  g_autofree gint16 *silence = g_new0 (gint16, ms * MS);

  g_assert_cmpint (push_samples (self, silence, ms * MS), ==, GST_FLOW_OK);
}

/* Pushes a sentence and the pause after it. Returns: (transfer none): its text with its times, of
 * which there is one */
static const char *
say (Fixture *self, guint recording)
{
  g_autoptr (GArray) speech = speech_load (recording);
  guint64 begin = self->position / MS, end;
  guint n = self->texts->len, first, last;
  const char *text;

  g_assert_cmpint (push_samples (self, (gint16 *) speech->data, speech->len), ==, GST_FLOW_OK);
  end = self->position / MS;
  push_silence (self, PAUSE);
  read_texts (self);
  read_bus (self);
  g_assert_cmpuint (self->texts->len, ==, n + 1);
  text = self->texts->pdata[n];
  g_test_message ("%s", text);
  first = g_ascii_strtoull (strrchr (text, ' ') + 1, NULL, 10);
  last = g_ascii_strtoull (strrchr (text, '-') + 1, NULL, 10);
  g_assert_cmpuint (first + 100, >=, begin);
  g_assert_cmpuint (first, <, begin + 800);
  g_assert_cmpuint (last, <=, end + 100);
  g_assert_cmpuint (last, >, end - 1200);
  return text;
}

static gboolean
is_local (const char *text, guint recording)
{
  g_autofree char *transcript = speech_load_transcript (recording);
  g_autofree char *words = g_strndup (text, strrchr (text, ' ') - text);

  return speech_count_errors (transcript, words + strlen ("en ")) <= 2;
}

static gboolean
is_remote (const char *text)
{
  return g_str_has_prefix (text, "en server ");
}

/* Says sentences until the server has one again; none may be lost. */
static void
wait_for_recovery (Fixture *self)
{
  gint64 deadline = g_get_monotonic_time () + habla_test_scale (60) * G_TIME_SPAN_SECOND;
  const char *text;

  while (!is_remote (text = say (self, FIRST))) {
    g_assert_true (is_local (text, FIRST));
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
  }
}

static void
assert_form_has (Fixture *self, const char *name, const char *value)
{
  g_autofree char *field = g_strdup_printf ("name=\"%s\"\r\n\r\n%s\r\n--", name, value);

  g_mutex_lock (&self->lock);
  if (strstr (self->last_form, field) == NULL)
    g_error ("No %s=%s in %s", name, value, self->last_form);
  g_mutex_unlock (&self->lock);
}

static void
test_good (void)
{
  g_autoptr (Fixture) self =
      fixture_new ("language-code=en-GB model=large prompt=Dashwood fallback=none");
  const char *text;

  push_silence (self, 500);
  text = say (self, FIRST);
  g_assert_true (g_str_has_prefix (text, "en-GB server 0 "));
  assert_form_has (self, "model", "large");
  assert_form_has (self, "language", "en");
  assert_form_has (self, "prompt", "Dashwood");
  assert_form_has (self, "response_format", "verbose_json");
  g_assert_cmpuint (self->last_samples, >, 2500 * MS);
  g_assert_cmpuint (self->last_samples, <, 3300 * MS);

  text = say (self, SECOND);
  g_assert_true (g_str_has_prefix (text, "en-GB server 1 "));
  assert_form_has (self, "prompt", "Dashwood server 0");
  push_silence (self, 2000);
  gst_harness_push_event (self->harness, gst_event_new_eos ());
  g_assert_cmpuint (remote_server_get_n_calls (self->server), ==, 2);
  g_assert_cmpstr (self->notices->str, ==, "");
}

/* Before the other words, as many terms as fit; a new file counts for the next sentence. */
static void
test_glossary (void)
{
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "terms.txt", NULL);
  g_autofree char *properties = g_strdup_printf ("prompt=Dashwood fallback=none glossary=%s", path);
  g_autofree char *long_term = g_strnfill (100, 'b');
  g_autofree char *many = g_strdup_printf ("%s=\na%s=x\nc%s=\nmid=\nd%s=\nlast=\n", long_term,
      long_term + 1, long_term + 1, long_term + 1);
  g_autofree char *some = g_strdup_printf (
      "%s, a%s, c%s, mid. Dashwood server 0", long_term, long_term + 1, long_term + 1);
  g_autoptr (Fixture) self = NULL;

  g_assert_true (g_file_set_contents (path, "pipeline = tubo\nGStreamer =\n", -1, NULL));
  self = fixture_new (properties);
  push_silence (self, 500);
  say (self, FIRST);
  assert_form_has (self, "prompt", "pipeline, GStreamer. Dashwood");
  g_assert_true (g_file_set_contents (path, many, -1, NULL));
  g_object_set (self->element, "glossary", path, NULL);
  say (self, SECOND);
  assert_form_has (self, "prompt", some);
  gst_harness_push_event (self->harness, gst_event_new_eos ());
}

/* Noise is not sent, and an empty text is no utterance. */
static void
test_no_speech (void)
{
  const Behaviour empty = { 200, "application/json", "{\"text\": \"\"}", REMOTE_FAULT_NONE };
  g_autoptr (Fixture) self = fixture_new ("fallback=none");
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  g_autoptr (GArray) speech = speech_load (FIRST);
  gint16 noise[1000 * MS];

  for (guint i = 0; i < G_N_ELEMENTS (noise); i++)
    noise[i] = g_rand_int_range (rand, -3000, 3000);
  push_silence (self, 4000);
  push_samples (self, noise, G_N_ELEMENTS (noise));
  push_silence (self, PAUSE);
  g_assert_cmpuint (remote_server_get_n_calls (self->server), ==, 0);
  behave (self, &empty);
  push_samples (self, (gint16 *) speech->data, speech->len);
  push_silence (self, PAUSE);
  read_texts (self);
  read_bus (self);
  g_assert_cmpuint (remote_server_get_n_calls (self->server), ==, 1);
  g_assert_cmpuint (self->texts->len, ==, 0);
  g_assert_cmpstr (self->notices->str, ==, "");
}

/* A server without verbose_json, asked once. */
static void
test_formats (void)
{
  const Behaviour refusal = { 400, "application/json",
    "{\"error\": {\"message\": \"response_format is not compatible\"}}", REMOTE_FAULT_NONE };
  const Behaviour detailed = { 200, "application/json",
    "{\"text\": \"Hola a todos\", \"language\": \"spanish\", \"words\": "
    "[{\"word\": \"Hola\", \"start\": 0.4, \"end\": 0.6}]}",
    REMOTE_FAULT_NONE };
  g_autoptr (Fixture) self = fixture_new ("language-code=auto fallback=none");
  g_autoptr (GArray) speech = speech_load (FIRST);

  behave (self, &detailed);
  g_assert_true (g_str_has_prefix (say (self, FIRST), "es Hola a todos "));
  g_assert_null (strstr (self->last_form, "name=\"language\""));
  behave (self, &refusal);
  push_samples (self, (gint16 *) speech->data, speech->len);
  push_silence (self, PAUSE);
  g_assert_cmpuint (remote_server_get_n_calls (self->server), ==, 3);
  assert_form_has (self, "response_format", "json");
  read_bus (self);
  g_assert_nonnull (strstr (self->notices->str, "warning"));
}

/* Of several languages, an utterance has the one that the server tells, and the first one if the
 * server tells another or none. */
static void
test_detected (void)
{
  static const struct {
    const char *answer;
    const char *begin;
  } cases[] = {
    { "{\"text\": \"Hola a todos\", \"language\": \"spanish\"}", "es Hola a todos " },
    { "{\"text\": \"Hello all\", \"language\": \"en\"}", "en Hello all " },
    { "{\"text\": \"Bonjour\", \"language\": \"french\"}", "en Bonjour " },
    { "{\"text\": \"Hello all\"}", "en Hello all " },
  };
  g_autoptr (Fixture) self = fixture_new ("language-code=en,es fallback=none");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Behaviour behaviour = { 200, "application/json", cases[i].answer, REMOTE_FAULT_NONE };

    behave (self, &behaviour);
    g_assert_true (g_str_has_prefix (say (self, FIRST), cases[i].begin));
    g_assert_null (strstr (self->last_form, "name=\"language\""));
  }
}

/* Without a local engine, each failure is a warning that says why, and costs one sentence. */
static void
test_faults (void)
{
  g_autofree char *invented = g_strdup_printf ("{\"text\": \"%0999d\"}", 0);
  const struct {
    Behaviour behaviour;
    const char *reason;
  } faults[] = {
    { { 500, "text/plain", "oops", REMOTE_FAULT_NONE }, "500" },
    { { 401, "application/json", "{\"error\": {\"message\": \"No key\"}}", REMOTE_FAULT_NONE },
        "401" },
    { { 200, "application/json", "{\"text\": \"half an ans", REMOTE_FAULT_NONE }, "unusable" },
    { { 200, "application/json", "{\"text\": 5}", REMOTE_FAULT_NONE }, "unusable" },
    { { 200, "application/json", invented, REMOTE_FAULT_NONE }, "nobody can say" },
    { { 200, "application/json", "{\"text\": \"whole\"}", REMOTE_FAULT_CLOSE }, "" },
    { { 200, "application/json", "", REMOTE_FAULT_HANG_UP }, "" },
    { { 200, "application/json", "", REMOTE_FAULT_HUGE }, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autoptr (Fixture) self = fixture_new ("fallback=none max-retries=0");
    g_autoptr (GArray) speech = speech_load (FIRST);

    behave (self, &faults[i].behaviour);
    push_samples (self, (gint16 *) speech->data, speech->len);
    push_silence (self, PAUSE);
    read_texts (self);
    read_bus (self);
    g_test_message ("%s", g_strchomp (self->notices->str));
    g_assert_cmpuint (self->texts->len, ==, 0);
    g_assert_true (g_str_has_prefix (self->notices->str, "warning "));
    g_assert_nonnull (strstr (self->notices->str, faults[i].reason));
    behave (self, &good);
    g_assert_true (is_remote (say (self, SECOND)));
  }
}

#define LOCAL "fallback=pocketsphinxtranscriber max-retries=0"

/* Says sentences while the server is broken: it gets one after 1 s, 3 s, 7 s and so on. */
static void
assert_left_alone (Fixture *self)
{
  guint n_calls = remote_server_get_n_calls (self->server), n_allowed = 0;
  gint64 begun = g_get_monotonic_time ();

  for (guint i = 0; i < 5; i++)
    g_assert_true (is_local (say (self, FIRST), FIRST));
  for (guint wait = 1, time = 1; time * G_USEC_PER_SEC <= g_get_monotonic_time () - begun;
       wait *= 2, time += wait)
    n_allowed++;
  g_assert_cmpuint (remote_server_get_n_calls (self->server) - n_calls, <=, n_allowed);
}

/* A whole lesson, with a server that turns bad and good again. No sentence is lost, and the changes
 * are reported once. */
static void
test_lesson (void)
{
  const Behaviour broken = { 503, "text/plain", "overloaded", REMOTE_FAULT_NONE };
  const Behaviour wrong = { 200, "application/json", "[]", REMOTE_FAULT_NONE };
  g_autoptr (Fixture) self = fixture_new (LOCAL);

  push_silence (self, 500);
  g_assert_true (is_remote (say (self, FIRST)));
  behave (self, &broken);
  g_assert_true (is_local (say (self, SECOND), SECOND));
  g_assert_cmpstr (self->notices->str, ==, "habla/engine-degraded pocketsphinxtranscriber\n");
  assert_left_alone (self);

  behave (self, &good);
  wait_for_recovery (self);
  g_assert_cmpstr (self->notices->str, ==,
      "habla/engine-degraded pocketsphinxtranscriber\n"
      "habla/engine-recovered pocketsphinxtranscriber\n");
  g_assert_true (is_remote (say (self, SECOND)));

  g_string_truncate (self->notices, 0);
  behave (self, &wrong);
  g_assert_true (is_local (say (self, SECOND), SECOND));
  behave (self, &good);
  wait_for_recovery (self);
  g_assert_cmpstr (self->notices->str, ==,
      "habla/engine-degraded pocketsphinxtranscriber\n"
      "habla/engine-recovered pocketsphinxtranscriber\n");
}

/* A server that does not answer costs no more than the duration of the segment and the timeout. */
static void
test_stall (void)
{
  const Behaviour stall = { 200, "application/json", "", REMOTE_FAULT_STALL };
  const Behaviour drip = { 200, "application/json",
    "{\"text\":                                                                              "
    "                                                                                        "
    "                                                                                 \"late\"}",
    REMOTE_FAULT_DRIP };
  const Behaviour *const slow[] = { &stall, &drip };

  for (guint i = 0; i < G_N_ELEMENTS (slow); i++) {
    g_autoptr (Fixture) self = fixture_new (LOCAL " timeout=100");
    gint64 begun;

    behave (self, slow[i]);
    begun = g_get_monotonic_time ();
    g_assert_true (is_local (say (self, FIRST), FIRST));
    g_assert_cmpint (g_get_monotonic_time () - begun, >, 3 * G_TIME_SPAN_SECOND);
    g_assert_cmpint (
        g_get_monotonic_time () - begun, <, habla_test_scale (3 + 10) * G_TIME_SPAN_SECOND);
    g_assert_cmpuint (remote_server_get_n_calls (self->server), ==, 1);
  }
}

/* Speech without a pause is split; nothing is left out, and little is sent twice. */
static void
test_cut (void)
{
  g_autoptr (Fixture) self = fixture_new ("fallback=none max-utterance=2000 end-pause=1000");
  guint64 n_samples = 0;

  for (guint i = 0; i < 2; i++) {
    g_autoptr (GArray) speech = speech_load (i == 0 ? FIRST : SECOND);

    push_samples (self, (gint16 *) speech->data, speech->len);
    n_samples += speech->len;
  }
  push_silence (self, 2000);
  read_texts (self);
  g_assert_cmpuint (self->texts->len, >=, 3);
  g_assert_cmpuint (self->texts->len, ==, remote_server_get_n_calls (self->server));
  g_assert_cmpuint (self->all_samples, >, n_samples - 1000 * MS);
  g_assert_cmpuint (self->all_samples, <, n_samples + 1000 * MS);
}

/* The local engine, too, gets a lesson without a pause. */
static void
test_cut_local (void)
{
  const Behaviour broken = { 500, "text/plain", "oops", REMOTE_FAULT_NONE };
  g_autoptr (Fixture) self = fixture_new (LOCAL " max-utterance=2000");

  behave (self, &broken);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GArray) speech = speech_load (SECOND);

    push_samples (self, (gint16 *) speech->data, speech->len);
  }
  push_silence (self, PAUSE);
  read_texts (self);
  read_bus (self);
  g_assert_cmpuint (self->texts->len, >=, 3);
  g_assert_cmpstr (self->notices->str, ==, "habla/engine-degraded pocketsphinxtranscriber\n");
}

typedef struct {
  Fixture *fixture;
  GArray *speech;
} Speaker;

static gpointer
speak (gpointer data)
{
  Speaker *self = data;
  g_autofree gint16 *silence = g_new0 (gint16, PAUSE * MS);
  GstFlowReturn flow =
      push_samples (self->fixture, (gint16 *) self->speech->data, self->speech->len);

  if (flow == GST_FLOW_OK)
    flow = push_samples (self->fixture, silence, PAUSE * MS);
  return GINT_TO_POINTER (flow);
}

/* A flush, and the change to READY, end a request at once. */
static void
test_interrupt (gconstpointer data)
{
  gboolean by_flush = GPOINTER_TO_INT (data);
  const Behaviour stall = { 200, "application/json", "", REMOTE_FAULT_STALL };
  g_autoptr (Fixture) self = fixture_new (LOCAL);
  g_autoptr (GArray) speech = speech_load (FIRST);
  Speaker speaker = { self, speech };
  GThread *thread;
  GstFlowReturn flow;
  gint64 begun;

  behave (self, &stall);
  thread = g_thread_new ("speaker", speak, &speaker);
  remote_server_wait_for_calls (self->server, 1);
  begun = g_get_monotonic_time ();
  if (by_flush)
    g_assert_true (gst_harness_push_event (self->harness, gst_event_new_flush_start ()));
  else
    gst_element_set_state (self->element, GST_STATE_READY);
  flow = GPOINTER_TO_INT (g_thread_join (thread));
  /* Audio may pass after the request has ended, and before the pad is stopped. */
  if (by_flush || flow != GST_FLOW_OK)
    g_assert_cmpint (flow, ==, GST_FLOW_FLUSHING);
  g_assert_cmpint (g_get_monotonic_time () - begun, <, habla_test_scale (5) * G_TIME_SPAN_SECOND);
  read_texts (self);
  read_bus (self);
  g_assert_cmpuint (self->texts->len, ==, 0);
  g_assert_cmpstr (self->notices->str, ==, "");
  if (by_flush)
    gst_harness_push_event (self->harness, gst_event_new_flush_stop (TRUE));
}

/* Ends a flush. */
static void
begin_again (Fixture *self)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (self->harness, gst_event_new_flush_stop (TRUE));
  gst_harness_push_event (self->harness, gst_event_new_segment (&segment));
  self->position = 0;
  self->last_end = 0;
}

/* After a flush the element works as before. */
static void
test_after_flush (void)
{
  const Behaviour stall = { 200, "application/json", "", REMOTE_FAULT_STALL };
  g_autoptr (Fixture) self = fixture_new (LOCAL);
  g_autoptr (GArray) speech = speech_load (FIRST);
  Speaker speaker = { self, speech };
  GThread *thread;

  behave (self, &stall);
  thread = g_thread_new ("speaker", speak, &speaker);
  remote_server_wait_for_calls (self->server, 1);
  gst_harness_push_event (self->harness, gst_event_new_flush_start ());
  g_thread_join (thread);
  behave (self, &good);
  begin_again (self);
  g_assert_true (is_remote (say (self, SECOND)));
  g_assert_cmpstr (self->notices->str, ==, "");
}

/* EOS waits for the last sentence, also without a pause after it, and no longer than the limit. */
static void
test_eos (void)
{
  const Behaviour stall = { 200, "application/json", "", REMOTE_FAULT_STALL };
  g_autoptr (Fixture) self = fixture_new ("fallback=none timeout=100");
  g_autoptr (GArray) speech = speech_load (FIRST);

  push_samples (self, (gint16 *) speech->data, speech->len - 800 * MS);
  g_assert_true (gst_harness_push_event (self->harness, gst_event_new_eos ()));
  read_texts (self);
  g_assert_cmpuint (self->texts->len, ==, 1);
  g_assert_true (is_remote (self->texts->pdata[0]));

  gst_harness_push_event (self->harness, gst_event_new_flush_start ());
  begin_again (self);
  behave (self, &stall);
  push_samples (self, (gint16 *) speech->data, speech->len - 800 * MS);
  g_assert_true (gst_harness_push_event (self->harness, gst_event_new_eos ()));
  read_bus (self);
  g_assert_true (g_str_has_prefix (self->notices->str, "warning "));
}

static void
test_bad_fallback (void)
{
  const struct {
    const char *fallback, *reason;
  } cases[] = { { "espeaksynthesizer", "is no transcriber" }, { "nosuchelement", "nosuchelement" },
    { "identity ! identity", "is no transcriber" },
    { "pocketsphinxtranscriber model=/nowhere", "/nowhere" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GstElement) element =
        gst_object_ref_sink (gst_element_factory_make ("openaitranscriber", NULL));
    g_autoptr (GstBus) bus = gst_bus_new ();
    g_autoptr (GstMessage) message = NULL;
    g_autoptr (GError) error = NULL;

    gst_element_set_bus (element, bus);
    g_object_set (element, "url", "http://127.0.0.1:1", "fallback", cases[i].fallback, NULL);
    g_assert_cmpint (
        gst_element_set_state (element, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
    message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
    gst_message_parse_error (message, &error, NULL);
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, cases[i].reason));
    gst_element_set_state (element, GST_STATE_NULL);
    gst_element_set_bus (element, NULL);
  }
}

/* A language that no engine of this machine has: a warning, and the server alone. */
static void
test_no_local_engine (void)
{
  g_autoptr (Fixture) self = fixture_new ("language-code=sw");

  read_bus (self);
  g_assert_true (g_str_has_prefix (self->notices->str, "warning No transcriber"));
  g_assert_true (g_str_has_prefix (say (self, FIRST), "sw server 0 "));
}

/* A server is not installed: it is used by its name only, for the languages of Whisper. */
static void
test_not_listed (void)
{
  g_autoptr (GPtrArray) engines = habla_engine_list ();
  g_autoptr (HablaEngine) named = habla_engine_new ("openaitranscriber");

  for (guint i = 0; i < engines->len; i++)
    g_assert_false (g_str_has_prefix (((HablaEngine *) engines->pdata[i])->element, "openai"));
  g_assert_cmpint (named->kind, ==, HABLA_ENGINE_TRANSCRIBER);
  g_assert_true (habla_engine_has_language (named, "sw"));
  g_assert_false (habla_engine_has_language (named, "tlh"));
}

static void
run_once (gpointer data)
{
  const Behaviour broken = { 500, "text/plain", "oops", REMOTE_FAULT_NONE };
  g_autoptr (Fixture) self = fixture_new (LOCAL);
  g_autoptr (GArray) speech = speech_load (FIRST);

  behave (self, &broken);
  push_samples (self, (gint16 *) speech->data, speech->len / 2);
}

static void
test_leaks (void)
{
  habla_test_leak_gate (run_once, NULL, 5);
}

static void
add (const char *name, GTestFunc func)
{
  g_autofree char *path = g_strconcat ("/openaitranscriber/", name, NULL);

  g_test_add_func (path, func);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  if (!speech_is_installed ())
    return 77;
  add ("good", test_good);
  add ("glossary", test_glossary);
  add ("no-speech", test_no_speech);
  add ("formats", test_formats);
  add ("detected", test_detected);
  add ("faults", test_faults);
  add ("lesson", test_lesson);
  add ("stall", test_stall);
  add ("cut", test_cut);
  add ("cut-local", test_cut_local);
  g_test_add_data_func (
      "/openaitranscriber/interrupt/flush", GINT_TO_POINTER (TRUE), test_interrupt);
  g_test_add_data_func (
      "/openaitranscriber/interrupt/ready", GINT_TO_POINTER (FALSE), test_interrupt);
  add ("after-flush", test_after_flush);
  add ("eos", test_eos);
  add ("bad-fallback", test_bad_fallback);
  add ("no-local-engine", test_no_local_engine);
  add ("not-listed", test_not_listed);
  add ("leaks", test_leaks);
  return habla_test_run ();
}
