/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/language-pair.h"

#include "habla/language.h"

gboolean
habla_language_has_same_primary (const char *language, const char *other)
{
  g_autofree char *primary = habla_language_get_primary (language);
  g_autofree char *other_primary = habla_language_get_primary (other);

  return g_ascii_strcasecmp (primary, other_primary) == 0;
}

static HablaLanguagePair *
language_pair_copy (HablaLanguagePair *self)
{
  HablaLanguagePair *copy = g_new0 (HablaLanguagePair, 1);

  copy->from = g_strdup (self->from);
  copy->to = g_strdup (self->to);
  copy->via = g_strdupv (self->via);
  return copy;
}

G_DEFINE_BOXED_TYPE (
    HablaLanguagePair, habla_language_pair, language_pair_copy, habla_language_pair_free)

HablaLanguagePair *
habla_language_pair_parse (const char *text)
{
  g_auto (GStrv) languages = g_strsplit (text, ">", -1);
  guint length = g_strv_length (languages);
  HablaLanguagePair *self;

  if (length < 2 || g_strv_contains ((const char *const *) languages, ""))
    return NULL;
  self = g_new0 (HablaLanguagePair, 1);
  self->from = languages[0];
  self->to = languages[length - 1];
  self->via = g_new0 (char *, length - 1);
  for (guint i = 1; i < length - 1; i++)
    self->via[i - 1] = languages[i];
  languages[0] = NULL;
  return self;
}

void
habla_language_pair_free (HablaLanguagePair *self)
{
  g_free (self->from);
  g_free (self->to);
  g_strfreev (self->via);
  g_free (self);
}

gboolean
habla_language_pairs_contain (const char *const *pairs, const char *from, const char *to)
{
  for (guint i = 0; pairs != NULL && pairs[i] != NULL; i++) {
    g_autoptr (HablaLanguagePair) pair = habla_language_pair_parse (pairs[i]);

    if (pair != NULL && habla_language_has_same_primary (pair->from, from) &&
        habla_language_has_same_primary (pair->to, to))
      return TRUE;
  }
  return FALSE;
}

GStrv
habla_language_pairs_list_targets (const char *const *pairs, const char *from)
{
  g_autoptr (GPtrArray) targets = g_ptr_array_new ();

  for (guint i = 0; pairs != NULL && pairs[i] != NULL; i++) {
    g_autoptr (HablaLanguagePair) pair = habla_language_pair_parse (pairs[i]);

    if (pair == NULL || (from != NULL && !habla_language_has_same_primary (pair->from, from)))
      continue;
    if (!g_ptr_array_find_with_equal_func (targets, pair->to, g_str_equal, NULL))
      g_ptr_array_add (targets, g_steal_pointer (&pair->to));
  }
  g_ptr_array_add (targets, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&targets), FALSE);
}

GStrv
habla_language_pairs_list_sources (const char *const *pairs)
{
  g_autoptr (GPtrArray) sources = g_ptr_array_new ();

  for (guint i = 0; pairs != NULL && pairs[i] != NULL; i++) {
    g_autoptr (HablaLanguagePair) pair = habla_language_pair_parse (pairs[i]);

    if (pair != NULL && !g_ptr_array_find_with_equal_func (sources, pair->from, g_str_equal, NULL))
      g_ptr_array_add (sources, g_steal_pointer (&pair->from));
  }
  g_ptr_array_add (sources, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&sources), FALSE);
}

/* Returns: (nullable): the first element of @languages with the primary language of @wanted */
static const char *
language_list_find_variety (const char *const *languages, const char *wanted)
{
  for (guint i = 0; languages != NULL && languages[i] != NULL; i++)
    if (habla_language_has_same_primary (languages[i], wanted))
      return languages[i];
  return NULL;
}

gboolean
habla_language_list_contains (const char *const *languages, const char *wanted)
{
  return language_list_find_variety (languages, wanted) != NULL;
}

gboolean
habla_language_list_covers (const char *const *languages, const char *const *wanted)
{
  for (guint i = 0; wanted[i] != NULL; i++)
    if (!habla_language_list_contains (languages, wanted[i]))
      return FALSE;
  return TRUE;
}

const char *
habla_language_list_find (const char *const *languages, const char *wanted)
{
  g_autofree char *tag = g_strdup (wanted);

  while (tag != NULL) {
    char *parent;

    for (guint i = 0; languages != NULL && languages[i] != NULL; i++)
      if (g_str_equal (languages[i], tag))
        return languages[i];
    parent = habla_language_get_parent (tag);
    g_free (tag);
    tag = parent;
  }
  return language_list_find_variety (languages, wanted);
}
