/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sequence.h"

#include <string.h>

/* Texts with a lower similarity are unrelated. */
#define MIN_SIMILARITY 0.1

typedef struct {
  guint64 id;
  char *text;
} Exchange;

struct _SoakSequence {
  guint64 last;     /* ID of the last transcript; 0 = none */
  guint64 answered; /* ID of the last translation; 0 = none */
  GQueue open;      /* of Exchange: transcripts without a translation */
  GPtrArray *texts;
  guint64 n_failed;
  guint64 n_missing;
};

static void
sequence_exchange_free (Exchange *exchange)
{
  g_free (exchange->text);
  g_free (exchange);
}

SoakSequence *
soak_sequence_new (void)
{
  SoakSequence *self = g_new0 (SoakSequence, 1);

  self->texts = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
soak_sequence_free (SoakSequence *self)
{
  g_queue_clear_full (&self->open, (GDestroyNotify) sequence_exchange_free);
  g_ptr_array_unref (self->texts);
  g_free (self);
}

static char *
sequence_add_transcript (SoakSequence *self, guint64 id, const char *text)
{
  Exchange *exchange;
  guint64 last = self->last;

  if (last != 0 && id <= last)
    return g_strdup_printf ("%s: transcript %" G_GUINT64_FORMAT " after %" G_GUINT64_FORMAT
                            " (“%s”)",
        id == last ? "duplicate" : "out of order", id, last, text);
  exchange = g_new0 (Exchange, 1);
  exchange->id = id;
  exchange->text = g_strdup (text);
  g_queue_push_tail (&self->open, exchange);
  g_ptr_array_add (self->texts, g_strdup (text));
  self->last = id;
  if (last != 0)
    self->n_missing += id - last - 1;
  return NULL;
}

static char *
sequence_add_translation (SoakSequence *self, guint64 id, JsonObject *message)
{
  const char *source = json_object_get_string_member_with_default (message, "source", "");
  Exchange *exchange;
  char *problem = NULL;

  if (id <= self->answered)
    return g_strdup_printf ("%s: translation %" G_GUINT64_FORMAT " after %" G_GUINT64_FORMAT
                            " (“%s”)",
        id == self->answered ? "duplicate" : "out of order", id, self->answered, source);
  exchange = g_queue_peek_head (&self->open);
  if (exchange == NULL || id > self->last)
    return g_strdup_printf (
        "out of order: translation %" G_GUINT64_FORMAT " before its transcript (“%s”)", id, source);
  self->answered = id;
  self->n_failed += json_object_get_boolean_member_with_default (message, "failed", FALSE);
  if (exchange->id != id)
    problem = g_strdup_printf ("lost: translation %" G_GUINT64_FORMAT
                               ", or it came after that of %" G_GUINT64_FORMAT,
        exchange->id, id);
  else if (!g_str_equal (source, exchange->text))
    problem = g_strdup_printf ("mixed up: translation %" G_GUINT64_FORMAT
                               " has the source “%s”, not “%s”",
        id, source, exchange->text);
  /* Resynchronise, so that a missing translation causes one finding only. */
  while (exchange != NULL && exchange->id <= id) {
    sequence_exchange_free (g_queue_pop_head (&self->open));
    exchange = g_queue_peek_head (&self->open);
  }
  return problem;
}

char *
soak_sequence_add (SoakSequence *self, JsonObject *message)
{
  const char *type = json_object_get_string_member_with_default (message, "type", "");
  guint64 id = json_object_get_int_member_with_default (message, "exchange_id", 0);

  if (g_str_equal (type, "transcript_final"))
    return sequence_add_transcript (
        self, id, json_object_get_string_member_with_default (message, "text", ""));
  if (g_str_equal (type, "translation"))
    return sequence_add_translation (self, id, message);
  return NULL;
}

guint64
soak_sequence_resume (SoakSequence *self)
{
  for (guint i = g_queue_get_length (&self->open); i > 0 && self->texts->len > 0; i--)
    g_ptr_array_remove_index (self->texts, self->texts->len - 1);
  g_queue_clear_full (&self->open, (GDestroyNotify) sequence_exchange_free);
  self->last = self->answered;
  return self->answered;
}

GPtrArray *
soak_sequence_get_texts (SoakSequence *self)
{
  return self->texts;
}

guint
soak_sequence_count_open (SoakSequence *self)
{
  return g_queue_get_length (&self->open);
}

guint64
soak_sequence_count_failed (SoakSequence *self)
{
  return self->n_failed;
}

guint64
soak_sequence_count_missing (SoakSequence *self)
{
  return self->n_missing;
}

void
soak_sequence_clear (SoakSequence *self)
{
  g_ptr_array_set_size (self->texts, 0);
}

/* Returns: words that both texts have, as a share of all words */
static double
sequence_get_similarity (const char *text, const char *other)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  g_auto (GStrv) others = g_strsplit (other, " ", -1);
  guint common = 0, n = g_strv_length (words), m = g_strv_length (others);

  for (guint i = 0; i < n; i++)
    common += g_strv_contains ((const char *const *) others, words[i]);
  return n > 0 ? (double) common / (n + m - MIN (common, m)) : 0;
}

/* Returns: (nullable): the sentence of @said that is most similar to @text */
static const char *
sequence_find_most_similar (const char *text, GPtrArray *said)
{
  const char *similar = NULL;
  double best = MIN_SIMILARITY;

  for (guint i = 0; i < said->len; i++) {
    double similarity = sequence_get_similarity (text, g_ptr_array_index (said, i));

    if (similarity > best) {
      best = similarity;
      similar = g_ptr_array_index (said, i);
    }
  }
  return similar;
}

char *
soak_sequence_compare_speech (GPtrArray *texts, GPtrArray *said)
{
  const char *current = NULL;
  guint next = 0;

  for (guint i = 0; i < texts->len; i++) {
    const char *text = g_ptr_array_index (texts, i);
    const char *similar = sequence_find_most_similar (text, said);
    const char *expected = next < said->len ? g_ptr_array_index (said, next) : NULL;

    if (similar == NULL || (current != NULL && g_str_equal (similar, current)))
      continue;
    if (expected == NULL)
      return g_strdup_printf ("unexpected: “%s” after the last", text);
    if (!g_str_equal (similar, expected))
      return g_strdup_printf ("lost or out of order: “%s” instead of “%s”", text, expected);
    current = expected;
    next++;
  }
  if (next < said->len)
    return g_strdup_printf (
        "lost: “%s” (%u of %u received)", (char *) g_ptr_array_index (said, next), next, said->len);
  return NULL;
}

char *
soak_sequence_compare_typed (GPtrArray *texts, GPtrArray *said)
{
  for (guint i = 0; i < MAX (texts->len, said->len); i++) {
    const char *text = i < texts->len ? g_ptr_array_index (texts, i) : NULL;
    const char *expected = i < said->len ? g_ptr_array_index (said, i) : NULL;

    if (text == NULL)
      return g_strdup_printf ("lost: “%s”", expected);
    if (expected == NULL)
      return g_strdup_printf ("unexpected: “%s”", text);
    if (!g_str_equal (text, expected))
      return g_strdup_printf ("lost or out of order: “%s” instead of “%s”", text, expected);
  }
  return NULL;
}
