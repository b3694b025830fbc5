/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/language.h"

#include "habla/error.h"

#include <gst/tag/tag.h>
#include <string.h>

/* RFC 5646, section 4.4.1, requires support for at least 35 characters. */
#define MAX_TAG_LENGTH 35
#define MAX_SUBTAG_LENGTH 8

static gboolean
subtag_consists_of (const char *subtag, gboolean letters, gboolean digits)
{
  for (; *subtag != '\0'; subtag++)
    if (!(letters && g_ascii_isalpha (*subtag)) && !(digits && g_ascii_isdigit (*subtag)))
      return FALSE;
  return TRUE;
}

/* RFC 5646, section 2.1: a primary language of 2 to 8 letters, then subtags of
 * 1 to 8 letters and digits. */
static gboolean
language_is_well_formed (char **subtags)
{
  gsize primary = strlen (subtags[0]);

  if (primary < 2 || primary > MAX_SUBTAG_LENGTH || !subtag_consists_of (subtags[0], TRUE, FALSE))
    return FALSE;
  for (guint i = 1; subtags[i] != NULL; i++) {
    gsize length = strlen (subtags[i]);

    if (length < 1 || length > MAX_SUBTAG_LENGTH || !subtag_consists_of (subtags[i], TRUE, TRUE))
      return FALSE;
  }
  return TRUE;
}

/* RFC 5646, section 2.1.1: es-MX, zh-Hans-CN, en-x-us. */
static void
language_fix_case (char **subtags)
{
  gboolean after_singleton = FALSE;

  for (guint i = 0; subtags[i] != NULL; i++) {
    gsize length = strlen (subtags[i]);

    for (char *c = subtags[i]; *c != '\0'; c++)
      *c = g_ascii_tolower (*c);
    if (i == 0 || after_singleton)
      continue;
    if (length == 1) {
      after_singleton = TRUE;
    } else if (length == 2) {
      subtags[i][0] = g_ascii_toupper (subtags[i][0]);
      subtags[i][1] = g_ascii_toupper (subtags[i][1]);
    } else if (length == 4) {
      subtags[i][0] = g_ascii_toupper (subtags[i][0]);
    }
  }
}

char *
habla_language_normalize (const char *tag, GError **error)
{
  g_autofree char *hyphened = NULL;
  g_auto (GStrv) subtags = NULL;

  if (tag == NULL || *tag == '\0') {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE,
        "The language code is empty; use a BCP 47 code such as “en” or “es-MX”");
    return NULL;
  }

  if (strlen (tag) <= MAX_TAG_LENGTH) {
    hyphened = g_strdelimit (g_strdup (tag), "_", '-');
    subtags = g_strsplit (hyphened, "-", -1);
  }
  if (subtags == NULL || !language_is_well_formed (subtags)) {
    g_autofree char *shown = g_utf8_make_valid (tag, MIN (strlen (tag), 64));

    g_set_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE,
        "“%s” is not a language code; use a BCP 47 code such as “en” or “es-MX”", shown);
    return NULL;
  }

  language_fix_case (subtags);
  if (strlen (subtags[0]) == 3) {
    const char *two_letters = gst_tag_get_language_code_iso_639_1 (subtags[0]);

    if (two_letters != NULL) {
      g_free (subtags[0]);
      subtags[0] = g_strdup (two_letters);
    }
  }
  return g_strjoinv ("-", subtags);
}

char *
habla_language_get_primary (const char *tag)
{
  g_return_val_if_fail (tag != NULL, NULL);

  return g_strndup (tag, strcspn (tag, "-_"));
}

char *
habla_language_get_parent (const char *tag)
{
  const char *last;

  g_return_val_if_fail (tag != NULL, NULL);

  last = strrchr (tag, '-');
  if (last == NULL || last == tag)
    return NULL;
  if (last - tag >= 2 && last[-2] == '-')
    last -= 2;
  return g_strndup (tag, last - tag);
}

gboolean
habla_language_matches (const char *range, const char *tag)
{
  gsize length;

  g_return_val_if_fail (range != NULL, FALSE);
  g_return_val_if_fail (tag != NULL, FALSE);

  length = strlen (range);
  return g_ascii_strncasecmp (range, tag, length) == 0 &&
         (tag[length] == '\0' || tag[length] == '-');
}

const char *
habla_language_get_iso639_3 (const char *tag)
{
  g_autofree char *primary = NULL;
  const char *code;

  g_return_val_if_fail (tag != NULL, NULL);

  primary = habla_language_get_primary (tag);
  /* ISO 639-3 equals ISO 639-2/T for languages with a two-letter code. */
  code = gst_tag_get_language_code_iso_639_2T (primary);
  if (code == NULL && strlen (primary) == 3)
    code = g_intern_string (primary);
  return code;
}

const char *
habla_language_get_name (const char *tag)
{
  g_autofree char *primary = NULL;
  g_autofree char *first = NULL;
  const char *names;

  g_return_val_if_fail (tag != NULL, NULL);

  primary = habla_language_get_primary (tag);
  names = gst_tag_get_language_name (primary);
  if (names == NULL || strchr (names, ';') == NULL)
    return names;
  /* "Spanish; Castilian" */
  first = g_strndup (names, strcspn (names, ";"));
  return g_intern_string (first);
}
