/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "speech.h"

#include "habla-test.h"

#include <habla/habla.h>
#include <habla/utterance-meta.h>
#include <string.h>

#define DIR "/usr/share/pocketsphinx/test/data/librivox"
#define WAV_HEADER 44

static const char *const names[SPEECH_N_RECORDINGS] = {
  "sense_and_sensibility_01_austen_64kb-0870",
  "sense_and_sensibility_01_austen_64kb-0880",
  "sense_and_sensibility_01_austen_64kb-0890",
  "sense_and_sensibility_01_austen_64kb-0920",
  "sense_and_sensibility_01_austen_64kb-0930",
};

gboolean
speech_is_installed (void)
{
  return g_file_test (DIR "/transcription", G_FILE_TEST_EXISTS);
}

char *
speech_get_path (guint i)
{
  return g_strdup_printf ("%s/%s.wav", DIR, names[i]);
}

GArray *
speech_load (guint i)
{
  GArray *samples = g_array_new (FALSE, FALSE, sizeof (gint16));
  g_autofree char *path = speech_get_path (i);
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  g_file_get_contents (path, &data, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (length, >, WAV_HEADER);
  return g_array_append_vals (samples, data + WAV_HEADER, (length - WAV_HEADER) / sizeof (gint16));
}

GArray *
speech_load_all (guint pause_ms)
{
  GArray *all = g_array_new (FALSE, TRUE, sizeof (gint16));

  for (guint i = 0; i < SPEECH_N_RECORDINGS; i++) {
    g_autoptr (GArray) samples = speech_load (i);

    g_array_append_vals (all, samples->data, samples->len);
    g_array_set_size (all, all->len + pause_ms * SPEECH_RATE / 1000);
  }
  return all;
}

char *
speech_load_transcript (guint i)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (DIR "/transcription", &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  for (guint j = 0; lines[j] != NULL; j++) {
    char *end = strstr (lines[j], "</s>");

    if (end == NULL || strstr (end, names[i]) == NULL)
      continue;
    g_assert_true (g_str_has_prefix (lines[j], "<s> "));
    return g_strstrip (g_strndup (lines[j] + 4, end - lines[j] - 4));
  }
  g_error ("No transcript of %s", names[i]);
}

char *
speech_load_all_transcripts (void)
{
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < SPEECH_N_RECORDINGS; i++) {
    g_autofree char *text = speech_load_transcript (i);

    g_string_append_printf (all, "%s ", text);
  }
  return g_strstrip (g_string_free (g_steal_pointer (&all), FALSE));
}

static void
on_text (GstElement *sink, GstBuffer *buffer, GstPad *pad, GPtrArray *texts)
{
  guint64 last_id = 0;
  GstSegment segment;
  g_autoptr (HablaUtterance) utterance = NULL;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  utterance = habla_utterance_from_buffer (buffer, &segment, &last_id);
  g_ptr_array_add (texts, g_strdup (utterance->text));
}

GPtrArray *
speech_transcribe (GPtrArray *chunks, guint timeout)
{
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "recording", NULL);
  g_autofree char *line = g_strdup_printf (
      "filesrc location=%s ! decodebin ! audioconvert ! audioresample ! pocketsphinxtranscriber ! "
      "fakesink name=sink signal-handoffs=true sync=false",
      path);
  GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GByteArray) all = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GstElement) sink = NULL;

  for (guint i = 0; i < chunks->len; i++)
    g_byte_array_append (
        all, g_bytes_get_data (chunks->pdata[i], NULL), g_bytes_get_size (chunks->pdata[i]));
  g_assert_true (g_file_set_contents (path, (char *) all->data, all->len, NULL));
  pipeline = gst_parse_launch (line, &error);
  g_assert_no_error (error);
  gst_object_ref_sink (pipeline);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  g_signal_connect (sink, "handoff", G_CALLBACK (on_text), texts);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  gst_message_unref (habla_test_wait_for_message (pipeline, GST_MESSAGE_EOS, timeout));
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return texts;
}

char *
speech_normalize (const char *text)
{
  g_autofree char *lower = g_utf8_strdown (text, -1);
  g_autoptr (GString) result = g_string_new (NULL);

  for (const char *c = lower; *c != '\0'; c++)
    if (g_ascii_isalpha (*c) || *c == '\'' || *c == ' ')
      g_string_append_c (result, *c);
    else if (*c == '-')
      g_string_append_c (result, ' ');
  g_string_replace (result, "mr ", "mister ", 0);
  return g_string_free (g_steal_pointer (&result), FALSE);
}

static GStrv
split (const char *text)
{
  g_autoptr (GRegex) blanks = g_regex_new ("\\s+", 0, 0, NULL);
  g_autofree char *stripped = g_strstrip (g_strdup (text));

  return *stripped == '\0' ? g_new0 (char *, 1) : g_regex_split (blanks, stripped, 0);
}

guint
speech_count_words (const char *text)
{
  g_auto (GStrv) words = split (text);

  return g_strv_length (words);
}

guint
speech_count_errors (const char *reference, const char *text)
{
  g_auto (GStrv) expected = split (reference);
  g_auto (GStrv) actual = split (text);
  guint n_actual = g_strv_length (actual);
  g_autofree guint *distances = g_new (guint, n_actual + 1);

  for (guint j = 0; j <= n_actual; j++)
    distances[j] = j;
  for (guint i = 0; expected[i] != NULL; i++) {
    guint diagonal = distances[0];

    distances[0] = i + 1;
    for (guint j = 0; j < n_actual; j++) {
      guint replaced = diagonal + (g_ascii_strcasecmp (expected[i], actual[j]) != 0);

      diagonal = distances[j + 1];
      distances[j + 1] = MIN (replaced, MIN (diagonal, distances[j]) + 1);
    }
  }
  return distances[n_actual];
}
