/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts of openaitranscriber and openaisynthesizer that need no server. */
#include "habla-test.h"
#include "speech.h"

#include <audio/language-names.h>
#include <audio/realtime-message.h>
#include <audio/segmenter.h>
#include <audio/speech-decoder.h>
#include <audio/transcription-response.h>
#include <audio/wav.h>
#include <habla/habla.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define MS (HABLA_SEGMENTER_RATE / 1000)
#define PAUSE (500 * MS)
#define BLOCK (20 * MS)

/* Feeds @samples and describes each segment with voice as "BEGIN-END " in milliseconds. */
static char *
find_segments (HablaSegmenter *self, const gint16 *samples, gsize n_samples)
{
  g_autoptr (GString) found = g_string_new (NULL);
  gboolean was_in_speech = FALSE;
  gsize begun = 0;

  habla_segmenter_begin (self);
  for (gsize i = 0; i + BLOCK <= n_samples; i += BLOCK) {
    gboolean in_speech = habla_segmenter_push (self, samples + i, BLOCK, PAUSE);

    if (was_in_speech && !in_speech) {
      gint64 begin, end;

      habla_segmenter_get_speech (self, &begin, &end);
      if (habla_segmenter_has_voice (self))
        g_string_append_printf (found, "%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT " ",
            (begun + begin) / MS, (begun + end) / MS);
      habla_segmenter_begin (self);
      begun = i + BLOCK;
    }
    was_in_speech = in_speech;
  }
  return g_string_free (g_steal_pointer (&found), FALSE);
}

static void
append_silence (GArray *samples, guint ms)
{
  g_array_set_size (samples, samples->len + ms * MS);
}

/* Each of the recordings, with silence around it. */
static void
test_segmenter_speech (void)
{
  if (!speech_is_installed ()) {
    g_test_skip ("pocketsphinx-testdata is not installed");
    return;
  }
  for (guint i = 0; i < SPEECH_N_RECORDINGS; i++) {
    g_autoptr (HablaSegmenter) self = habla_segmenter_new ();
    g_autoptr (GArray) samples = g_array_new (FALSE, TRUE, sizeof (gint16));
    g_autoptr (GArray) speech = speech_load (i);
    g_autofree char *found = NULL;
    guint begin, end;

    append_silence (samples, 1000);
    g_array_append_vals (samples, speech->data, speech->len);
    append_silence (samples, 1000);
    found = find_segments (self, (gint16 *) samples->data, samples->len);
    g_test_message ("recording %u, %u ms: %s", i, speech->len / MS, found);
    g_assert_cmpint (sscanf (found, "%u-%u", &begin, &end), ==, 2);
    g_assert_cmpuint (begin, >=, 950);
    g_assert_cmpuint (begin, <, 1700);
    g_assert_cmpuint (end, <=, 1000 + speech->len / MS + 60);
    g_assert_cmpuint (end - begin, >, speech->len / MS / 4);
  }
}

/* What sounds louder than silence, but has no pitch. */
static void
test_segmenter_noise (void)
{
  g_autoptr (HablaSegmenter) self = habla_segmenter_new ();
  g_autoptr (GArray) samples = g_array_new (FALSE, TRUE, sizeof (gint16));
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_autofree char *found = NULL;

  for (guint n = 0; n < 5; n++) {
    append_silence (samples, 1000);
    for (guint i = 0; i < 1500 * MS; i++) {
      gint16 sample = g_rand_int_range (rand, -4000, 4000);

      g_array_append_val (samples, sample);
    }
    append_silence (samples, 1000);
    for (guint i = 0; i < 60 * MS; i++) { /* a knock */
      gint16 sample = g_rand_int_range (rand, -20000, 20000) * exp (-0.01 * i);

      g_array_append_val (samples, sample);
    }
  }
  append_silence (samples, 2000);
  found = find_segments (self, (gint16 *) samples->data, samples->len);
  g_assert_cmpstr (found, ==, "");
}

