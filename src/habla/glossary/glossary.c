/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/glossary.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "habla/error.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

typedef struct {
  char *term;
  char *translation; /* NULL = the text itself */
  gboolean is_exact; /* matches in the case of @term only */
  guint line;
} Entry;

struct _HablaGlossary {
  GHashTable *exact;  /* (element-type utf8 Entry) by term */
  GHashTable *folded; /* (element-type utf8 Entry) by term in lower case */
  gsize max_length;   /* characters of the longest term */
};

static void
entry_free (gpointer data)
{
  Entry *self = data;

  g_free (self->term);
  g_free (self->translation);
  g_free (self);
}

static void
match_clear (gpointer data)
{
  g_free (((HablaGlossaryMatch *) data)->translation);
}

static void
glossary_free (gpointer data)
{
  HablaGlossary *self = data;

  g_hash_table_unref (self->exact);
  g_hash_table_unref (self->folded);
}

HablaGlossary *
habla_glossary_ref (HablaGlossary *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
habla_glossary_unref (HablaGlossary *self)
{
  g_atomic_rc_box_release_full (self, glossary_free);
}

G_DEFINE_BOXED_TYPE (HablaGlossary, habla_glossary, habla_glossary_ref, habla_glossary_unref)

guint
habla_glossary_get_size (HablaGlossary *self)
{
  return g_hash_table_size (self->exact) + g_hash_table_size (self->folded);
}

static void
collect_entries (GHashTable *table, GPtrArray *entries)
{
  GHashTableIter iterator;
  gpointer entry;

  g_hash_table_iter_init (&iterator, table);
  while (g_hash_table_iter_next (&iterator, NULL, &entry))
    g_ptr_array_add (entries, entry);
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  const Entry *first = *(Entry *const *) a, *second = *(Entry *const *) b;

  return (first->line > second->line) - (first->line < second->line);
}

GStrv
habla_glossary_list_terms (HablaGlossary *self)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new ();
  g_autoptr (GStrvBuilder) terms = g_strv_builder_new ();

  collect_entries (self->exact, entries);
  collect_entries (self->folded, entries);
  g_ptr_array_sort (entries, compare_lines);
  for (guint i = 0; i < entries->len; i++)
    g_strv_builder_add (terms, ((const Entry *) entries->pdata[i])->term);
  return g_strv_builder_end (terms);
}

/* These scripts have no spaces between words. */
static gboolean
is_unspaced (gunichar c)
{
  switch (g_unichar_get_script (c)) {
  case G_UNICODE_SCRIPT_HAN:
  case G_UNICODE_SCRIPT_HIRAGANA:
  case G_UNICODE_SCRIPT_KATAKANA:
  case G_UNICODE_SCRIPT_THAI:
  case G_UNICODE_SCRIPT_LAO:
  case G_UNICODE_SCRIPT_KHMER:
  case G_UNICODE_SCRIPT_MYANMAR:
    return TRUE;
  default:
    return FALSE;
  }
}

static gboolean
is_word (gunichar c)
{
  return (g_unichar_isalnum (c) || g_unichar_ismark (c) || c == '_') && !is_unspaced (c);
}

/* Whether a word continues at @text, which is inside of a text. */
static gboolean
is_inside_word (const char *begin, const char *text)
{
  return text > begin && *text != '\0' && is_word (g_utf8_get_char (g_utf8_prev_char (text))) &&
         is_word (g_utf8_get_char (text));
}

/* Whether a letter after the first one of a word is a capital. */
static gboolean
has_inner_capital (const char *term)
{
  for (const char *c = term; *c != '\0'; c = g_utf8_next_char (c))
    if (is_inside_word (term, c) && g_unichar_isupper (g_utf8_get_char (c)))
      return TRUE;
  return FALSE;
}

/* Returns: (transfer full): valid UTF-8, composed, with one space for each stretch of white space
 */
