/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "room-fixture.h"

#include <pipeline/pipeline-private.h>
#include <string.h>

#define DEADLINE 120 /* seconds, for whatever should happen */
#define SPEECH_DIR "/usr/share/pocketsphinx/test/data/"
#define LIBRIVOX SPEECH_DIR "librivox/sense_and_sensibility_01_austen_64kb-"
#define PARSE_RAW \
  "rawaudioparse use-sink-caps=false format=pcm pcm-format=s16le sample-rate=16000 num-channels=1"

static char *spanish[] = { (char *) "es", NULL };

void
room_fixture_set_up (RoomFixture *self, gconstpointer data)
{
  /* On a busy machine, a pipeline may take longer than the limit that is meant for a server. */
  habla_pipeline_set_teardown_limit (habla_test_scale (60000));
  /* Pipelines that fail, and those that are cut off, log warnings. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  self->metrics = habla_metrics_new ();
  self->options = (HablaRoomManagerOptions){ .pipeline = "session",
    .max_sessions = 4,
    .max_members = 50,
    .drain_timeout = habla_test_scale (60000),
    .max_audio_backlog = 50 * 1000 * 1000,
    .resume_window = 30000,
    .settings = { (char *) "en", spanish, HABLA_MODE_CONVERSATION },
    .metrics = self->metrics };
}

void
room_fixture_start (RoomFixture *self)
{
  self->manager = habla_room_manager_new (&self->options);
}

static gboolean
on_deadline (gpointer has_passed)
{
  *(gboolean *) has_passed = TRUE;
  return G_SOURCE_REMOVE;
}

/* Runs the main context until @is_so; after @seconds, more in a sanitizer, the test fails. */
void
room_fixture_iterate_until (gboolean (*is_so) (gpointer data), gpointer data, guint seconds)
{
  gboolean has_passed = FALSE;
  guint timer = g_timeout_add_seconds (habla_test_scale (seconds), on_deadline, &has_passed);

  while (!is_so (data)) {
    g_main_context_iteration (NULL, TRUE);
    if (has_passed)
      g_error ("it did not happen within %u s", seconds);
  }
  g_source_remove (timer);
}

static void
on_shut_down (GObject *object, GAsyncResult *result, gpointer is_done)
{
  g_assert_true (habla_room_manager_shut_down_finish (NULL, result, NULL));
  *(gboolean *) is_done = TRUE;
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *) data;
}

static gboolean
is_rest_gone (gpointer data)
{
  return habla_pipeline_count () == 0;
}

/* Everything is freed, and the metrics say so. */
void
room_fixture_tear_down (RoomFixture *self, gconstpointer data)
{
  gboolean is_done = FALSE;

  habla_room_manager_shut_down (self->manager, on_shut_down, &is_done);
  room_fixture_iterate_until (is_true, &is_done, DEADLINE);
  room_fixture_iterate_until (is_rest_gone, NULL, DEADLINE);
  g_assert_cmpuint (habla_room_manager_count_sessions (self->manager), ==, 0);
  g_assert_cmpuint (habla_room_manager_count_members (self->manager), ==, 0);
  for (HablaPipelineState state = 0; state < HABLA_PIPELINE_N_STATES; state++) {
    g_autofree char *series =
        g_strdup_printf ("habla_sessions{state=\"%s\"}", habla_pipeline_state_get_name (state));

    g_assert_cmpfloat (room_fixture_get_metric (self, series), ==, 0.0);
  }
  g_assert_cmpfloat (room_fixture_get_metric (self, "habla_session_cleanups_total"), ==,
      room_fixture_get_metric (self, "habla_session_transitions_total{state=\"closed\"}"));
  habla_room_manager_free (self->manager);
  habla_metrics_free (self->metrics);
}

typedef struct {
  RoomFixture *fixture;
  guint n;
} Count;

static gboolean
has_sessions (gpointer data)
{
  Count *count = data;

  return habla_room_manager_count_sessions (count->fixture->manager) == count->n;
}

void
room_fixture_wait_for_sessions (RoomFixture *self, guint n)
{
  Count count = { self, n };

  room_fixture_iterate_until (has_sessions, &count, DEADLINE);
}