/* Speech is found above the noise of a fan, and the fan is not. */
static void
test_segmenter_fan (void)
{
  g_autoptr (HablaSegmenter) self = habla_segmenter_new ();
  g_autoptr (GArray) samples = g_array_new (FALSE, TRUE, sizeof (gint16));
  g_autoptr (GArray) speech = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (2);
  g_autofree char *found = NULL;
  guint begin, end;

  if (!speech_is_installed ()) {
    g_test_skip ("pocketsphinx-testdata is not installed");
    return;
  }
  speech = speech_load (1);
  append_silence (samples, 10000);
  g_array_append_vals (samples, speech->data, speech->len);
  append_silence (samples, 5000);
  for (guint i = 0; i < samples->len; i++)
    g_array_index (samples, gint16, i) += g_rand_int_range (rand, -100, 100);
  found = find_segments (self, (gint16 *) samples->data, samples->len);
  g_test_message ("%s", found);
  g_assert_cmpint (sscanf (found, "%u-%u", &begin, &end), ==, 2);
  g_assert_cmpuint (begin, >=, 9900);
  g_assert_cmpuint (begin, <, 10700);
  g_assert_cmpuint (end, <, 10100 + speech->len / MS);
}

/* The quietest place is in the pause between two tones. */
static void
test_segmenter_boundary (void)
{
  g_autoptr (HablaSegmenter) self = habla_segmenter_new ();
  g_autoptr (GArray) samples = g_array_new (FALSE, TRUE, sizeof (gint16));
  gsize boundary;

  for (guint i = 0; i < 4000 * MS; i++) {
    gboolean is_pause = i >= 3000 * MS && i < 3200 * MS;
    gint16 sample = is_pause ? 0 : 8000 * sin (2 * G_PI * 200 * i / HABLA_SEGMENTER_RATE);

    g_array_append_val (samples, sample);
  }
  habla_segmenter_begin (self);
  for (guint i = 0; i < samples->len; i += BLOCK)
    habla_segmenter_push (self, &g_array_index (samples, gint16, i), BLOCK, PAUSE);
  boundary = habla_segmenter_find_boundary (self);
  g_assert_cmpuint (boundary, >=, 3000 * MS);
  g_assert_cmpuint (boundary, <=, 3200 * MS);
}

/* A segment is bounded before speech, however long the silence. */
static void
test_segmenter_silence (void)
{
  g_autoptr (HablaSegmenter) self = habla_segmenter_new ();
  const gint16 silence[BLOCK] = { 0 };
  gsize n_samples;

  habla_segmenter_begin (self);
  for (guint i = 0; i < 5000; i++)
    g_assert_false (habla_segmenter_push (self, silence, BLOCK, PAUSE));
  habla_segmenter_get_samples (self, &n_samples);
  g_assert_cmpuint (n_samples, <=, HABLA_SEGMENTER_RATE / 2);
  g_assert_cmpuint (habla_segmenter_get_offset (self) + n_samples, ==, 5000 * BLOCK);
  g_assert_false (habla_segmenter_has_voice (self));
}

static void
test_wav (void)
{
  const gint16 samples[] = { 1, -2, 300 };
  g_autoptr (GBytes) wav = habla_wav_encode (samples, 3, 16000);
  g_autoptr (GError) error = NULL;
  HablaWavHeader header;
  gsize size;
  const guint8 *data = g_bytes_get_data (wav, &size);

  g_assert_cmpuint (size, ==, 50);
  g_assert_true (habla_wav_parse_header (data, size, &header, &error));
  g_assert_no_error (error);
  g_assert_cmpint (GST_AUDIO_INFO_RATE (&header.info), ==, 16000);
  g_assert_cmpint (GST_AUDIO_INFO_CHANNELS (&header.info), ==, 1);
  g_assert_cmpuint (header.offset, ==, 44);
  g_assert_cmpuint (header.size, ==, 6);
  g_assert_cmpint ((gint16) GST_READ_UINT16_LE (data + 46), ==, -2);
  /* The first bytes are not enough, but no error. */
  for (gsize i = 0; i < 44; i++) {
    g_assert_false (habla_wav_parse_header (data, i, &header, &error));
    g_assert_no_error (error);
  }
}

