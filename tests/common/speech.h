/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Five LibriVox recordings of "Sense and Sensibility" and what is said in them, from
 * Debian's pocketsphinx-testdata: 16 kHz, mono, 71 words in 25 seconds. */
#define SPEECH_N_RECORDINGS 5
#define SPEECH_RATE 16000

gboolean speech_is_installed (void);
char *speech_get_path (guint i);
GArray *speech_load (guint i);
GArray *speech_load_all (guint pause_ms);
char *speech_load_transcript (guint i);
char *speech_load_all_transcripts (void);

guint speech_count_words (const char *text);
guint speech_count_errors (const char *reference, const char *text);

G_END_DECLS
