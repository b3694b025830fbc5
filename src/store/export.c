/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/export.h"

#include "store/vocabulary/spreadsheet-cell.h"

#include <string.h>
#include <util/caption-cues.h>
#include <util/time-format.h>

#define NS_PER_MS G_GINT64_CONSTANT (1000000)

/* Typed text has no duration: its subtitles are shown for the time it takes to read them, in
 * milliseconds and in milliseconds a byte. */
#define MIN_SHOWN 1000
#define SHOWN_PER_BYTE 60
#define MAX_SHOWN 10000

static const struct {
  const char *name;
  const char *type;
} formats[] = {
  [HABLA_EXPORT_TXT] = { "txt", "text/plain; charset=utf-8" },
  [HABLA_EXPORT_SRT] = { "srt", "application/x-subrip; charset=utf-8" },
  [HABLA_EXPORT_VTT] = { "vtt", "text/vtt; charset=utf-8" },
  [HABLA_EXPORT_JSON] = { "json", "application/json" },
  [HABLA_EXPORT_TSV] = { "tsv", "text/tab-separated-values; charset=utf-8" },
};

struct _HablaExport {
  HablaExportFormat format;
  char *language; /* NULL = the original and all translations */
  HablaExportGetDirection get_direction;
  gboolean has_bookmarks;
  const HablaSessionRecord *session;
  guint64 n_written;
  HablaCaptionCue *pending; /* (nullable): the last subtitle; its end depends on the next one */
};

gboolean
habla_export_format_from_name (const char *name, HablaExportFormat *format)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_strcmp0 (name, formats[i].name) == 0) {
      *format = i;
      return TRUE;
    }
  return FALSE;
}

const char *
habla_export_format_get_name (HablaExportFormat format)
{
  return formats[format].name;
}

const char *
habla_export_format_get_content_type (HablaExportFormat format)
{
  return formats[format].type;
}

HablaExport *
habla_export_new (HablaExportFormat format, const HablaSessionRecord *session, const char *language,
    HablaExportGetDirection get_direction, gboolean has_bookmarks)
{
  HablaExport *self = g_new0 (HablaExport, 1);

  self->format = format;
  self->session = session;
  self->language = g_strdup (language);
  self->get_direction = get_direction;
  self->has_bookmarks = has_bookmarks;
  return self;
}

static void
export_cue_free (HablaCaptionCue *cue)
{
  g_strfreev (cue->lines);
  g_free (cue);
}

void
habla_export_free (HablaExport *self)
{
  g_clear_pointer (&self->pending, export_cue_free);
  g_free (self->language);
  g_free (self);
}

/* Replaces separators of lines, cells and subtitles by single spaces. */
static void
export_append_line (GString *out, const char *text)
{
  gboolean is_blank = TRUE;

  for (; *text != '\0'; text = g_utf8_next_char (text)) {
    gunichar c = g_utf8_get_char (text);

    if (g_unichar_isspace (c) || g_unichar_iscntrl (c) || c == 0x2028 || c == 0x2029) {
      if (!is_blank)
        g_string_append_c (out, ' ');
      is_blank = TRUE;
    } else {
      g_string_append_unichar (out, c);
      is_blank = FALSE;
    }
  }
  if (is_blank && out->len > 0 && out->str[out->len - 1] == ' ')
    g_string_truncate (out, out->len - 1);
}

static void
export_append_vtt_line (GString *out, const char *text)
{
  g_autoptr (GString) line = g_string_new (NULL);

  export_append_line (line, text);
  g_string_replace (line, "&", "&amp;", 0);
  g_string_replace (line, "<", "&lt;", 0);
  g_string_replace (line, ">", "&gt;", 0);
  g_string_append (out, line->str);
}

static void
export_append_json_text (GString *out, const char *text)
{
  if (text == NULL) {
    g_string_append (out, "null");
    return;
  }
  g_string_append_c (out, '"');
  for (; *text != '\0'; text++) {
    guchar c = *text;

    if (c == '"' || c == '\\')
      g_string_append_printf (out, "\\%c", c);
    else if (c < 0x20 || c == 0x7f)
      g_string_append_printf (out, "\\u%04x", c);
    else
      g_string_append_c (out, c);
  }
  g_string_append_c (out, '"');
}