/* A WAV file with samples of a tone. @declared: size in the header; -1 = the true one */
static GByteArray *
make_wav (guint format, guint width, guint channels, guint rate, guint ms, gint64 declared)
{
  GByteArray *wav = g_byte_array_new ();
  guint frame = width / 8 * channels;
  guint size = ms * (rate / 1000) * frame;
  guint8 header[44] = "RIFF\xff\xff\xff\xffWAVEfmt \x10";

  GST_WRITE_UINT16_LE (header + 20, format);
  GST_WRITE_UINT16_LE (header + 22, channels);
  GST_WRITE_UINT32_LE (header + 24, rate);
  GST_WRITE_UINT32_LE (header + 28, rate * frame);
  GST_WRITE_UINT16_LE (header + 32, frame);
  GST_WRITE_UINT16_LE (header + 34, width);
  memcpy (header + 36, "data", 4);
  GST_WRITE_UINT32_LE (header + 40, declared >= 0 ? declared : size);
  g_byte_array_append (wav, header, sizeof header);
  for (guint i = 0; i < size / frame; i++) {
    double value = 0.5 * sin (2 * G_PI * 300 * i / rate);

    for (guint k = 0; k < channels; k++) {
      guint8 bytes[4] = { 0 };
      float single = value;

      if (format == 3)
        memcpy (bytes, &single, 4);
      else if (width == 8)
        bytes[0] = 128 + 127 * value;
      else
        GST_WRITE_UINT32_LE (bytes, (guint32) (gint32) (value * (1u << (width - 1))));
      g_byte_array_append (wav, bytes, width / 8);
    }
  }
  return wav;
}

typedef struct {
  guint n_samples;
  guint n_wanted; /* 0 = any number */
  int loudest;
} Heard;

static gboolean
hear (const gint16 *samples, gsize n_samples, gpointer data)
{
  Heard *self = data;

  for (gsize i = 0; i < n_samples; i++)
    self->loudest = MAX (self->loudest, ABS (samples[i]));
  self->n_samples += n_samples;
  return self->n_wanted == 0 || self->n_samples < self->n_wanted;
}

/* Decodes @bytes in pieces. Returns: whether it was complete */
static gboolean
decode (const GByteArray *bytes, guint raw_rate, gsize piece, Heard *heard, GError **error)
{
  g_autoptr (SpeechDecoder) self = speech_decoder_new (raw_rate, 24000, hear, heard);
  GError *reason = NULL;

  for (gsize i = 0; i < bytes->len; i += piece)
    if (!speech_decoder_push (self, bytes->data + i, MIN (piece, bytes->len - i), &reason)) {
      if (reason == NULL)
        return TRUE;
      g_propagate_error (error, reason);
      return FALSE;
    }
  return speech_decoder_finish (self, error);
}

static void
assert_tone (const GByteArray *bytes, guint raw_rate)
{
  const gsize pieces[] = { 1, 7, 1000, 1 << 20 };

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++) {
    Heard heard = { 0 };
    g_autoptr (GError) error = NULL;

    g_assert_true (decode (bytes, raw_rate, pieces[i], &heard, &error));
    g_assert_no_error (error);
    g_test_message ("raw %u, piece %zu: %u samples", raw_rate, pieces[i], heard.n_samples);
    g_assert_cmpint (heard.n_samples, >, 24000 / 2 - 100);
    g_assert_cmpint (heard.n_samples, <, 24000 / 2 + 300);
    g_assert_cmpint (heard.loudest, >, 16384 - 800);
    g_assert_cmpint (heard.loudest, <, 16384 + 800);
  }
}

static void
test_decoder_formats (void)
{
  const struct {
    guint format, width, channels, rate;
    gint64 declared;
  } formats[] = { { 1, 16, 1, 24000, -1 }, { 1, 16, 1, 24000, 0xffffffff }, { 1, 16, 1, 24000, 0 },
    { 1, 16, 2, 48000, -1 }, { 1, 16, 1, 16000, -1 }, { 1, 16, 1, 22050, -1 },
    { 1, 24, 1, 24000, -1 }, { 1, 32, 2, 44100, -1 }, { 1, 8, 1, 8000, -1 },
    { 3, 32, 1, 24000, 0xffffffff } };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_autoptr (GByteArray) wav = make_wav (formats[i].format, formats[i].width, formats[i].channels,
        formats[i].rate, 500, formats[i].declared);

    assert_tone (wav, 0);
    assert_tone (wav, 24000); /* a WAV file although raw samples were asked for */
    if (formats[i].width == 16 && formats[i].channels == 1) {
      g_byte_array_remove_range (wav, 0, 44);
      assert_tone (wav, formats[i].rate);
      g_byte_array_append (wav, (guint8 *) "x", 1); /* half a sample */
      assert_tone (wav, formats[i].rate);
    }
  }
}