/* @series: "name" or "name{label=\"value\"}" */
double
room_fixture_get_metric (RoomFixture *self, const char *series)
{
  g_autofree char *text = habla_metrics_expose (self->metrics);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gsize length = strlen (series);

  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], series) && lines[i][length] == ' ')
      return g_ascii_strtod (lines[i] + length, NULL);
  g_error ("there is no metric %s in:\n%s", series, text);
  return 0.0;
}

static char *
describe_translation (const HablaEvent *event, const char **text)
{
  const HablaExchange *exchange = event->exchange;

  *text = habla_exchange_get_text (exchange, event->language);
  if (*text == exchange->source)
    return g_strdup_printf (
        "translation %" G_GUINT64_FORMAT " %s source", exchange->id, event->language);
  return g_strdup_printf ("translation %" G_GUINT64_FORMAT " %s%s", exchange->id, event->language,
      *text == NULL ? " failed" : "");
}

/* Returns: (transfer full): "en>es" */
static char *
describe_languages (HablaRoom *room)
{
  g_autofree char *targets = g_strjoinv ("+", (GStrv) habla_room_get_target_languages (room));

  return g_strconcat (habla_room_get_source_language (room), ">", targets, NULL);
}

static char *
describe (const HablaEvent *event, const char **text)
{
  HablaRoom *room = event->room;

  switch (event->type) {
  case HABLA_EVENT_STATUS:
    return g_strdup_printf ("status %s", habla_room_can_hear (room) ? "hears" : "types");
  case HABLA_EVENT_PARTIAL:
    return g_strdup ("partial");
  case HABLA_EVENT_PARTIAL_TRANSLATION:
    return g_strdup_printf ("partial translation %s", event->language);
  case HABLA_EVENT_TRANSCRIPT:
    *text = event->exchange->source;
    return g_strdup_printf ("transcript %" G_GUINT64_FORMAT, event->exchange->id);
  case HABLA_EVENT_TRANSLATION:
    return describe_translation (event, text);
  case HABLA_EVENT_SPEAKERS:
    return g_strdup_printf ("speakers %u", habla_room_get_speakers (room)->len);
  case HABLA_EVENT_LANGUAGES:
    return describe_languages (room);
  case HABLA_EVENT_MODE:
    return g_strdup (habla_mode_get_name (habla_room_get_mode (room)));
  case HABLA_EVENT_LISTENING_STARTED:
    return g_strdup ("listening");
  case HABLA_EVENT_LISTENING_STOPPED:
    return g_strdup_printf ("stopped %" G_GUINT64_FORMAT, event->segments);
  case HABLA_EVENT_ROOM_ENDED:
    return g_strdup ("ended");
  case HABLA_EVENT_SESSION_RESET:
    return g_strdup ("reset");
  case HABLA_EVENT_OVERLOAD:
    return g_strdup_printf ("overload %u", event->overload);
  case HABLA_EVENT_PLAYBACK_STARTED:
    *text = event->recording;
    return g_strdup_printf ("plays %u %s", event->total_chunks, event->playback_mode);
  case HABLA_EVENT_PLAYBACK_PROGRESS:
    return g_strdup_printf ("played %u of %u", event->chunk, event->total_chunks);
  case HABLA_EVENT_PLAYBACK_FINISHED:
    *text = event->recording;
    return g_strdup_printf ("play finished %u", event->chunk);
  case HABLA_EVENT_PLAYBACK_STOPPED:
    return g_strdup ("play stopped");
  default:
    *text = event->text;
    return g_strdup ("error");
  }
}

