/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arbitrary bytes as the answers of a server: speech, as a WAV file and as raw samples, a
 * transcription and a message of the realtime protocol. What comes out is bounded and valid. */
#include "../../plugins/openai/audio/realtime-message.h"
#include "../../plugins/openai/audio/speech-decoder.h"
#include "../../plugins/openai/audio/transcription-response.h"

#include <habla/utterance.h>
#include <string.h>

/* Rates from 8 to 192 kHz become 24 kHz: at most three samples from one byte. */
#define MAX_SAMPLES(size) (3 * (size) + 4096)
#define SEGMENT 32000

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static gboolean
count (const gint16 *samples, gsize n_samples, gpointer data)
{
  *(gsize *) data += n_samples;
  return TRUE;
}

static void
decode (const guint8 *data, gsize size, guint raw_rate, gsize piece)
{
  gsize n_samples = 0;
  g_autoptr (SpeechDecoder) decoder = speech_decoder_new (raw_rate, 24000, count, &n_samples);
  gboolean is_good = TRUE;

  for (gsize i = 0; i < size && is_good; i += piece) {
    g_autoptr (GError) error = NULL;

    is_good = speech_decoder_push (decoder, data + i, MIN (piece, size - i), &error);
    g_assert_true (is_good == (error == NULL));
  }
  if (is_good)
    speech_decoder_finish (decoder, NULL);
  g_assert_cmpuint (n_samples, <=, MAX_SAMPLES (size));
}

static void
parse_transcription (const char *text, gsize size)
{
  g_autoptr (GBytes) body = g_bytes_new_static (text, size);
  const char *const types[] = { "application/json", "text/plain" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    g_auto (TranscriptionResponse) response = { 0 };

    if (!transcription_response_parse (&response, body, types[i], SEGMENT, NULL))
      continue;
    if (response.text != NULL)
      g_assert_true (g_utf8_validate (response.text, -1, NULL) && *response.text != '\0');
    g_assert_cmpfloat (response.confidence, <=, 1);
    for (guint k = 0; response.words != NULL && k < response.words->len; k++) {
      const HablaWord *word = response.words->pdata[k];

      g_assert_cmpuint (word->begin, <=, word->end);
      g_assert_cmpuint (word->end, <=, SEGMENT);
    }
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (RealtimeMessage) message = { 0 };

  decode (data, size, 0, size > 0 ? 1 + data[0] : 1);
  decode (data, size, 24000, 1000);
  parse_transcription (text, strlen (text));
  realtime_message_parse (&message, text, strlen (text), NULL);
  return 0;
}