static void
assert_no_speech (const char *bytes, gsize size, guint raw_rate, const char *reason)
{
  g_autoptr (GByteArray) array = g_byte_array_new ();
  const gsize pieces[] = { 1, 1 << 20 };

  g_byte_array_append (array, (guint8 *) bytes, size);
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++) {
    Heard heard = { 0 };
    g_autoptr (GError) error = NULL;

    g_assert_false (decode (array, raw_rate, pieces[i], &heard, &error));
    g_assert_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE);
    g_assert_nonnull (strstr (error->message, reason));
    g_assert_cmpuint (heard.n_samples, ==, 0);
  }
}

static void
test_decoder_foreign (void)
{
  g_autoptr (GByteArray) wav = make_wav (1, 16, 1, 24000, 500, -1);
  g_autoptr (GByteArray) long_header = g_byte_array_new ();

  assert_no_speech ("", 0, 0, "no speech");
  assert_no_speech ("", 0, 24000, "no speech");
  assert_no_speech ("RIFF", 4, 0, "no speech");
  assert_no_speech ((char *) wav->data, 44, 0, "no speech");
  assert_no_speech ("{\"error\": 1}", 12, 0, "RIFF");
  assert_no_speech ("{\"error\": 1}", 12, 24000, "raw samples");
  assert_no_speech ("ID3\x04 an MP3 file", 16, 24000, "raw samples");
  assert_no_speech ("OggS an Ogg file", 16, 0, "RIFF");
  wav->data[22] = 7; /* channels */
  assert_no_speech ((char *) wav->data, wav->len, 0, "7 channels");
  wav->data[22] = 1;
  wav->data[20] = 85; /* MP3 */
  assert_no_speech ((char *) wav->data, wav->len, 0, "format 85");
  wav->data[20] = 1;
  memset (wav->data + 24, 0, 4); /* rate */
  assert_no_speech ((char *) wav->data, wav->len, 0, "0 Hz");
  memcpy (wav->data + 12, "LIST\xff\xff\xff\x7f", 8);
  assert_no_speech ((char *) wav->data, wav->len, 0, "too long");
  g_byte_array_append (long_header, wav->data, 12);
  for (guint i = 0; i < 9000; i++)
    g_byte_array_append (long_header, (guint8 *) "junk\0\0\0\0", 8);
  assert_no_speech ((char *) long_header->data, long_header->len, 0, "too long");
}

