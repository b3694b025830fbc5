/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define HABLA_ESPEAK_RATE_MIN 80
#define HABLA_ESPEAK_RATE_MAX 450

/* How a text is to be spoken. */
typedef struct {
  const char *voice;
  int rate;   /* words a minute, HABLA_ESPEAK_RATE_MIN to HABLA_ESPEAK_RATE_MAX */
  int pitch;  /* 0 to 100 */
  int volume; /* 0 to 200, in percent */
} HablaEspeakSettings;

char *habla_espeak_find_voice (const char *language, GError **error);
gboolean habla_espeak_check_voice (const char *voice, GError **error);
GStrv habla_espeak_list_languages (void);

const char *habla_espeak_find_end (const char *text);
gboolean habla_espeak_speak (const HablaEspeakSettings *settings, const char *text, gsize size,
    GArray *samples, GError **error);

G_END_DECLS