static char *
normalize (const char *text, gsize length)
{
  g_autofree char *composed = g_utf8_normalize (text, length, G_NORMALIZE_DEFAULT_COMPOSE);
  GString *result = g_string_new (NULL);

  for (const char *c = composed; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar character = g_utf8_get_char (c);

    if (!g_unichar_isspace (character))
      g_string_append_unichar (result, character);
    else if (result->len > 0 && result->str[result->len - 1] != ' ')
      g_string_append_c (result, ' ');
  }
  if (result->len > 0 && result->str[result->len - 1] == ' ')
    g_string_truncate (result, result->len - 1);
  return g_string_free (result, FALSE);
}

static gboolean
has_letters (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (g_unichar_isalnum (g_utf8_get_char (text)))
      return TRUE;
  return FALSE;
}

static gboolean
has_controls (const char *text, gsize length)
{
  for (const char *c = text; c < text + length; c = g_utf8_next_char (c))
    if (g_unichar_iscntrl (g_utf8_get_char (c)) && *c != '\t')
      return TRUE;
  return FALSE;
}

/* Returns: (nullable): the problem with the entry */
static const char *
entry_check (const Entry *self)
{
  if (!has_letters (self->term))
    return "the term has no letters; write “term = translation”";
  if (self->translation != NULL && strchr (self->translation, '=') != NULL)
    return "there is more than one “=”";
  if (self->translation != NULL && !has_letters (self->translation))
    return "the translation has no letters; leave it empty to keep the term";
  if (g_utf8_strlen (self->term, -1) > HABLA_GLOSSARY_MAX_TERM)
    return "the term is longer than " G_STRINGIFY (HABLA_GLOSSARY_MAX_TERM) " characters";
  if (self->translation != NULL && g_utf8_strlen (self->translation, -1) > HABLA_GLOSSARY_MAX_TERM)
    return "the translation is longer than " G_STRINGIFY (HABLA_GLOSSARY_MAX_TERM) " characters";
  return NULL;
}

/* Returns: (transfer full) (nullable): the entry of a line; %NULL with @problem */
static Entry *
entry_parse (const char *text, gsize length, guint line, const char **problem)
{
  const char *equals = memchr (text, '=', length);
  Entry *self;

  if (!g_utf8_validate (text, length, NULL))
    *problem = "it is not UTF-8";
  else if (has_controls (text, length))
    *problem = "it has control characters";
  else if (equals == NULL)
    *problem = "there is no “=”; write “term = translation”";
  if (*problem != NULL)
    return NULL;

  self = g_new0 (Entry, 1);
  self->line = line;
  self->term = normalize (text, equals - text);
  self->translation = normalize (equals + 1, text + length - equals - 1);
  if (*self->translation == '\0' || strcmp (self->translation, self->term) == 0)
    g_clear_pointer (&self->translation, g_free);
  self->is_exact = has_inner_capital (self->term);
  *problem = entry_check (self);
  if (*problem == NULL)
    return self;
  entry_free (self);
  return NULL;
}

/* Letter by letter, as the text is when it is searched. Returns: (transfer full): in lower case */
static char *
fold (const char *text)
{
  GString *result = g_string_new (NULL);

  for (; *text != '\0'; text = g_utf8_next_char (text))
    g_string_append_unichar (result, g_unichar_tolower (g_utf8_get_char (text)));
  return g_string_free (result, FALSE);
}

/* Returns: 0, or the line of the same term, if there is one */
static guint
glossary_add (HablaGlossary *self, Entry *entry)
{
  g_autofree char *key = entry->is_exact ? g_strdup (entry->term) : fold (entry->term);
  GHashTable *table = entry->is_exact ? self->exact : self->folded;
  Entry *same = g_hash_table_lookup (table, key);

  if (same != NULL) {
    entry_free (entry);
    return same->line;
  }
  self->max_length = MAX (self->max_length, (gsize) g_utf8_strlen (entry->term, -1));
  g_hash_table_insert (table, g_steal_pointer (&key), entry);
  return 0;
}

