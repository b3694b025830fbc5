/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Five LibriVox recordings of "Sense and Sensibility" with transcripts, from Debian's
 * pocketsphinx-testdata: 16 kHz, mono, 71 words in 25 seconds. */
#define SPEECH_N_RECORDINGS 5
#define SPEECH_RATE 16000

/**
 * speech_is_installed:
 *
 * Returns: whether pocketsphinx-testdata is installed
 */
gboolean speech_is_installed (void);

/**
 * speech_get_path:
 * @i: index of a recording, below %SPEECH_N_RECORDINGS
 *
 * Returns: (transfer full): the path of the WAV file
 */
char *speech_get_path (guint i);

/**
 * speech_load:
 * @i: index of a recording, below %SPEECH_N_RECORDINGS
 *
 * Returns: (transfer full) (element-type gint16): the samples of the recording
 */
GArray *speech_load (guint i);

/**
 * speech_load_all:
 * @pause_ms: silence after each recording, in milliseconds
 *
 * Returns: (transfer full) (element-type gint16): the samples of all recordings in order
 */
GArray *speech_load_all (guint pause_ms);

/**
 * speech_load_transcript:
 * @i: index of a recording, below %SPEECH_N_RECORDINGS
 *
 * Returns: (transfer full): the transcript of the recording, in lower case
 */
char *speech_load_transcript (guint i);

/**
 * speech_load_all_transcripts:
 *
 * Returns: (transfer full): all transcripts, separated by spaces
 */
char *speech_load_all_transcripts (void);

/**
 * speech_transcribe:
 * @chunks: (element-type GBytes): a recording in any container
 * @timeout: in seconds, after which the test fails
 *
 * Transcribes a recording with pocketsphinxtranscriber in a pipeline without hablad.
 *
 * Returns: (transfer full) (element-type utf8): the text of each utterance
 */
GPtrArray *speech_transcribe (GPtrArray *chunks, guint timeout);

/**
 * speech_count_words:
 *
 * Returns: the number of words of @text
 */
guint speech_count_words (const char *text);

/**
 * speech_count_errors:
 *
 * Returns: the minimum number of insertions, deletions and substitutions of words that turn
 *   @reference into @text, whatever their case; divided by the number of words of @reference, the
 *   word error rate
 */
guint speech_count_errors (const char *reference, const char *text);

/**
 * speech_normalize:
 * @text: a text with capitals and punctuation
 *
 * Returns: (transfer full): @text as the transcripts of the recordings write it
 */
char *speech_normalize (const char *text);

G_END_DECLS