/* Quotes only where needed, like the dialect excel-tab of Python's csv. What a spreadsheet would
 * calculate begins with an apostrophe. */
static void
export_append_cell (GString *out, const char *text)
{
  const char *escape = habla_spreadsheet_cell_is_formula (text) ? "'" : "";

  if (strpbrk (text, "\t\r\n\"") == NULL) {
    g_string_append_printf (out, "%s%s", escape, text);
    return;
  }
  g_string_append_printf (out, "\"%s", escape);
  for (; *text != '\0'; text++) {
    if (*text == '"')
      g_string_append_c (out, '"');
    g_string_append_c (out, *text);
  }
  g_string_append_c (out, '"');
}

static void
export_append_time (GString *out, gint64 microseconds)
{
  g_autofree char *text = habla_time_format (microseconds, HABLA_TIME_MILLISECONDS);

  g_string_append (out, text != NULL ? text : "");
}

/* @milliseconds: since the begin of the session. @separator: before the milliseconds;
 * '\0' = whole seconds only */
static void
export_append_offset (GString *out, gint64 milliseconds, char separator)
{
  g_string_append_printf (out, "%02" G_GINT64_FORMAT ":%02d:%02d", milliseconds / 3600000,
      (int) (milliseconds / 60000 % 60), (int) (milliseconds / 1000 % 60));
  if (separator != '\0')
    g_string_append_printf (out, "%c%03d", separator, (int) (milliseconds % 1000));
}

/* Returns: milliseconds since the begin of the session, at least 0 */
static gint64
export_get_offset (HablaExport *self, gint64 nanoseconds)
{
  return MAX (nanoseconds / NS_PER_MS - self->session->started_at / 1000, 0);
}

static const char *
export_get_speaker (const HablaUtteranceRecord *utterance)
{
  if (utterance->speaker == NULL)
    return "";
  return utterance->speaker->custom_name != NULL ? utterance->speaker->custom_name
                                                 : utterance->speaker->label;
}

/* Returns: (nullable): the first line of @utterance; %NULL if it has no text in the language */
static const char *
export_get_text (HablaExport *self, const HablaUtteranceRecord *utterance)
{
  return habla_utterance_record_get_text (
      utterance, self->language != NULL ? self->language : utterance->language);
}

static gboolean
export_has_note (const HablaUtteranceRecord *utterance)
{
  return utterance->bookmark_note != NULL && *utterance->bookmark_note != '\0';
}

static void
export_add_bookmark (const HablaUtteranceRecord *utterance, GString *out)
{
  g_string_append (out, "           *");
  if (export_has_note (utterance)) {
    g_string_append_c (out, ' ');
    export_append_line (out, utterance->bookmark_note);
  }
  g_string_append_c (out, '\n');
}

/* @what: a phrase or an error. @meaning: what it means, or why it is one; may be "" */
static void
export_add_explanation (const char *what, const char *meaning, GString *out)
{
  g_string_append (out, "           · ");
  export_append_line (out, what);
  if (*meaning != '\0') {
    g_string_append (out, ": ");
    export_append_line (out, meaning);
  }
  g_string_append_c (out, '\n');
}

static void
export_add_explanations (const HablaAnnotations *annotations, GString *out)
{
  for (guint i = 0; i < annotations->corrections->len; i++) {
    const HablaCorrection *correction = annotations->corrections->pdata[i];
    g_autofree char *change = g_strdup_printf ("%s → %s", correction->wrong, correction->right);

    export_add_explanation (change, correction->explanation, out);
  }
  for (guint i = 0; i < annotations->notes->len; i++) {
    const HablaNote *note = annotations->notes->pdata[i];

    export_add_explanation (note->phrase, note->meaning, out);
  }
}

