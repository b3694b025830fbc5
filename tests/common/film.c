/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "film.h"

#include <string.h>

#define MSEC G_GUINT64_CONSTANT (1000000)

/* Cues of a scene are separated by "|", scenes follow each other. %s is the name. */
static const char *const english[] = {
  "When %s came home last night,|the door of %s was open.",
  "- Have you seen %s today?\n- No, I was at the market.",
  "The man who lives in %s|told me yesterday that %s|wants to sell the house.",
  "<i>I never saw %s again.</i>",
  "[%s closes the door]",
  "I read <i>%s</i> when I was a child.",
  "I always thought that %s|would come back to us|when the war with %s|was finally over.",
  "♪ The moon over %s ♪",
  "{\\an8}WELCOME TO %s",
  "Yes, %s.",
  "This is the house of Mr.|%s, the doctor of the village.",
  "I don't know, %s...|...if we have enough water\nfor the journey to %s.",
  "What do you want, %s?",
  "<i>Dear %s,|the letter of your father|arrived in %s this morning.</i>",
};

static const char *const spanish[] = {
  "Cuando %s llegó a casa anoche,|la puerta de %s estaba abierta.",
  "- ¿Has visto a %s hoy?\n- No, yo estaba en el mercado.",
  "El hombre que vive en %s|me dijo ayer que %s|quiere vender la casa.",
  "<i>Nunca volví a ver a %s.</i>",
  "[%s cierra la puerta]",
  "Leí <i>%s</i> cuando era niño.",
  "Siempre pensé que %s|volvería con nosotros|cuando la guerra con %s|terminara por fin.",
  "♪ La luna sobre %s ♪",
  "{\\an8}BIENVENIDOS A %s",
  "Sí, %s.",
  "Esta es la casa del Sr.|%s, el médico del pueblo.",
  "No sé, %s...|...si tenemos bastante agua\npara el viaje a %s.",
  "¿Qué quieres, %s?",
  "<i>Querido %s,|la carta de tu padre|llegó a %s esta mañana.</i>",
};

char *
habla_test_film_get_name (guint i)
{
  static const char *const syllables[] = { "ba", "ke", "di", "go", "fu", "la", "me", "ni", "po",
    "ru" };

  return g_strconcat ("Zb", syllables[i / 1000 % 10], syllables[i / 100 % 10],
      syllables[i / 10 % 10], syllables[i % 10], NULL);
}

/* Returns: (transfer full): @markup without tags and overrides */
static char *
film_remove_tags (const char *markup)
{
  GString *text = g_string_new (NULL);

  for (const char *p = markup; *p != '\0'; p++) {
    if (*p == '<' || (*p == '{' && p[1] == '\\'))
      p += strcspn (p, ">}");
    else
      g_string_append_c (text, *p);
  }
  return g_string_free (text, FALSE);
}

static void
film_add_cue (GPtrArray *cues, const char *part, guint64 *time)
{
  guint i = cues->len;
  g_autofree char *name = habla_test_film_get_name (i);
  g_autoptr (GString) markup = g_string_new (part);
  g_autofree char *text = NULL;
  gboolean is_sign = strstr (part, "{\\an8}") != NULL;
  guint64 begin = is_sign ? *time - 900 * MSEC : *time;
  HablaCue *cue;

  if (g_string_replace (markup, "%s", name, 1) == 0)
    g_string_append_printf (markup, " %s", name);
  text = film_remove_tags (markup->str);
  cue = habla_cue_new (begin, begin + (1200 + 37 * (i % 40)) * MSEC, text, "srt");
  cue->id = g_strdup_printf ("%u", i + 1);
  if (!g_str_equal (markup->str, text))
    cue->markup = g_strdup (markup->str);
  g_ptr_array_add (cues, cue);
  *time = cue->end + (80 + 30 * (i % 9)) * MSEC;
}

GPtrArray *
habla_test_film_make_cues (const char *language, guint n)
{
  const char *const *scenes = g_str_equal (language, "es") ? spanish : english;
  GPtrArray *cues = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_cue_free);
  guint64 time = 10000 * MSEC;

  for (guint scene = 0; cues->len < n; scene++) {
    g_auto (GStrv) parts = g_strsplit (scenes[scene % G_N_ELEMENTS (english)], "|", -1);

    for (guint i = 0; parts[i] != NULL && cues->len < n; i++)
      film_add_cue (cues, parts[i], &time);
    if (scene % 3 == 0)
      time += 2500 * MSEC;
  }
  return cues;
}

static void
film_append_time (GString *out, guint64 time)
{
  guint64 msecs = time / MSEC;

  g_string_append_printf (out,
      "%02" G_GUINT64_FORMAT ":%02" G_GUINT64_FORMAT ":%02" G_GUINT64_FORMAT
      ",%03" G_GUINT64_FORMAT,
      msecs / 3600000, msecs / 60000 % 60, msecs / 1000 % 60, msecs % 1000);
}

char *
habla_test_film_write (GPtrArray *cues)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < cues->len; i++) {
    const HablaCue *cue = g_ptr_array_index (cues, i);

    g_string_append_printf (out, "%s\n", cue->id);
    film_append_time (out, cue->begin);
    g_string_append (out, " --> ");
    film_append_time (out, cue->end);
    g_string_append_printf (out, "\n%s\n\n", cue->markup != NULL ? cue->markup : cue->text);
  }
  return g_string_free (out, FALSE);
}
