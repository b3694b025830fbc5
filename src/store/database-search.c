/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An index of all parts of three characters finds utterances, the newest first. Shorter texts are
 * looked for in all utterances; they are so frequent that few have to be read. */
#include "store/database-private.h"
#include "store/text-match.h"

#include <string.h>

/* Characters of the parts in the index. */
#define INDEXED_LENGTH 3
/* Utterances after which no more are read, if enough sessions were found. */
#define ENOUGH 1000

/* A session, and those of its utterances that were found last: its oldest ones, as the newest are
 * found first. */
typedef struct {
  guint64 session_id;
  guint64 ids[HABLA_MAX_MATCHES];
  guint n;
} Found;

static int
compare_found (gconstpointer a, gconstpointer b)
{
  const Found *first = a, *second = b;

  return first->session_id < second->session_id   ? 1
         : first->session_id > second->session_id ? -1
                                                  : 0;
}

/* Returns: (transfer full): @part as a phrase of FTS5 */
static char *
quote (const char *part)
{
  g_auto (GStrv) pieces = g_strsplit (part, "\"", -1);
  g_autofree char *doubled = g_strjoinv ("\"\"", pieces);

  return g_strdup_printf ("\"%s\"", doubled);
}

static Found *
find_session (GArray *all, guint64 session_id)
{
  for (guint i = 0; i < all->len; i++)
    if (g_array_index (all, Found, i).session_id == session_id)
      return &g_array_index (all, Found, i);
  return NULL;
}

/* @statement: with all parameters bound
 * @is_complete: (out): whether all utterances were read
 * Returns: (transfer full) (nullable): of Found, at most @limit */
static GArray *
collect (HablaDatabase *self, sqlite3_stmt *statement, guint limit, gboolean *is_complete,
    GError **error)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Found));
  gboolean failed;
  guint n = 0;

  *is_complete = FALSE;
  while (habla_database_step (self, statement, &failed, error)) {
    guint64 session_id = sqlite3_column_int64 (statement, 1);
    Found *found = find_session (all, session_id);

    if (++n > ENOUGH && all->len == limit) {
      sqlite3_reset (statement);
      return g_steal_pointer (&all);
    }
    if (found == NULL && all->len < limit) {
      g_array_append_val (all, ((Found){ .session_id = session_id }));
      found = &g_array_index (all, Found, all->len - 1);
    }
    if (found != NULL)
      found->ids[found->n++ % HABLA_MAX_MATCHES] = sqlite3_column_int64 (statement, 0);
  }
  *is_complete = TRUE;
  return failed ? NULL : g_steal_pointer (&all);
}

/* Returns: (transfer full) (nullable): the utterances of @found, oldest first */
static GPtrArray *
read_matches (HablaDatabase *self, const Found *found, GError **error)
{
  g_autoptr (GPtrArray) matches =
      g_ptr_array_new_with_free_func ((GDestroyNotify) habla_utterance_record_free);

  for (guint i = 0; i < MIN (found->n, HABLA_MAX_MATCHES); i++) {
    guint64 id = found->ids[(found->n - 1 - i) % HABLA_MAX_MATCHES];
    HablaUtteranceRecord *utterance = habla_database_read_utterance (self, id, error);

    if (utterance == NULL)
      return NULL;
    g_ptr_array_add (matches, utterance);
  }
  return g_steal_pointer (&matches);
}

/* @part: folded. @is_complete: whether @found has the oldest matches. Returns: (transfer full)
 * (nullable) */
static HablaSessionRecord *
read_session (
    HablaDatabase *self, const Found *found, const char *part, gboolean is_complete, GError **error)
{
  g_autoptr (HablaSessionRecord) session =
      habla_database_read_session (self, found->session_id, error);

  if (session == NULL)
    return NULL;
  session->matches = is_complete ? read_matches (self, found, error)
                                 : habla_database_search_utterances (
                                       self, found->session_id, part, HABLA_MAX_MATCHES, error);
  return session->matches != NULL ? g_steal_pointer (&session) : NULL;
}

/* Adds the newest sessions whose title contains @part. */
static gboolean
collect_titles (HablaDatabase *self, GArray *all, const char *part, guint limit, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_FIND_TITLE, error);
  gboolean failed = statement == NULL;

  if (failed)
    return FALSE;
  habla_sql_bind_text (statement, 1, part);
  sqlite3_bind_int64 (statement, 2, limit);
  while (habla_database_step (self, statement, &failed, error)) {
    guint64 id = sqlite3_column_int64 (statement, 0);

    if (find_session (all, id) == NULL)
      g_array_append_val (all, ((Found){ .session_id = id }));
  }
  return !failed;
}

static GPtrArray *
search (HablaDatabase *self, const char *part, guint limit, GError **error)
{
  gboolean is_indexed = g_utf8_strlen (part, -1) >= INDEXED_LENGTH, is_complete;
  sqlite3_stmt *statement =
      habla_database_prepare (self, is_indexed ? SQL_FIND_TEXT : SQL_FIND_SHORT_TEXT, error);
  g_autofree char *phrase = quote (part);
  g_autoptr (GPtrArray) sessions =
      g_ptr_array_new_with_free_func ((GDestroyNotify) habla_session_record_free);
  g_autoptr (GArray) found = NULL;

  if (statement == NULL)
    return NULL;
  habla_sql_bind_text (statement, 1, is_indexed ? phrase : part);
  found = collect (self, statement, limit, &is_complete, error);
  if (found == NULL || !collect_titles (self, found, part, limit, error))
    return NULL;
  g_array_sort (found, compare_found);
  for (guint i = 0; i < MIN (found->len, limit); i++) {
    HablaSessionRecord *session =
        read_session (self, &g_array_index (found, Found, i), part, is_complete, error);

    if (session == NULL)
      return NULL;
    g_ptr_array_add (sessions, session);
  }
  return g_steal_pointer (&sessions);
}

GPtrArray *
habla_database_search (HablaDatabase *self, const char *text, guint limit, GError **error)
{
  g_autoptr (GString) part = g_string_new (NULL);
  GPtrArray *found;

  habla_text_fold (text, part);
  /* Nothing is left of an accent without a letter. */
  if (part->len == 0)
    return g_ptr_array_new ();
  habla_database_set_time_limit (self, TRUE);
  found = search (self, part->str, limit, error);
  habla_database_set_time_limit (self, FALSE);
  return found;
}
