/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text of any length: lines, sentences, and what has nothing to translate. */
#include <string.h>

#include "inline.h"
#include "marian.h"
#include "sentences.h"

/* A longer sentence is hardly one: it is returned unchanged, instead of taking seconds. In bytes.
 */
#define MAX_SENTENCE 8192
/* Sentences of a draft that keep their translation. */
#define MAX_DRAFTS 64

/* A sentence, or line ends. */
typedef struct {
  const char *text;
  gsize length;
  gsize lead; /* bytes before the translated text, which are copied */
  gsize trail;
  MarianDraftSentence *draft; /* NULL = none */
  gboolean stays;             /* only terms are replaced */
  char *result;               /* NULL = nothing to translate, or cancelled */
} Part;

typedef struct {
  MarianModel *model;
  const MarianContext *context;
  GArray *drafts; /* of MarianDraftSentence; NULL = none */
  GCancellable *cancellable;
  GArray *parts; /* of Part */
  guint n_sentences;

  guint next; /* atomic; the next of the parts to translate */
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

static void
part_clear (gpointer data)
{
  g_free (((Part *) data)->result);
}

static void
translator_add_sentence (Translator *self, const char *text, gsize length)
{
  Part part = { .text = text, .length = length };
  gsize core;

  part.lead = text_get_lead (text, length);
  part.trail = part.lead < length ? text_get_trail (text, length) : 0;
  core = length - part.lead - part.trail;
  part.stays = length > MAX_SENTENCE || !text_has_letters (text + part.lead, core);
  self->n_sentences += !part.stays;
  g_array_append_val (self->parts, part);
}

/* A dash after a sentence begins what another speaker says, which the rules of Unicode do not know.
 */
static gsize
find_speaker (const char *text, gsize begin, gsize end)
{
  static GRegex *regex;
  g_autoptr (GMatchInfo) match = NULL;
  int first, last;

  if (g_once_init_enter (&regex))
    g_once_init_leave (&regex,
        g_regex_new ("[.?!…][\"'”»)]*\\s+(?=[-–—](?:\\s|\\p{Lu}))", G_REGEX_OPTIMIZE, 0, NULL));
  if (!g_regex_match_full (regex, text + begin, end - begin, 0, 0, &match, NULL) ||
      !g_match_info_fetch_pos (match, 0, &first, &last))
    return end;
  return begin + last;
}

static void
translator_add_line (Translator *self, MarianSentences *sentences, const char *text, gsize length)
{
  g_autoptr (GArray) ends = marian_sentences_split (sentences, text, length);
  gsize begin = 0;

  for (guint i = 0; i < ends->len; i++) {
    gsize end = g_array_index (ends, gint32, i);

    while (begin < end) {
      gsize next = find_speaker (text, begin, end);

      translator_add_sentence (self, text + begin, next - begin);
      begin = next;
    }
  }
}

static void
translator_split (Translator *self, const char *text)
{
  g_autoptr (MarianSentences) sentences = marian_sentences_acquire (self->context->language);

  while (*text != '\0') {
    gsize length = strcspn (text, "\r\n");
    gsize end = strspn (text + length, "\r\n");
    Part part = { .text = text + length, .length = end, .lead = end };

    if (length > 0)
      translator_add_line (self, sentences, text, length);
    if (end > 0)
      g_array_append_val (self->parts, part);
    text += length + end;
  }
}

/* Gives each sentence that is translated its draft. */
static void
translator_assign_drafts (Translator *self)
{
  guint n = 0;

  if (self->drafts == NULL)
    return;
  if (self->drafts->len < MIN (self->n_sentences, MAX_DRAFTS))
    g_array_set_size (self->drafts, MIN (self->n_sentences, MAX_DRAFTS));
  for (guint i = 0; i < self->parts->len; i++) {
    Part *part = &g_array_index (self->parts, Part, i);

    if (!part->stays && part->lead < part->length && n < self->drafts->len)
      part->draft = &g_array_index (self->drafts, MarianDraftSentence, n++);
  }
}

/* Returns: whether it was not cancelled */
static gboolean
translator_translate_part (Translator *self, Part *part)
{
  gsize length = part->length - part->lead - part->trail;
  g_autofree char *core = g_strndup (part->text + part->lead, length);
  MarianInlineOptions options = { .context = self->context, .draft = part->draft };

  if (length == 0)
    return TRUE;
  part->result =
      part->stays ? marian_replace_terms (core, self->context)
                  : marian_translate_inline (self->model, core, &options, self->cancellable, NULL);
  return part->result != NULL;
}

static gpointer
translator_run_thread (gpointer data)
{
  Translator *self = data;
  guint i;

  while ((i = g_atomic_int_add (&self->next, 1)) < self->parts->len)
    if (!translator_translate_part (self, &g_array_index (self->parts, Part, i)))
      break;
  return NULL;
}

static void
translator_translate_parts (Translator *self)
{
  guint n_threads = CLAMP (self->context->n_threads, 1, MAX (self->n_sentences, 1));
  GThread *threads[MARIAN_MAX_THREADS];

  n_threads = MIN (n_threads, MARIAN_MAX_THREADS);
  for (guint i = 1; i < n_threads; i++)
    threads[i] = g_thread_try_new ("marian", translator_run_thread, self, NULL);
  translator_run_thread (self);
  for (guint i = 1; i < n_threads; i++)
    if (threads[i] != NULL)
      g_thread_join (threads[i]);
}

/* Returns: (transfer full) (nullable): the text, if all parts are translated */
static char *
translator_join (Translator *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->parts->len; i++) {
    const Part *part = &g_array_index (self->parts, Part, i);

    if (part->result == NULL && part->lead + part->trail < part->length) {
      g_string_free (text, TRUE);
      return NULL;
    }
    g_string_append_len (text, part->text, part->lead);
    if (part->result != NULL)
      g_string_append (text, part->result);
    g_string_append_len (text, part->text + part->length - part->trail, part->trail);
  }
  return g_string_free (text, FALSE);
}

static char *
translator_run (Translator *self, const char *text, GError **error)
{
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (Part));
  char *result;

  g_array_set_clear_func (parts, part_clear);
  self->parts = parts;
  translator_split (self, text);
  translator_assign_drafts (self);
  translator_translate_parts (self);
  result = translator_join (self);
  if (result == NULL && !g_cancellable_set_error_if_cancelled (self->cancellable, error))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "a sentence was not translated");
  return result;
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
