/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "phrases/phrasebook.h"

#include "phrases/correction.h"
#include "phrases/phrase-pattern.h"
#include "phrases/phrase-text.h"

#include <habla/language.h>
#include <string.h>
#include <time.h>
#include <util/regular-file.h>

/* Folder of the resources of data/idioms. */
#define BUILT_IN "/org/habla/idioms/"

/* Time for one text, in microseconds. */
#define MAX_TIME (50 * G_TIME_SPAN_MILLISECOND)
/* Between two warnings about it, in microseconds. */
#define WARNING_INTERVAL G_TIME_SPAN_MINUTE

/* A phrase or a rule, ready to be looked for. Shared, never modified. */
typedef struct {
  HablaPhrase *phrase;  /* (nullable): %NULL = a rule */
  HablaCorrection rule; /* only `right` and `explanation` */
  char *language;       /* (nullable): primary code; %NULL = any */
  char *native;         /* (nullable): primary code; %NULL = any */
  GRegex *regex;
} Entry;

struct _HablaPhrasebook {
  gatomicrefcount ref_count;
  GMutex lock;
  GPtrArray *entries; /* protected by lock; never modified, but replaced */
  guint n_users;      /* protected by lock */
  gint64 warned_at;   /* protected by lock; monotonic, in microseconds; 0 = never */
};

static void
entry_clear (gpointer data)
{
  Entry *self = data;

  g_clear_pointer (&self->phrase, habla_phrase_free);
  g_free (self->rule.right);
  g_free (self->rule.explanation);
  g_free (self->language);
  g_free (self->native);
  g_clear_pointer (&self->regex, g_regex_unref);
}

static void
entry_unref (gpointer self)
{
  g_atomic_rc_box_release_full (self, entry_clear);
}

static char *
get_primary (const char *language)
{
  return language != NULL && *language != '\0' ? habla_language_get_primary (language) : NULL;
}

/* Returns: (transfer full) (nullable) */
static Entry *
entry_new (const char *language, const char *native, const char *pattern, GError **error)
{
  g_autoptr (GRegex) regex = habla_phrase_pattern_compile (pattern, error);
  Entry *self;

  if (regex == NULL)
    return NULL;
  self = g_atomic_rc_box_new0 (Entry);
  self->regex = g_steal_pointer (&regex);
  self->language = get_primary (language);
  self->native = get_primary (native);
  return self;
}

static Entry *
entry_new_phrase (const HablaPhrase *phrase, const char *native, GError **error)
{
  gboolean is_idiom = g_str_equal (phrase->type, HABLA_PHRASE_IDIOM);
  Entry *self = entry_new (phrase->language, is_idiom ? NULL : native, phrase->pattern, error);

  if (self != NULL)
    self->phrase = habla_phrase_copy (phrase);
  return self;
}

static Entry *
entry_new_rule (const HablaCorrectionRule *rule, const HablaPhraseFile *file, GError **error)
{
  Entry *self = entry_new (file->language, file->native, rule->pattern, error);

  if (self != NULL) {
    self->rule.right = g_strdup (rule->right);
    self->rule.explanation = g_strdup (rule->explanation);
  }
  return self;
}

static gboolean
entry_is_idiom (const Entry *self)
{
  return self->phrase != NULL && g_str_equal (self->phrase->type, HABLA_PHRASE_IDIOM);
}

static gboolean
has_primary (const char *const *languages, const char *primary)
{
  for (guint i = 0; languages[i] != NULL; i++) {
    g_autofree char *other = get_primary (languages[i]);

    if (g_strcmp0 (other, primary) == 0)
      return TRUE;
  }
  return FALSE;
}

/* @language: (nullable): primary code of the text */
static gboolean
entry_applies (const Entry *self, const char *language, const HablaPhraseContext *context)
{
  if (self->language != NULL && g_strcmp0 (self->language, language) != 0)
    return FALSE;
  if (entry_is_idiom (self))
    return TRUE;
  return context->is_classroom && (self->native == NULL || context->natives == NULL ||
                                      has_primary (context->natives, self->native));
}