static gboolean
glossary_add_line (HablaGlossary *self, const char *text, gsize length, guint line, char **problem)
{
  const char *fault = NULL;
  guint other = 0;
  Entry *entry;

  while (length > 0 && g_ascii_isspace (*text)) {
    text++;
    length--;
  }
  if (length == 0 || *text == '#')
    return TRUE;
  while (g_ascii_isspace (text[length - 1]))
    length--;
  if (habla_glossary_get_size (self) == HABLA_GLOSSARY_MAX_TERMS)
    fault = "there are more than " G_STRINGIFY (HABLA_GLOSSARY_MAX_TERMS) " terms";
  entry = fault == NULL ? entry_parse (text, length, line, &fault) : NULL;
  if (entry != NULL)
    other = glossary_add (self, entry);
  if (fault == NULL && other == 0)
    return TRUE;
  *problem = fault == NULL ? g_strdup_printf ("the term is in line %u already; remove one", other)
                           : g_strdup (fault);
  return FALSE;
}

static HablaGlossary *
glossary_new (void)
{
  HablaGlossary *self = g_atomic_rc_box_new0 (HablaGlossary);

  self->exact = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_free);
  self->folded = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_free);
  return self;
}

HablaGlossary *
habla_glossary_parse (const char *text, gsize length, const char *origin, GError **error)
{
  g_autoptr (HablaGlossary) self = glossary_new ();
  const char *end = text + length;

  g_return_val_if_fail (origin != NULL, NULL);

  if (length > HABLA_GLOSSARY_MAX_SIZE) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
        "The glossary %s is larger than %d bytes; remove terms", origin, HABLA_GLOSSARY_MAX_SIZE);
    return NULL;
  }
  if (length >= strlen (BYTE_ORDER_MARK) &&
      memcmp (text, BYTE_ORDER_MARK, strlen (BYTE_ORDER_MARK)) == 0)
    text += strlen (BYTE_ORDER_MARK);
  for (guint line = 1; text < end; line++) {
    const char *newline = memchr (text, '\n', end - text);
    gsize line_length = (newline != NULL ? newline : end) - text;
    g_autofree char *problem = NULL;

    if (!glossary_add_line (self, text, line_length, line, &problem)) {
      g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT, "Line %u of the glossary %s: %s", line,
          origin, problem);
      return NULL;
    }
    text = newline != NULL ? newline + 1 : end;
  }
  return g_steal_pointer (&self);
}

HablaGlossary *
habla_glossary_new_keeping (const char *const *terms)
{
  HablaGlossary *self = glossary_new ();

  g_return_val_if_fail (terms != NULL, self);

  for (; *terms != NULL; terms++) {
    g_autofree char *line = g_strconcat (*terms, "=", NULL);
    const char *problem = NULL;
    Entry *entry = entry_parse (line, strlen (line), 0, &problem);

    if (entry != NULL)
      glossary_add (self, entry);
  }
  return self;
}

/* Returns: number of bytes, at most one more than @size; -1 with errno */
static gssize
read_file (const char *path, char *data, gsize size)
{
  int fd = open (path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  struct stat status;
  gsize done = 0;
  gssize n = 0;
  int code;

  if (fd < 0)
    return -1;
  errno = 0;
  if (fstat (fd, &status) != 0 || !S_ISREG (status.st_mode)) {
    code = errno != 0 ? errno : S_ISDIR (status.st_mode) ? EISDIR : EINVAL;
    close (fd);
    errno = code;
    return -1;
  }
  do {
    n = read (fd, data + done, size - done);
    done += MAX (n, 0);
  } while (n > 0 || (n < 0 && errno == EINTR));
  code = errno;
  close (fd);
  errno = code;
  return n < 0 ? -1 : (gssize) done;
}

HablaGlossary *
habla_glossary_load (const char *path, GError **error)
{
  g_autofree char *text = g_malloc (HABLA_GLOSSARY_MAX_SIZE + 1);
  gssize length;

  g_return_val_if_fail (path != NULL, NULL);

  length = read_file (path, text, HABLA_GLOSSARY_MAX_SIZE + 1);
  if (length < 0) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
        "The glossary %s cannot be read: %s; name a file with lines “term = translation”", path,
        g_strerror (errno));
    return NULL;
  }
  return habla_glossary_parse (text, length, path, error);
}

