/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "subtitle/subtitle-encoding.h"
#include "subtitle/subtitle-format.h"
#include "subtitle/subtitle-markup.h"
#include "subtitle/parser/subtitle-parser-private.h"

#include <string.h>

#define SECOND G_GUINT64_CONSTANT (1000000000)

/* How long a cue without an end is shown. */
#define MAX_OPEN (5 * SECOND)

G_DEFINE_QUARK (habla - subtitle - error - quark, habla_subtitle_error)

typedef gboolean (*Parser) (HablaCueCollector *collector, const char *text, GError **error);

static const struct {
  const char *format;
  Parser parse;
} parsers[] = {
  { "srt", habla_srt_parse },
  { "vtt", habla_vtt_parse },
  { "ass", habla_ass_parse },
  { "ttml", habla_ttml_parse },
};

HablaCue *
habla_cue_collector_add (HablaCueCollector *self, const HablaSubtitleTimes *times, char *markup,
    guint line, GError **error)
{
  g_autofree char *owned = markup;
  g_autofree char *text = NULL;
  g_autofree char *speaker = NULL;
  HablaCue *cue;

  if (self->file->cues->len >= HABLA_SUBTITLE_MAX_CUES) {
    g_set_error (error, HABLA_SUBTITLE_ERROR, HABLA_SUBTITLE_ERROR_TOO_LARGE,
        "line %u: there are more than %d cues; split the file", line, HABLA_SUBTITLE_MAX_CUES);
    return NULL;
  }
  if (strlen (markup) > HABLA_SUBTITLE_MAX_CUE_SIZE) {
    g_set_error (error, HABLA_SUBTITLE_ERROR, HABLA_SUBTITLE_ERROR_TOO_LARGE,
        "line %u: the cue has more than %d bytes of text", line, HABLA_SUBTITLE_MAX_CUE_SIZE);
    return NULL;
  }
  text = habla_subtitle_markup_to_text (self->file->format, markup, &speaker);
  cue = habla_cue_new (times->begin, times->end, text, self->file->format);
  if (!g_str_equal (cue->text, markup))
    cue->markup = g_steal_pointer (&owned);
  cue->speaker = g_steal_pointer (&speaker);
  if (times->rest_length > 0)
    cue->settings = g_strndup (times->rest, times->rest_length);
  if (self->skipped->len > 0)
    cue->preamble = g_strndup (self->skipped->str, self->skipped->len);
  g_string_truncate (self->skipped, 0);
  g_ptr_array_add (self->file->cues, cue);
  return cue;
}

void
habla_cue_collector_skip (HablaCueCollector *self, const char *text, gsize length)
{
  g_string_append_len (self->skipped, text, length);
}

void
habla_cue_collector_lose (HablaCueCollector *self, guint line)
{
  if (self->file->n_lost++ == 0)
    self->file->first_lost = line;
}

/* Line ends become "\n"; those that programs damaged to "\r\r\n", too. */
static void
parser_normalize_lines (char *text)
{
  const char *from = text;
  char *to = text;

  while (*from != '\0') {
    gsize n_returns = strspn (from, "\r");

    /* Those above the line end belong to it; others end lines of their own. */
    if (from[n_returns] != '\n')
      to = (char *) memset (to, '\n', n_returns) + n_returns;
    from += n_returns;
    if (*from != '\0')
      *to++ = *from++;
  }
  /* Programs of DOS mark the end with ^Z. */
  while (to > text && to[-1] == '\x1a')
    to--;
  *to = '\0';
}

/* Ends that are unknown are %HABLA_TIME_NONE. */
static void
parser_close_open_cues (GPtrArray *cues)
{
  guint64 next = G_MAXUINT64;

  for (guint i = cues->len; i-- > 0;) {
    HablaCue *cue = g_ptr_array_index (cues, i);

    if (cue->end == G_MAXUINT64)
      cue->end = cue->begin + MIN (MAX_OPEN, next > cue->begin ? next - cue->begin : MAX_OPEN);
    next = cue->begin;
  }
}

static gboolean
parser_run (HablaSubtitleFile *file, const char *text, GError **error)
{
  HablaCueCollector collector = { .file = file };
  g_autoptr (GString) skipped = g_string_new (NULL);
  gboolean good = FALSE;

  collector.skipped = skipped;
  for (guint i = 0; i < G_N_ELEMENTS (parsers); i++)
    if (g_str_equal (parsers[i].format, file->format))
      good = parsers[i].parse (&collector, text, error);
  if (good && skipped->len > 0 && file->cues->len > 0) {
    HablaCue *last = g_ptr_array_index (file->cues, file->cues->len - 1);

    last->trailer = g_strndup (skipped->str, skipped->len);
  }
  parser_close_open_cues (file->cues);
  return good;
}

HablaSubtitleFile *
habla_subtitle_file_parse (
    const guint8 *data, gsize size, const char *encoding, const char *language, GError **error)
{
  g_autoptr (HablaSubtitleFile) self = g_new0 (HablaSubtitleFile, 1);
  g_autofree char *text = NULL;
  g_autoptr (GError) failure = NULL;

  self->cues = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_cue_free);
  if (size > HABLA_SUBTITLE_MAX_SIZE) {
    g_set_error (error, HABLA_SUBTITLE_ERROR, HABLA_SUBTITLE_ERROR_TOO_LARGE,
        "the file has more than %d MiB", HABLA_SUBTITLE_MAX_SIZE / 1024 / 1024);
    return NULL;
  }
  text = habla_subtitle_decode (data, size, encoding, language, &self->assumed_encoding, &failure);
  if (text == NULL) {
    g_set_error (error, HABLA_SUBTITLE_ERROR, HABLA_SUBTITLE_ERROR_ENCODING,
        "the text is not in the encoding %s: %s", encoding, failure->message);
    return NULL;
  }
  parser_normalize_lines (text);
  self->format = habla_subtitle_format_find (text);
  if (self->format == NULL) {
    g_set_error_literal (error, HABLA_SUBTITLE_ERROR, HABLA_SUBTITLE_ERROR_FORMAT,
        "there are no subtitles in SubRip, WebVTT, SubStation or TTML in it");
    return NULL;
  }
  return parser_run (self, text, error) ? g_steal_pointer (&self) : NULL;
}

void
habla_subtitle_file_free (HablaSubtitleFile *self)
{
  g_return_if_fail (self != NULL);

  g_ptr_array_unref (self->cues);
  g_free (self->assumed_encoding);
  g_free (self);
}