static void
export_add_text (HablaExport *self, const HablaUtteranceRecord *utterance, GString *out)
{
  const char *text = export_get_text (self, utterance);
  const char *speaker = export_get_speaker (utterance);

  if (text == NULL)
    return;
  g_string_append_c (out, '[');
  export_append_offset (out, export_get_offset (self, utterance->begin), '\0');
  g_string_append (out, "] ");
  if (*speaker != '\0') {
    export_append_line (out, speaker);
    g_string_append (out, ": ");
  }
  export_append_line (out, text);
  g_string_append_c (out, '\n');
  for (guint i = 0; self->language == NULL && i < utterance->translations->len; i++) {
    const HablaTranslationRecord *translation = g_ptr_array_index (utterance->translations, i);

    g_string_append_printf (out, "           %s: ", translation->language);
    export_append_line (out, translation->text);
    g_string_append_c (out, '\n');
  }
  if (self->language == NULL && utterance->annotations != NULL)
    export_add_explanations (utterance->annotations, out);
  if (self->has_bookmarks && utterance->is_bookmarked)
    export_add_bookmark (utterance, out);
}

/* Writes the last subtitle, which is shown long enough to be read, if the next one leaves the time.
 *
 * @next: begin of the next subtitle, in milliseconds */
static void
export_flush_subtitle (HablaExport *self, gint64 next, GString *out)
{
  gboolean is_vtt = self->format == HABLA_EXPORT_VTT;
  HablaCaptionCue *cue = g_steal_pointer (&self->pending);
  gint64 end;

  if (cue == NULL)
    return;
  end = MIN (MAX (cue->end, cue->begin + HABLA_CAPTION_MIN_DURATION), next);
  g_string_append_printf (out, "%" G_GUINT64_FORMAT "\n", ++self->n_written);
  export_append_offset (out, cue->begin, is_vtt ? '.' : ',');
  g_string_append (out, " --> ");
  export_append_offset (out, MAX (end, cue->begin + 1), is_vtt ? '.' : ',');
  g_string_append_c (out, '\n');
  for (guint i = 0; cue->lines[i] != NULL; i++) {
    if (is_vtt)
      export_append_vtt_line (out, cue->lines[i]);
    else
      export_append_line (out, cue->lines[i]);
    g_string_append_c (out, '\n');
  }
  g_string_append_c (out, '\n');
  export_cue_free (cue);
}

/* Returns: (transfer full): the subtitles of @utterance, which never begin before their predecessor
 */
static GPtrArray *
export_make_cues (HablaExport *self, const HablaUtteranceRecord *utterance, const char *text)
{
  gint64 earliest = self->pending != NULL ? self->pending->begin + 1 : 0;
  gint64 begin = MAX (export_get_offset (self, utterance->begin), earliest);
  gint64 end = export_get_offset (self, utterance->end);
  gint64 shown = MIN_SHOWN + SHOWN_PER_BYTE * (gint64) strlen (utterance->source);
  g_autoptr (GPtrArray) texts = NULL;

  if (utterance->end == utterance->begin)
    end = begin + MIN (shown, MAX_SHOWN);
  if (self->language != NULL)
    return habla_caption_cues_new (text, begin, end);
  texts = g_ptr_array_new ();
  g_ptr_array_add (texts, (char *) text);
  for (guint i = 0; i < utterance->translations->len; i++) {
    const HablaTranslationRecord *translation = g_ptr_array_index (utterance->translations, i);

    g_ptr_array_add (texts, translation->text);
  }
  g_ptr_array_add (texts, NULL);
  return habla_caption_cues_new_parallel ((const char *const *) texts->pdata, begin, end);
}

static void
export_add_subtitle (HablaExport *self, const HablaUtteranceRecord *utterance, GString *out)
{
  const char *text = export_get_text (self, utterance);
  g_autoptr (GPtrArray) cues = NULL;

  if (text == NULL || *text == '\0')
    return;
  cues = export_make_cues (self, utterance, text);
  for (guint i = 0; i < cues->len; i++) {
    HablaCaptionCue *cue = g_ptr_array_index (cues, i);

    export_flush_subtitle (self, cue->begin, out);
    self->pending = g_new0 (HablaCaptionCue, 1);
    *self->pending = *cue;
    cue->lines = NULL;
  }
}