/* Returns: (transfer full): what stands for @length bytes of @text, which are the term */
static char *
entry_translate (const Entry *self, const char *text, gsize length)
{
  const char *rest;
  char first[7] = "";

  if (self->translation == NULL)
    return g_strndup (text, length);
  if (!g_unichar_isupper (g_utf8_get_char (text)) ||
      g_unichar_isupper (g_utf8_get_char (self->term)))
    return g_strdup (self->translation);
  rest = g_utf8_next_char (self->translation);
  first[g_unichar_to_utf8 (g_unichar_toupper (g_utf8_get_char (self->translation)), first)] = '\0';
  return g_strconcat (first, rest, NULL);
}

/* Takes as long for many terms as for one.
 *
 * Returns: (transfer none) (nullable): the longest term at @text, with its @length in bytes */
static const Entry *
glossary_find_at (HablaGlossary *self, const char *text, gsize *length)
{
  g_autoptr (GString) exact = g_string_new (NULL);
  g_autoptr (GString) folded = g_string_new (NULL);
  const Entry *longest = NULL;
  const char *c = text;

  for (gsize n = 0; *c != '\0' && n < self->max_length; n++) {
    gunichar character = g_utf8_get_char (c);
    const Entry *entry = NULL;

    c = g_utf8_next_char (c);
    if (g_unichar_isspace (character)) {
      character = ' ';
      while (*c != '\0' && g_unichar_isspace (g_utf8_get_char (c)))
        c = g_utf8_next_char (c);
    }
    g_string_append_unichar (exact, character);
    g_string_append_unichar (folded, g_unichar_tolower (character));
    if (!is_inside_word (text, c))
      entry = g_hash_table_lookup (self->exact, exact->str);
    if (entry == NULL && !is_inside_word (text, c))
      entry = g_hash_table_lookup (self->folded, folded->str);
    if (entry != NULL) {
      longest = entry;
      *length = c - text;
    }
  }
  return longest;
}

/* Returns: number of bytes of a web or mail address at @text, where a word begins; 0 = none */
static gsize
get_address_length (const char *begin, const char *text)
{
  gsize length = strcspn (text, " \t\r\n");

  if (text > begin && !g_ascii_isspace (text[-1]))
    return 0;
  if (g_str_has_prefix (text, "www.") || g_strstr_len (text, length, "://") != NULL ||
      g_strstr_len (text, length, "@") != NULL)
    return length;
  return 0;
}

static HablaGlossaryMatch *
match_copy (HablaGlossaryMatch *self)
{
  HablaGlossaryMatch *copy = g_new (HablaGlossaryMatch, 1);

  *copy = *self;
  copy->translation = g_strdup (self->translation);
  return copy;
}

static void
match_free (HablaGlossaryMatch *self)
{
  match_clear (self);
  g_free (self);
}

G_DEFINE_BOXED_TYPE (HablaGlossaryMatch, habla_glossary_match, match_copy, match_free)

GArray *
habla_glossary_find (HablaGlossary *self, const char *text)
{
  GArray *matches = g_array_new (FALSE, FALSE, sizeof (HablaGlossaryMatch));
  const char *c = text;

  g_array_set_clear_func (matches, match_clear);
  while (*c != '\0') {
    gsize length = get_address_length (text, c);
    const Entry *entry =
        length > 0 || is_inside_word (text, c) ? NULL : glossary_find_at (self, c, &length);

    if (entry != NULL) {
      HablaGlossaryMatch match = { c - text, c + length - text,
        entry_translate (entry, c, length) };

      g_array_append_val (matches, match);
      c += length;
    } else {
      c = length > 0 ? c + length : g_utf8_next_char (c);
    }
  }
  return matches;
}

GPtrArray *
habla_glossary_list_matches (HablaGlossary *self, const char *text)
{
  g_autoptr (GArray) found = habla_glossary_find (self, text);
  GPtrArray *matches = g_ptr_array_new_with_free_func ((GDestroyNotify) match_free);

  for (guint i = 0; i < found->len; i++)
    g_ptr_array_add (matches, match_copy (&g_array_index (found, HablaGlossaryMatch, i)));
  return matches;
}