static void
test_decoder_truncated (void)
{
  g_autoptr (GByteArray) wav = make_wav (1, 16, 1, 24000, 500, -1);
  g_autoptr (GError) error = NULL;
  Heard heard = { 0 };

  g_byte_array_set_size (wav, wav->len / 2);
  g_assert_false (decode (wav, 0, 1000, &heard, &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE);
  g_assert_nonnull (strstr (error->message, " of 24000 bytes"));
  g_assert_cmpuint (heard.n_samples, >, 0);
}

/* Downstream needs no more. */
static void
test_decoder_satisfied (void)
{
  g_autoptr (GByteArray) wav = make_wav (1, 16, 1, 24000, 500, -1);
  g_autoptr (GError) error = NULL;
  Heard heard = { .n_wanted = 1000 };

  g_assert_true (decode (wav, 0, 100, &heard, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (heard.n_samples, <, 1100);
}

/* Parses @json as the answer to two seconds of speech. Returns: (transfer full): its text, or the
 * error */
static char *
parse (const char *json, const char *type, TranscriptionResponse *response)
{
  g_autoptr (GBytes) body = g_bytes_new_static (json, strlen (json));
  g_autoptr (GError) error = NULL;

  if (!transcription_response_parse (response, body, type, 2 * HABLA_SEGMENTER_RATE, &error)) {
    g_assert_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE);
    return g_strconcat ("error: ", error->message, NULL);
  }
  g_assert_no_error (error);
  return g_strdup (response->text != NULL ? response->text : "(none)");
}

static void
test_response_texts (void)
{
  const struct {
    const char *json, *type, *expected;
  } cases[] = {
    { "{\"text\": \" Go forward.\\n\"}", "application/json", "Go forward." },
    { "{\"text\": \"\"}", "application/json", "(none)" },
    { "{\"text\": \"a\\nb\\u0000c\\td\"}", NULL, "error" },
    { "{\"text\": \"a\\nb\\td\"}", NULL, "a b d" },
    { " Go forward.\n", "text/plain", "Go forward." },
    { "", "text/plain", "(none)" },
    { "{\"text\": \"Go.\"}", "text/plain", "Go." },
    { "{\"text\": 5}", NULL, "error" },
    { "{\"text\": null}", NULL, "error" },
    { "{\"text\": [\"a\"]}", NULL, "error" },
    { "{\"texts\": \"a\"}", NULL, "error" },
    { "[\"a\"]", NULL, "error" },
    { "{\"text\": \"Go for", NULL, "error" },
    { "", NULL, "error" },
    { "<html>Bad gateway</html>", "text/html", "error" },
    { "{\"text\": \"\\ud800\"}", NULL, "error" },
    { "\xff\xfe", "text/plain", "error" },
    { "{\"text\": \"yes\", \"segments\": [], \"words\": [], \"language\": \"\"}", NULL, "yes" },
    { "{\"text\": \"yes\", \"segments\": [5, \"x\"], \"words\": [{}, 7, null]}", NULL, "yes" },
    { "{\"text\": \"yes\", \"segments\": {}, \"words\": \"x\", \"language\": 5}", NULL, "yes" },
    { "{\"text\": \" Thank you.\", \"segments\": [{\"text\": \" Thank you.\", "
      "\"no_speech_prob\": 0.9, \"avg_logprob\": -1.5}]}",
        NULL, "(none)" },
    { "{\"text\": \" Go. Thank you.\", \"segments\": [{\"text\": \" Go.\", "
      "\"no_speech_prob\": 0.1, \"avg_logprob\": -0.1}, {\"text\": \" Thank you.\", "
      "\"no_speech_prob\": 0.9, \"avg_logprob\": -1.5}]}",
        NULL, "Go." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (TranscriptionResponse) response = { 0 };
    g_autofree char *text = parse (cases[i].json, cases[i].type, &response);

    g_test_message ("%u: %s", i, text);
    if (g_str_equal (cases[i].expected, "error"))
      g_assert_true (g_str_has_prefix (text, "error: "));
    else
      g_assert_cmpstr (text, ==, cases[i].expected);
  }
}

/* No one says this in two seconds. */
static void
test_response_invented (void)
{
  g_autofree char *words = g_strnfill (101, 'a');
  g_autofree char *json = g_strdup_printf ("{\"text\": \"%s\"}", words);
  g_auto (TranscriptionResponse) response = { 0 };
  g_autofree char *error = parse (json, NULL, &response);
  g_autofree char *text = NULL;

  g_assert_nonnull (strstr (error, "101 characters for 2.0 s"));
  g_assert_null (response.text);
  transcription_response_clear (&response);
  json[strlen (json) - 3] = ' '; /* 100 characters and a space */
  text = parse (json, NULL, &response);
  g_assert_cmpuint (strlen (text), ==, 100);
}

static void
test_response_details (void)
{
  const char *json =
      "{\"text\": \"go forward\", \"language\": \"english\", \"duration\": 2.0,"
      " \"segments\": [{\"text\": \"go forward\", \"avg_logprob\": -0.2, \"no_speech_prob\": 0}],"
      " \"words\": [{\"word\": \" go\", \"start\": 0.5, \"end\": 0.75},"
      " {\"word\": \"forward\", \"start\": 0.25, \"end\": 99},"
      " {\"word\": \"x\", \"start\": \"1\", \"end\": 2}, {\"word\": \"\", \"start\": 1, \"end\": 2}"
      "]}";
  g_auto (TranscriptionResponse) response = { 0 };
  g_autofree char *text = parse (json, "application/json", &response);
  const HablaWord *word;

  g_assert_cmpstr (text, ==, "go forward");
  g_assert_cmpstr (response.language, ==, "en");
  g_assert_cmpfloat_with_epsilon (response.confidence, exp (-0.2), 1e-6);
  g_assert_cmpuint (response.words->len, ==, 2);
  word = response.words->pdata[0];
  g_assert_cmpstr (word->text, ==, "go");
  g_assert_cmpuint (word->begin, ==, 8000);
  g_assert_cmpuint (word->end, ==, 12000);
  word = response.words->pdata[1]; /* its times make no sense */
  g_assert_cmpuint (word->begin, ==, 8000);
  g_assert_cmpuint (word->end, ==, 32000);
}

static void
test_language_names (void)
{
  const char *const names[][2] = { { "english", "en" }, { "Spanish", "es" },
    { "haitian creole", "ht" }, { "de", "de" }, { "klingon", NULL }, { "", NULL },
    { "x y", NULL } };
  g_auto (GStrv) codes = language_list_codes ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *code = language_from_name (names[i][0]);

    g_assert_cmpstr (code, ==, names[i][1]);
  }
  for (guint i = 0; codes[i] != NULL; i++) {
    g_autofree char *code = habla_language_normalize (codes[i], NULL);

    g_assert_cmpstr (code, ==, codes[i]);
    g_assert_false (g_strv_contains ((const char *const *) codes + i + 1, codes[i]));
  }
}

static void
test_realtime_messages (void)
{
  const struct {
    const char *json;
    RealtimeMessageType type;
    const char *text;
  } cases[] = {
    { "{\"type\": \"session.updated\"}", REALTIME_MESSAGE_UPDATED, NULL },
    { "{\"type\": \"something.new\", \"delta\": 5}", REALTIME_MESSAGE_OTHER, NULL },
    { "{\"type\": \"conversation.item.input_audio_transcription.delta\", \"delta\": \"Go\"}",
        REALTIME_MESSAGE_DELTA, "Go" },
    { "{\"type\": \"conversation.item.input_audio_transcription.completed\", \"transcript\": "
      "\"Go.\", \"item_id\": \"i\"}",
        REALTIME_MESSAGE_COMPLETED, "Go." },
    { "{\"type\": \"error\", \"error\": {\"message\": \"No.\"}}", REALTIME_MESSAGE_FAILED, "No." },
    { "{\"type\": \"error\", \"error\": {\"code\": \"input_audio_buffer_commit_empty\"}}",
        REALTIME_MESSAGE_EMPTY, "it gave no reason" },
    { "{\"type\": \"error\", \"error\": 5}", REALTIME_MESSAGE_FAILED, "it gave no reason" },
  };
  const char *const bad[] = { "", "5", "[]", "{}", "{\"type\": 5}", "{\"type\": \"x\"",
    "{\"type\": \"conversation.item.input_audio_transcription.delta\", \"delta\": 5}",
    "{\"type\": \"conversation.item.input_audio_transcription.completed\"}" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (RealtimeMessage) message = { 0 };
    g_autoptr (GError) error = NULL;

    g_assert_true (
        realtime_message_parse (&message, cases[i].json, strlen (cases[i].json), &error));
    g_assert_no_error (error);
    g_assert_cmpint (message.type, ==, cases[i].type);
    g_assert_cmpstr (message.text, ==, cases[i].text);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_auto (RealtimeMessage) message = { 0 };
    g_autoptr (GError) error = NULL;

    g_assert_false (realtime_message_parse (&message, bad[i], strlen (bad[i]), &error));
    g_assert_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE);
  }
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/audio-parts/segmenter/speech", test_segmenter_speech);
  g_test_add_func ("/audio-parts/segmenter/noise", test_segmenter_noise);
  g_test_add_func ("/audio-parts/segmenter/fan", test_segmenter_fan);
  g_test_add_func ("/audio-parts/segmenter/boundary", test_segmenter_boundary);
  g_test_add_func ("/audio-parts/segmenter/silence", test_segmenter_silence);
  g_test_add_func ("/audio-parts/wav", test_wav);
  g_test_add_func ("/audio-parts/decoder/formats", test_decoder_formats);
  g_test_add_func ("/audio-parts/decoder/foreign", test_decoder_foreign);
  g_test_add_func ("/audio-parts/decoder/truncated", test_decoder_truncated);
  g_test_add_func ("/audio-parts/decoder/satisfied", test_decoder_satisfied);
  g_test_add_func ("/audio-parts/response/texts", test_response_texts);
  g_test_add_func ("/audio-parts/response/invented", test_response_invented);
  g_test_add_func ("/audio-parts/response/details", test_response_details);
  g_test_add_func ("/audio-parts/language-names", test_language_names);
  g_test_add_func ("/audio-parts/realtime-messages", test_realtime_messages);
  return habla_test_run ();
}