HablaPhrasebook *
habla_phrasebook_new (void)
{
  HablaPhrasebook *self = g_new0 (HablaPhrasebook, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  self->entries = g_ptr_array_new_with_free_func (entry_unref);
  return self;
}

HablaPhrasebook *
habla_phrasebook_ref (HablaPhrasebook *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
habla_phrasebook_unref (HablaPhrasebook *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->entries);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static GPtrArray *
phrasebook_ref_entries (HablaPhrasebook *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return g_ptr_array_ref (self->entries);
}

/* Returns: (transfer full): a new array with the same entries */
static GPtrArray *
entries_copy (GPtrArray *entries)
{
  GPtrArray *copy = g_ptr_array_new_full (entries->len + 1, entry_unref);

  for (guint i = 0; i < entries->len; i++)
    g_ptr_array_add (copy, g_atomic_rc_box_acquire (entries->pdata[i]));
  return copy;
}

/* Called with lock held. @entries: (transfer full) */
static void
phrasebook_replace (HablaPhrasebook *self, GPtrArray *entries)
{
  g_ptr_array_unref (self->entries);
  self->entries = entries;
}

gboolean
habla_phrasebook_load (HablaPhrasebook *self, const HablaPhraseFile *file, GError **error)
{
  g_autoptr (GPtrArray) added = g_ptr_array_new_with_free_func (entry_unref);
  g_autofree char *language = habla_language_normalize (file->language, error);
  GPtrArray *entries;

  if (language == NULL)
    return FALSE;
  for (guint i = 0; i < file->phrases->len; i++) {
    const HablaPhrase *phrase = file->phrases->pdata[i];
    Entry *entry = entry_new_phrase (phrase, file->native, error);

    if (entry == NULL) {
      g_prefix_error (error, "“%s”: ", phrase->canonical);
      return FALSE;
    }
    g_ptr_array_add (added, entry);
  }
  for (guint i = 0; i < file->rules->len; i++) {
    const HablaCorrectionRule *rule = file->rules->pdata[i];
    Entry *entry = entry_new_rule (rule, file, error);

    if (entry == NULL) {
      g_prefix_error (error, "“%s”: ", rule->pattern);
      return FALSE;
    }
    g_ptr_array_add (added, entry);
  }
  g_mutex_lock (&self->lock);
  entries = entries_copy (self->entries);
  g_ptr_array_extend_and_steal (entries, g_steal_pointer (&added));
  phrasebook_replace (self, entries);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static void
phrasebook_load_text (HablaPhrasebook *self, const char *path, const char *text, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaPhraseFile) file = habla_phrase_file_parse (text, size, &error);

  if (file == NULL || !habla_phrasebook_load (self, file, &error))
    g_warning ("The idioms in %s are not used: %s", path, error->message);
}

static void
phrasebook_load_path (HablaPhrasebook *self, const char *path)
{
  g_autoptr (GError) error = NULL;
  gsize size;
  g_autofree char *text = habla_regular_file_read (path, HABLA_PHRASE_FILE_MAX_SIZE, &size, &error);

  if (text != NULL)
    phrasebook_load_text (self, path, text, size);
  else
    g_warning ("The idioms in %s are not used: %s", path, error->message);
}

void
habla_phrasebook_load_built_in (HablaPhrasebook *self)
{
  g_auto (GStrv) names = g_resources_enumerate_children (BUILT_IN, 0, NULL);

  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    g_autofree char *path = g_strconcat (BUILT_IN, names[i], NULL);
    g_autoptr (GBytes) data = g_resources_lookup_data (path, 0, NULL);
    g_autofree char *text = g_strndup (g_bytes_get_data (data, NULL), g_bytes_get_size (data));

    phrasebook_load_text (self, path, text, g_bytes_get_size (data));
  }
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

void
habla_phrasebook_load_folder (HablaPhrasebook *self, const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    if (g_str_has_suffix (name, ".json"))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *file = g_build_filename (path, names->pdata[i], NULL);

    phrasebook_load_path (self, file);
  }
}

/* Returns: (transfer full): a form that is equal for spellings that look alike */
static char *
fold (const char *canonical)
{
  g_autoptr (HablaPhraseText) text = habla_phrase_text_new (canonical);

  return g_utf8_casefold (text->normal, -1);
}

static gboolean
entries_have_canonical (GPtrArray *entries, const char *canonical)
{
  g_autofree char *folded = fold (canonical);

  for (guint i = 0; i < entries->len; i++) {
    const Entry *entry = entries->pdata[i];
    g_autofree char *other = entry_is_idiom (entry) ? fold (entry->phrase->canonical) : NULL;

    if (g_strcmp0 (other, folded) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Called with lock held. */
static gboolean
phrasebook_has_space (HablaPhrasebook *self, const char *canonical, GError **error)
{
  if (entries_have_canonical (self->entries, canonical)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, "There is an idiom “%s” already", canonical);
    return FALSE;
  }
  if (self->n_users >= HABLA_MAX_USER_PHRASES) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
        "There are %d idioms of users, the maximum; delete one of them", HABLA_MAX_USER_PHRASES);
    return FALSE;
  }
  return TRUE;
}

gboolean
habla_phrasebook_add (HablaPhrasebook *self, const HablaPhrase *phrase, GError **error)
{
  Entry *entry = entry_new_phrase (phrase, NULL, error);
  g_autoptr (GMutexLocker) locker = NULL;
  GPtrArray *entries;

  if (entry == NULL)
    return FALSE;
  locker = g_mutex_locker_new (&self->lock);
  if (!phrasebook_has_space (self, phrase->canonical, error)) {
    entry_unref (entry);
    return FALSE;
  }
  entries = entries_copy (self->entries);
  g_ptr_array_add (entries, entry);
  phrasebook_replace (self, entries);
  self->n_users++;
  return TRUE;
}

gboolean
habla_phrasebook_check (HablaPhrasebook *self, const HablaPhrase *phrase, GError **error)
{
  g_autoptr (GRegex) regex = habla_phrase_pattern_compile (phrase->pattern, error);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return regex != NULL && phrasebook_has_space (self, phrase->canonical, error);
}

gboolean
habla_phrasebook_remove (HablaPhrasebook *self, gint64 id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GPtrArray *entries = entries_copy (self->entries);

  for (guint i = 0; i < entries->len; i++) {
    const Entry *entry = entries->pdata[i];

    if (id == 0 || entry->phrase == NULL || entry->phrase->id != id)
      continue;
    g_ptr_array_remove_index (entries, i);
    phrasebook_replace (self, entries);
    self->n_users--;
    return TRUE;
  }
  g_ptr_array_unref (entries);
  return FALSE;
}

static void
entries_list (GPtrArray *entries, gboolean of_users, GPtrArray *list)
{
  for (guint i = 0; i < entries->len; i++) {
    const Entry *entry = entries->pdata[i];

    if (entry_is_idiom (entry) && (entry->phrase->id != 0) == of_users)
      g_ptr_array_add (list, habla_phrase_copy (entry->phrase));
  }
}

GPtrArray *
habla_phrasebook_list (HablaPhrasebook *self)
{
  g_autoptr (GPtrArray) entries = phrasebook_ref_entries (self);
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_phrase_free);

  entries_list (entries, TRUE, list);
  entries_list (entries, FALSE, list);
  return list;
}

