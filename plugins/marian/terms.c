/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "terms.h"

void
terms_init (Terms *self, HablaGlossary *glossary)
{
  *self = (Terms){ .glossary = glossary,
    .used = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL) };
  g_mutex_init (&self->lock);
}

void
terms_clear (Terms *self)
{
  g_clear_pointer (&self->glossary, habla_glossary_unref);
  g_clear_pointer (&self->kept, habla_glossary_unref);
  g_clear_pointer (&self->used, g_hash_table_unref);
  g_mutex_clear (&self->lock);
}

static void
term_clear (gpointer data)
{
  g_free (((MarianTerm *) data)->translation);
}

static GArray *
find_terms (HablaGlossary *glossary, GHashTable *used, const char *text)
{
  g_autoptr (GArray) matches = habla_glossary_find (glossary, text);
  GArray *terms = g_array_new (FALSE, FALSE, sizeof (MarianTerm));

  g_array_set_clear_func (terms, term_clear);
  for (guint i = 0; i < matches->len; i++) {
    HablaGlossaryMatch *match = &g_array_index (matches, HablaGlossaryMatch, i);
    MarianTerm term = { match->begin, match->end, g_steal_pointer (&match->translation) };

    if (used != NULL)
      g_hash_table_add (used, g_strdup (term.translation));
    g_array_append_val (terms, term);
  }
  return terms;
}

static GArray *
find_in_source (const char *text, gpointer data)
{
  Terms *self = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return find_terms (self->glossary, self->used, text);
}

static GArray *
find_kept (const char *text, gpointer data)
{
  Terms *self = data;

  return find_terms (self->kept, NULL, text);
}

/* The intermediate text has the translations already, which are terms to keep now. */
static HablaGlossary *
create_kept (GHashTable *used)
{
  g_autofree gpointer *translations = g_hash_table_get_keys_as_array (used, NULL);

  return habla_glossary_new_keeping ((const char *const *) translations);
}

MarianContext
terms_get_context (Terms *self, guint step, const char *language)
{
  MarianContext context = { .language = language, .data = self };

  if (step == 0 && self->glossary != NULL)
    context.find_terms = find_in_source;
  if (step > 0 && self->kept == NULL && g_hash_table_size (self->used) > 0)
    self->kept = create_kept (self->used);
  if (step > 0 && self->kept != NULL)
    context.find_terms = find_kept;
  return context;
}
