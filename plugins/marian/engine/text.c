/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text of any length: lines, sentences, and what has nothing to translate. */
#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/utext.h>

#include "inline.h"
#include "marian.h"

/* A longer sentence is hardly one: it is returned unchanged, instead of taking seconds. In bytes.
 */
#define MAX_SENTENCE 8192
/* Sentences of a draft that keep their translation. */
#define MAX_DRAFTS 64

typedef struct {
  MarianModel *model;
  const MarianContext *context;
  UBreakIterator *sentences; /* NULL if ICU has no data */
  GArray *drafts;            /* of MarianDraftSentence; NULL = none */
  guint n_sentences;         /* that were translated */
  GCancellable *cancellable;
  GString *result;
} Translator;

struct _MarianDraft {
  MarianModel *model;
  GArray *sentences; /* of MarianDraftSentence, in order */
};

static gboolean
text_has_letters (const char *text, gsize length)
{
  for (const char *c = text; c < text + length; c = g_utf8_next_char (c))
    if (g_unichar_isalpha (g_utf8_get_char (c)))
      return TRUE;
  return FALSE;
}

/* Returns: length of the white space, dashes of speakers and notes of music that @text begins with
 */
static gsize
text_get_lead (const char *text, gsize length)
{
  const char *c = text;

  while (c < text + length) {
    gunichar character = g_utf8_get_char (c);

    if (!g_unichar_isspace (character) &&
        g_unichar_type (character) != G_UNICODE_DASH_PUNCTUATION &&
        g_unichar_type (character) != G_UNICODE_OTHER_SYMBOL)
      break;
    c = g_utf8_next_char (c);
  }
  return c - text;
}

static gsize
text_get_trail (const char *text, gsize length)
{
  const char *c = text + length;

  while (c > text) {
    const char *previous = g_utf8_prev_char (c);

    if (!g_unichar_isspace (g_utf8_get_char (previous)) &&
        g_unichar_type (g_utf8_get_char (previous)) != G_UNICODE_OTHER_SYMBOL)
      break;
    c = previous;
  }
  return text + length - c;
}

/* Returns: (transfer none) (nullable): the next sentence of the draft */
static MarianDraftSentence *
translator_next_draft (Translator *self)
{
  if (self->drafts == NULL || self->n_sentences >= MAX_DRAFTS)
    return NULL;
  if (self->n_sentences == self->drafts->len)
    g_array_set_size (self->drafts, self->n_sentences + 1);
  return &g_array_index (self->drafts, MarianDraftSentence, self->n_sentences++);
}

static gboolean
translator_add_sentence (Translator *self, const char *text, gsize length, GError **error)
{
  gsize lead = text_get_lead (text, length);
  gsize trail = lead < length ? text_get_trail (text, length) : 0;
  g_autofree char *core = g_strndup (text + lead, length - lead - trail);
  g_autofree char *translation = NULL;
  MarianInlineOptions options = { .context = self->context };

  if (length > MAX_SENTENCE || !text_has_letters (core, strlen (core))) {
    g_string_append_len (self->result, text, length);
    return TRUE;
  }
  options.draft = translator_next_draft (self);
  translation = marian_translate_inline (self->model, core, &options, self->cancellable, error);
  if (translation == NULL)
    return FALSE;
  g_string_append_len (self->result, text, lead);
  g_string_append (self->result, translation);
  g_string_append_len (self->result, text + length - trail, trail);
  return TRUE;
}

static gboolean
translator_add_line (Translator *self, const char *text, gsize length, GError **error)
{
  UErrorCode status = U_ZERO_ERROR;
  g_autofree char *line = g_strndup (text, length);
  UText *utext = utext_openUTF8 (NULL, line, length, &status);
  gboolean success = TRUE;
  gint32 begin = 0;

  if (self->sentences != NULL)
    ubrk_setUText (self->sentences, utext, &status);
  if (self->sentences == NULL || U_FAILURE (status))
    success = translator_add_sentence (self, line, length, error);
  else
    for (gint32 end = ubrk_next (self->sentences); success && end != UBRK_DONE;
         end = ubrk_next (self->sentences)) {
      success = translator_add_sentence (self, line + begin, end - begin, error);
      begin = end;
    }
  utext_close (utext);
  return success;
}

/* The data of CLDR know abbreviations of some languages: "ss=standard". */
static UBreakIterator *
open_sentences (const char *language)
{
  UErrorCode status = U_ZERO_ERROR;
  g_autofree char *locale =
      g_strconcat (language != NULL ? language : "en", "-u-ss-standard", NULL);
  char id[64];
  UBreakIterator *sentences;

  uloc_forLanguageTag (locale, id, sizeof id, NULL, &status);
  if (U_FAILURE (status) || status == U_STRING_NOT_TERMINATED_WARNING)
    return NULL;
  sentences = ubrk_open (UBRK_SENTENCE, id, NULL, 0, &status);
  return U_FAILURE (status) ? NULL : sentences;
}

static char *
translator_run (Translator *self, const char *text, GError **error)
{
  gboolean success = TRUE;

  self->sentences = open_sentences (self->context->language);
  self->result = g_string_new (NULL);
  while (success && *text != '\0') {
    gsize length = strcspn (text, "\r\n");
    gsize end = strspn (text + length, "\r\n");

    success = length == 0 || translator_add_line (self, text, length, error);
    g_string_append_len (self->result, text + length, end);
    text += length + end;
  }
  if (self->sentences != NULL)
    ubrk_close (self->sentences);
  return g_string_free (self->result, !success);
}

char *
marian_translate (MarianModel *model, const char *text, const MarianContext *context,
    GCancellable *cancellable, GError **error)
{
  Translator translator = { .model = model, .context = context, .cancellable = cancellable };

  return translator_run (&translator, text, error);
}

MarianDraft *
marian_draft_new (MarianModel *model)
{
  MarianDraft *self = g_new (MarianDraft, 1);

  self->model = marian_model_ref (model);
  self->sentences = g_array_new (FALSE, TRUE, sizeof (MarianDraftSentence));
  g_array_set_clear_func (self->sentences, (GDestroyNotify) marian_draft_sentence_clear);
  return self;
}

void
marian_draft_free (MarianDraft *self)
{
  g_array_unref (self->sentences);
  marian_model_unref (self->model);
  g_free (self);
}

char *
marian_draft_translate (MarianDraft *self, const char *text, const MarianContext *context,
    GCancellable *cancellable, GError **error)
{
  Translator translator = {
    .model = self->model, .context = context, .drafts = self->sentences, .cancellable = cancellable
  };

  return translator_run (&translator, text, error);
}