guint
habla_phrasebook_count (HablaPhrasebook *self)
{
  g_autoptr (GPtrArray) entries = phrasebook_ref_entries (self);
  guint n = 0;

  for (guint i = 0; i < entries->len; i++)
    n += entry_is_idiom (entries->pdata[i]);
  return n;
}

static void
entry_find_phrase (const Entry *self, const HablaPhraseText *text, HablaAnnotations *annotations)
{
  g_autoptr (GMatchInfo) match = habla_phrase_pattern_find (self->regex, text->normal, 0);
  const HablaPhrase *phrase = self->phrase;
  int begin, end, first, last;

  if (match == NULL || !g_match_info_fetch_pos (match, 0, &begin, &end))
    return;
  habla_phrase_text_get_span (text, begin, end, &first, &last);
  habla_annotations_add_note (annotations, &(HablaNote){ .phrase = phrase->canonical,
                                               .literal = phrase->literal,
                                               .meaning = phrase->meaning,
                                               .type = phrase->type,
                                               .region = phrase->region,
                                               .source = (char *) HABLA_NOTE_SOURCE_PATTERNS,
                                               .save_worthy = TRUE,
                                               .begin = first,
                                               .end = last });
}

static void
phrasebook_warn (HablaPhrasebook *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gint64 now = g_get_monotonic_time ();

  if (self->warned_at != 0 && now - self->warned_at < WARNING_INTERVAL)
    return;
  self->warned_at = now;
  g_warning ("Looking for idioms took too long: some were left out; simplify or delete those of "
             "users that repeat parts within parts");
}

/* Returns: CPU time of the calling thread, in microseconds: on a loaded machine, other programs do
 * not count */
static gint64
get_cpu_time (void)
{
  struct timespec time = { 0 };

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * G_TIME_SPAN_SECOND + time.tv_nsec / 1000;
}

HablaAnnotations *
habla_phrasebook_annotate (
    HablaPhrasebook *self, const char *text, const HablaPhraseContext *context)
{
  g_autoptr (GPtrArray) entries = phrasebook_ref_entries (self);
  g_autoptr (HablaAnnotations) annotations = habla_annotations_new ();
  g_autoptr (HablaPhraseText) said = habla_phrase_text_new (text);
  g_autoptr (HablaPhraseText) corrected = habla_phrase_text_new (text);
  g_autofree char *language = get_primary (context->language);
  gint64 deadline = get_cpu_time () + MAX_TIME;

  for (guint i = 0; i < entries->len; i++) {
    const Entry *entry = entries->pdata[i];

    if (!entry_applies (entry, language, context))
      continue;
    if (get_cpu_time () > deadline) {
      phrasebook_warn (self);
      break;
    }
    if (entry->phrase != NULL)
      entry_find_phrase (entry, said, annotations);
    else
      phrase_correct (&corrected, entry->regex, &entry->rule, annotations);
  }
  if (annotations->corrections->len > 0)
    habla_annotations_set_corrected (annotations, corrected->original);
  return habla_annotations_is_empty (annotations) ? NULL : g_steal_pointer (&annotations);
}