static void
on_event (HablaMember *member, HablaEvent *event, gpointer user_data)
{
  Reader *self = user_data;
  const char *text = event->text;
  g_autofree char *line = describe (event, &text);
  const char *last =
      self->lines->len > 0 ? g_ptr_array_index (self->lines, self->lines->len - 1) : "";

  g_assert_true (habla_member_get_room (member) == event->room);
  /* When it comes depends on the clock. */
  if (event->type == HABLA_EVENT_AUDIENCE)
    return;
  if (event->encoded == NULL) {
    event->encoded = g_bytes_new (line, strlen (line));
    self->n_encodings++;
  } else {
    /* Members share encoded messages. */
    g_assert_cmpmem (g_bytes_get_data (event->encoded, NULL), g_bytes_get_size (event->encoded),
        line, strlen (line));
  }
  if (g_test_verbose ())
    g_test_message ("%p: %s: %s", self, line, text != NULL ? text : "");
  if (g_str_has_prefix (line, "partial") && g_str_equal (line, last))
    return;
  g_ptr_array_add (self->lines, g_steal_pointer (&line));
  g_ptr_array_add (self->texts, g_strdup (text != NULL ? text : ""));
}

static Reader *
reader_new (void)
{
  Reader *self = g_new0 (Reader, 1);

  self->lines = g_ptr_array_new_with_free_func (g_free);
  self->texts = g_ptr_array_new_with_free_func (g_free);
  return self;
}

Reader *
reader_new_owner (RoomFixture *fixture, const char *key, const char *name)
{
  Reader *self = reader_new ();
  g_autoptr (GError) error = NULL;

  self->member =
      habla_room_manager_join_as_owner (fixture->manager, key, name, on_event, self, &error);
  g_assert_no_error (error);
  g_assert_true (habla_member_is_owner (self->member));
  return self;
}

Reader *
reader_new_listener (RoomFixture *fixture, const char *name, const char *language)
{
  Reader *self = reader_new ();
  g_autoptr (GError) error = NULL;

  self->member = habla_room_manager_join_as_listener (
      fixture->manager, name, language, on_event, self, &error);
  g_assert_no_error (error);
  g_assert_false (habla_member_is_owner (self->member));
  return self;
}

void
reader_free (Reader *self)
{
  habla_member_leave (self->member);
  g_ptr_array_unref (self->lines);
  g_ptr_array_unref (self->texts);
  g_free (self);
}

HablaRoom *
reader_get_room (Reader *self)
{
  return habla_member_get_room (self->member);
}

void
reader_type (Reader *self, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (habla_room_push_text (reader_get_room (self), text, NULL, &error));
  g_assert_no_error (error);
}

void
reader_stop_listening (Reader *self)
{
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);

  habla_room_stop_listening (reader_get_room (self));
  habla_room_push_audio (reader_get_room (self), nothing, NULL);
}

/* @target: the only one */
void
reader_set_languages (Reader *self, const char *source, const char *target)
{
  const char *targets[] = { target, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_true (habla_room_set_languages (reader_get_room (self), source, targets, &error));
  g_assert_no_error (error);
}

typedef struct {
  Reader *reader;
  guint n;
  const char *line;
} Wait;

static gboolean
has_lines (gpointer data)
{
  Wait *wait = data;

  return wait->reader->lines->len >= wait->n;
}

static gboolean
has_line (gpointer data)
{
  Wait *wait = data;

  for (guint i = 0; i < wait->reader->lines->len; i++)
    if (g_str_equal (g_ptr_array_index (wait->reader->lines, i), wait->line))
      return TRUE;
  return FALSE;
}

/* Waits for the next lines, which must be these; separated by ", ". */
void
reader_expect (Reader *self, const char *lines)
{
  g_auto (GStrv) expected = g_strsplit (lines, ", ", -1);
  Wait wait = { self, self->position };

  for (guint i = 0; expected[i] != NULL; i++) {
    wait.n = self->position + 1;
    room_fixture_iterate_until (has_lines, &wait, DEADLINE);
    g_assert_cmpstr (g_ptr_array_index (self->lines, self->position), ==, expected[i]);
    self->position++;
  }
}

/* Fails if there is an unexpected line. */
void
reader_expect_nothing (Reader *self)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
  if (self->position < self->lines->len)
    g_error ("unexpected: %s (%s)", (char *) g_ptr_array_index (self->lines, self->position),
        (char *) g_ptr_array_index (self->texts, self->position));
}