static void
export_append_json_member (GString *out, const char *name, const char *value)
{
  g_string_append_printf (out, ",\"%s\":", name);
  export_append_json_text (out, value);
}

static void
export_append_json_time (GString *out, const char *name, gint64 microseconds)
{
  g_string_append_printf (out, ",\"%s\":\"", name);
  export_append_time (out, microseconds);
  g_string_append_c (out, '"');
}

static void
export_add_json_bookmark (HablaExport *self, const HablaUtteranceRecord *utterance, GString *out)
{
  if (!self->has_bookmarks)
    return;
  g_string_append_printf (out, ",\"bookmarked\":%s", utterance->is_bookmarked ? "true" : "false");
  export_append_json_member (
      out, "bookmark_note", export_has_note (utterance) ? utterance->bookmark_note : NULL);
}

static void
export_add_json_annotations (const HablaAnnotations *annotations, GString *out)
{
  g_string_append (out, ",\"corrections\":[");
  for (guint i = 0; annotations != NULL && i < annotations->corrections->len; i++) {
    const HablaCorrection *correction = annotations->corrections->pdata[i];

    g_string_append (out, i > 0 ? ",{\"wrong\":" : "{\"wrong\":");
    export_append_json_text (out, correction->wrong);
    export_append_json_member (out, "right", correction->right);
    export_append_json_member (out, "explanation", correction->explanation);
    g_string_append_c (out, '}');
  }
  g_string_append (out, "],\"idioms\":[");
  for (guint i = 0; annotations != NULL && i < annotations->notes->len; i++) {
    const HablaNote *note = annotations->notes->pdata[i];

    g_string_append (out, i > 0 ? ",{\"phrase\":" : "{\"phrase\":");
    export_append_json_text (out, note->phrase);
    export_append_json_member (out, "type", note->type);
    export_append_json_member (out, "literal", note->literal);
    export_append_json_member (out, "meaning", note->meaning);
    g_string_append_c (out, '}');
  }
  g_string_append_c (out, ']');
}

static void
export_add_json (HablaExport *self, const HablaUtteranceRecord *utterance, GString *out)
{
  char confidence[G_ASCII_DTOSTR_BUF_SIZE];
  gboolean is_first = TRUE;

  g_string_append_printf (
      out, "%s\n{\"id\":%" G_GUINT64_FORMAT, self->n_written++ > 0 ? "," : "", utterance->id);
  export_append_json_time (out, "begin", utterance->begin / 1000);
  export_append_json_time (out, "end", utterance->end / 1000);
  export_append_json_member (
      out, "speaker", utterance->speaker != NULL ? export_get_speaker (utterance) : NULL);
  export_append_json_member (out, "direction", self->get_direction (utterance->direction));
  g_ascii_formatd (confidence, sizeof confidence, "%.4f", utterance->confidence);
  g_string_append_printf (
      out, ",\"confidence\":%s", utterance->confidence >= 0 ? confidence : "null");
  export_append_json_member (out, "language", utterance->language);
  export_add_json_bookmark (self, utterance, out);
  if (self->language != NULL) {
    export_append_json_member (out, "text", export_get_text (self, utterance));
    g_string_append_c (out, '}');
    return;
  }
  export_append_json_member (out, "source", utterance->source);
  export_append_json_member (out, "corrected", utterance->corrected);
  export_add_json_annotations (utterance->annotations, out);
  g_string_append (out, ",\"translations\":{");
  for (guint i = 0; i < utterance->translations->len; i++) {
    const HablaTranslationRecord *translation = g_ptr_array_index (utterance->translations, i);

    if (!is_first)
      g_string_append_c (out, ',');
    is_first = FALSE;
    export_append_json_text (out, translation->language);
    g_string_append_c (out, ':');
    export_append_json_text (out, translation->text);
  }
  g_string_append (out, "}}");
}