/* Waits for @line, whatever else comes; all up to now counts as expected. */
void
reader_wait_for (Reader *self, const char *line)
{
  Wait wait = { self, 0, line };

  room_fixture_iterate_until (has_line, &wait, DEADLINE);
  self->position = self->lines->len;
}

/* Returns: (transfer none): that of the last such line */
const char *
reader_get_text (Reader *self, const char *line)
{
  for (guint i = self->lines->len; i > 0; i--)
    if (g_str_equal (g_ptr_array_index (self->lines, i - 1), line))
      return g_ptr_array_index (self->texts, i - 1);
  g_error ("there is no %s", line);
  return NULL;
}

const char *
reader_get_nth_transcript (Reader *self, guint n)
{
  for (guint i = 0; i < self->lines->len; i++)
    if (g_str_has_prefix (g_ptr_array_index (self->lines, i), "transcript ") && n-- == 0)
      return g_ptr_array_index (self->texts, i);
  g_error ("so many transcripts did not come");
  return NULL;
}

guint
reader_count (Reader *self, const char *prefix)
{
  guint n = 0;

  for (guint i = 0; i < self->lines->len; i++)
    n += g_str_has_prefix (g_ptr_array_index (self->lines, i), prefix);
  return n;
}

/* For each transcript there is one translation, after it, both in order. Ids grow; other rooms
 * take those between. */
void
reader_assert_balanced (Reader *self)
{
  g_autoptr (GQueue) open = g_queue_new ();
  guint64 last = 0;

  for (guint i = 0; i < self->lines->len; i++) {
    const char *line = g_ptr_array_index (self->lines, i);
    guint64 id;

    if (!g_str_has_prefix (line, "transcript ") && !g_str_has_prefix (line, "translation "))
      continue;
    id = g_ascii_strtoull (strchr (line, ' '), NULL, 10);
    if (g_str_has_prefix (line, "transcript ")) {
      g_assert_cmpuint (id, >, last);
      last = id;
      g_queue_push_tail (open, GUINT_TO_POINTER (id));
    } else {
      g_assert_cmpuint (id, ==, GPOINTER_TO_UINT (g_queue_pop_head (open)));
    }
  }
  g_assert_true (g_queue_is_empty (open));
}

static gboolean
is_digits (const char *name)
{
  return g_ascii_isdigit (*name);
}

/**
 * room_fixture_record:
 * @recordings: (array zero-terminated=1): LibriVox's, like "0880", or "goforward", the shortest
 *
 * Returns: (transfer full) (element-type GBytes): speech, with a pause after each, as a
 *   browser's recorder gives it: WebM with Opus, in pieces as they come
 */
GPtrArray *
room_fixture_record (const char *const *recordings, guint pieces)
{
  g_autoptr (GString) line = g_string_new ("concat name=c ! audioconvert ! audioresample ! "
                                           "audio/x-raw,rate=48000,channels=1 ! opusenc ! "
                                           "webmmux streamable=true ! filesink location=");
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "speech.webm", NULL);
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;
  GPtrArray *result = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  gsize length, size;

  g_string_append (line, path);
  for (guint i = 0; recordings[i] != NULL; i++)
    g_string_append_printf (line,
        " filesrc location=%s%s.%s ! c. "
        "audiotestsrc wave=silence num-buffers=16 samplesperbuffer=1600 ! "
        "audio/x-raw,rate=16000,channels=1,format=S16LE ! c.",
        is_digits (recordings[i]) ? LIBRIVOX : SPEECH_DIR, recordings[i],
        is_digits (recordings[i]) ? "wav ! wavparse" : "raw ! " PARSE_RAW);
  pipeline = gst_object_ref_sink (gst_parse_launch (line->str, &error));
  g_assert_no_error (error);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  gst_message_unref (
      habla_test_wait_for_message (pipeline, GST_MESSAGE_EOS, habla_test_scale (60)));
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_file_get_contents (path, &contents, &length, &error);
  g_assert_no_error (error);
  size = length / pieces + 1;
  for (gsize offset = 0; offset < length; offset += size)
    g_ptr_array_add (result, g_bytes_new (contents + offset, MIN (size, length - offset)));
  return result;
}