static void
export_add_row (HablaExport *self, const HablaUtteranceRecord *utterance, GString *out)
{
  const char *text = export_get_text (self, utterance);

  g_string_append_printf (out, "%" G_GUINT64_FORMAT "\t", utterance->id);
  export_append_time (out, utterance->begin / 1000);
  g_string_append_c (out, '\t');
  export_append_time (out, utterance->end / 1000);
  g_string_append_c (out, '\t');
  export_append_cell (out, export_get_speaker (utterance));
  g_string_append_c (out, '\t');
  export_append_cell (out, utterance->language);
  g_string_append_c (out, '\t');
  export_append_cell (out, text != NULL ? text : "");
  for (guint i = 0; self->language == NULL && self->session->languages[i] != NULL; i++) {
    const char *language = self->session->languages[i];
    const char *translation = g_str_equal (language, utterance->language)
                                  ? NULL
                                  : habla_utterance_record_get_text (utterance, language);

    g_string_append_c (out, '\t');
    export_append_cell (out, translation != NULL ? translation : "");
  }
  g_string_append (out, "\r\n");
}

static void
export_begin_json (HablaExport *self, GString *out)
{
  const HablaSessionRecord *session = self->session;

  g_string_append_printf (out, "{\"session\":{\"id\":%" G_GUINT64_FORMAT, session->id);
  export_append_json_member (out, "room", session->room);
  export_append_json_time (out, "started_at", session->started_at);
  export_append_json_time (out, "ended_at", session->ended_at);
  export_append_json_member (out, "direction", self->get_direction (session->direction));
  export_append_json_member (out, "mode", session->mode);
  export_append_json_member (out, "notes", session->notes);
  export_append_json_member (out, "title", session->title);
  export_append_json_member (out, "topic_summary", session->topic);
  g_string_append (out, "},\"exchanges\":[");
}

/* For a person: what it was, and when, by the clock on the wall. */
static void
export_append_heading (const HablaSessionRecord *session, GString *out)
{
  g_autoptr (GDateTime) date =
      g_date_time_new_from_unix_local (session->started_at / G_USEC_PER_SEC);
  g_autofree char *time = date != NULL ? g_date_time_format (date, "%Y-%m-%d %H:%M") : NULL;

  export_append_line (out, session->title != NULL ? session->title : session->room);
  g_string_append_c (out, '\n');
  if (session->title != NULL) {
    export_append_line (out, session->room);
    g_string_append (out, ", ");
  }
  g_string_append_printf (out, "%s\n\n", time != NULL ? time : "");
}

void
habla_export_begin (HablaExport *self, GString *out)
{
  switch (self->format) {
  case HABLA_EXPORT_TXT:
    export_append_heading (self->session, out);
    if (*self->session->notes != '\0')
      g_string_append_printf (out, "%s\n\n", self->session->notes);
    if (self->session->topic != NULL) {
      export_append_line (out, self->session->topic);
      g_string_append (out, "\n\n");
    }
    break;
  case HABLA_EXPORT_SRT:
    break;
  case HABLA_EXPORT_VTT:
    g_string_append (out, "WEBVTT\n\n");
    break;
  case HABLA_EXPORT_JSON:
    export_begin_json (self, out);
    break;
  case HABLA_EXPORT_TSV:
    g_string_append (out, "id\tbegin\tend\tspeaker\tlanguage\ttext");
    for (guint i = 0; self->language == NULL && self->session->languages[i] != NULL; i++) {
      g_string_append_c (out, '\t');
      export_append_cell (out, self->session->languages[i]);
    }
    g_string_append (out, "\r\n");
    break;
  }
}

void
habla_export_add (HablaExport *self, const HablaUtteranceRecord *utterance, GString *out)
{
  switch (self->format) {
  case HABLA_EXPORT_TXT:
    export_add_text (self, utterance, out);
    break;
  case HABLA_EXPORT_SRT:
  case HABLA_EXPORT_VTT:
    export_add_subtitle (self, utterance, out);
    break;
  case HABLA_EXPORT_JSON:
    export_add_json (self, utterance, out);
    break;
  case HABLA_EXPORT_TSV:
    export_add_row (self, utterance, out);
    break;
  }
}

void
habla_export_end (HablaExport *self, GString *out)
{
  if (self->format == HABLA_EXPORT_JSON)
    g_string_append (out, "\n]}\n");
  export_flush_subtitle (self, G_MAXINT64, out);
}
