/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/vocabulary/vocabulary-rows.h"

#include "store/database-private.h"
#include "store/text-match.h"
#include "store/vocabulary/vocabulary-search.h"

/* The exchanges of a deleted session are hidden at once, and removed later. */
#define KEPT_EXCHANGE \
  "SELECT u.id FROM utterances u JOIN sessions k ON k.id = u.session_id AND k.exchange_count > 0"
#define SELECT_ITEMS \
  "SELECT v.id, u.id, u.speaker_id, v.term, v.literal, v.meaning, v.category, v.region," \
  " v.language, v.source_sentence, v.save_worthy, v.times_encountered, v.ease, v.interval_days," \
  " v.repetitions, v.lapse_count, v.due_at, v.created_at FROM vocabulary v" \
  " LEFT JOIN utterances u ON u.id = (" KEPT_EXCHANGE " WHERE u.id = v.utterance_id) WHERE "
#define IS_OF_CATEGORY "(?1 IS NULL OR v.category = ?1)"

static const char count_again_sql[] =
    "UPDATE vocabulary SET times_encountered = times_encountered + 1 WHERE term_key = ?1"
    " RETURNING id";
static const char add_sql[] =
    "INSERT INTO vocabulary (term, term_key, literal, meaning, category, region, language,"
    " source_sentence, utterance_id, save_worthy, due_at, created_at)"
    " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, (" KEPT_EXCHANGE " WHERE u.id = ?9), ?10, ?11, ?11"
    " WHERE (SELECT count(*) FROM vocabulary) < ?12 RETURNING id";
static const char get_sql[] = SELECT_ITEMS "v.id = ?1";
static const char find_other_sql[] = "SELECT id FROM vocabulary WHERE term_key = ?2 AND id <> ?1";
static const char change_sql[] =
    "UPDATE vocabulary SET term = coalesce (?2, term), term_key = coalesce (?3, term_key),"
    " literal = coalesce (?4, literal), meaning = coalesce (?5, meaning),"
    " category = coalesce (?6, category), region = coalesce (?7, region),"
    " language = coalesce (?8, language), source_sentence = coalesce (?9, source_sentence),"
    " save_worthy = coalesce (?10, save_worthy) WHERE id = ?1";
static const char review_sql[] = "UPDATE vocabulary SET ease = ?2, interval_days = ?3,"
                                 " repetitions = ?4, lapse_count = ?5, due_at = ?6 WHERE id = ?1";
static const char delete_sql[] = "DELETE FROM vocabulary WHERE id = ?1";
static const char newest_sql[] =
    SELECT_ITEMS IS_OF_CATEGORY " AND (?2 = 0 OR v.id < ?2) ORDER BY v.id DESC";
static const char oldest_sql[] = SELECT_ITEMS IS_OF_CATEGORY " AND v.id > ?2 ORDER BY v.id";
static const char due_sql[] =
    SELECT_ITEMS IS_OF_CATEGORY " AND v.due_at <= ?2 ORDER BY v.due_at, v.id";
static const char group_sql[] =
    SELECT_ITEMS "v.due_at <= ?1 AND ?2 = CASE WHEN v.lapse_count >= 2 THEN 2"
                 " WHEN v.repetitions = 0 AND v.lapse_count = 0 THEN 1 ELSE 0 END"
                 " ORDER BY v.due_at, v.id LIMIT ?3";
G_STATIC_ASSERT (HABLA_REVIEW_DUE == 0 && HABLA_REVIEW_NEW == 1 && HABLA_REVIEW_STRUGGLING == 2);
static const char count_sql[] =
    "SELECT category, count(*), sum(due_at <= ?1) FROM vocabulary GROUP BY category";

static gboolean
set_not_found (guint64 id, GError **error)
{
  g_set_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_NOT_FOUND,
      "There is no vocabulary item %" G_GUINT64_FORMAT, id);
  return FALSE;
}

static HablaVocabularyItem *
read_row (sqlite3_stmt *statement)
{
  HablaVocabularyItem *item = habla_vocabulary_item_new ();

  item->id = sqlite3_column_int64 (statement, 0);
  item->exchange_id = sqlite3_column_int64 (statement, 1);
  item->speaker_id = habla_sql_dup_text (statement, 2);
  item->term = habla_sql_dup_text (statement, 3);
  item->literal = habla_sql_dup_text (statement, 4);
  item->meaning = habla_sql_dup_text (statement, 5);
  item->category = habla_sql_dup_text (statement, 6);
  item->region = habla_sql_dup_text (statement, 7);
  item->language = habla_sql_dup_text (statement, 8);
  item->source_sentence = habla_sql_dup_text (statement, 9);
  item->save_worthy = sqlite3_column_int (statement, 10) != 0;
  item->times_encountered = sqlite3_column_int64 (statement, 11);
  item->review.ease = sqlite3_column_double (statement, 12);
  item->review.interval = sqlite3_column_int64 (statement, 13);
  item->review.repetitions = sqlite3_column_int64 (statement, 14);
  item->review.lapse_count = sqlite3_column_int64 (statement, 15);
  item->review.next_review = sqlite3_column_int64 (statement, 16);
  item->created_at = sqlite3_column_int64 (statement, 17);
  return item;
}

HablaVocabularyItem *
habla_vocabulary_rows_get (HablaDatabase *database, guint64 id, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare_sql (database, get_sql, error);
  HablaVocabularyItem *item = NULL;
  gboolean failed = statement == NULL;

  if (failed)
    return NULL;
  habla_sql_bind_id (statement, 1, id);
  if (habla_database_step (database, statement, &failed, error))
    item = read_row (statement);
  sqlite3_reset (statement);
  if (item == NULL && !failed)
    set_not_found (id, error);
  return item;
}

static void
bind_item (sqlite3_stmt *statement, const HablaVocabularyItem *item, const char *key, gint64 now)
{
  habla_sql_bind_text (statement, 1, item->term);
  habla_sql_bind_text (statement, 2, key);
  habla_sql_bind_text (statement, 3, item->literal);
  habla_sql_bind_text (statement, 4, item->meaning);
  habla_sql_bind_text (statement, 5, item->category);
  habla_sql_bind_text (statement, 6, item->region);
  habla_sql_bind_text (statement, 7, item->language);
  habla_sql_bind_text (statement, 8, item->source_sentence);
  habla_sql_bind_id (statement, 9, item->exchange_id);
  sqlite3_bind_int (statement, 10, item->save_worthy);
  sqlite3_bind_int64 (statement, 11, now);
  sqlite3_bind_int (statement, 12, HABLA_VOCABULARY_MAX_ITEMS);
}

/* @id: (out): the item that @statement changed or added; 0 = none. The change is complete after the
 * last step only. */
static gboolean
run_returning (HablaDatabase *database, sqlite3_stmt *statement, guint64 *id, GError **error)
{
  gboolean failed;

  *id = 0;
  while (habla_database_step (database, statement, &failed, error))
    *id = sqlite3_column_int64 (statement, 0);
  return !failed;
}

/* @id: (out): the item with the term @key; 0 = there is none */
static gboolean
count_again (HablaDatabase *database, const char *key, guint64 *id, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare_sql (database, count_again_sql, error);

  if (statement == NULL)
    return FALSE;
  habla_sql_bind_text (statement, 1, key);
  return run_returning (database, statement, id, error);
}

/* @id: (out): the new item; 0 = there are too many already */
static gboolean
add_row (HablaDatabase *database, const HablaVocabularyItem *item, const char *key, gint64 now,
    guint64 *id, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare_sql (database, add_sql, error);

  if (statement == NULL)
    return FALSE;
  bind_item (statement, item, key, now);
  return run_returning (database, statement, id, error);
}

HablaVocabularyItem *
habla_vocabulary_rows_add (
    HablaDatabase *database, const HablaVocabularyItem *item, gint64 now, GError **error)
{
  g_autofree char *key = habla_text_make_caseless (item->term);
  guint64 id;

  if (!count_again (database, key, &id, error) ||
      (id == 0 && !add_row (database, item, key, now, &id, error)))
    return NULL;
  if (id != 0)
    return habla_vocabulary_rows_get (database, id, error);
  g_set_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_CONFLICT,
      "The vocabulary is full: it has %d items; delete some", HABLA_VOCABULARY_MAX_ITEMS);
  return NULL;
}

/* Returns: whether no item but @id has the term @key */
static gboolean
check_term (HablaDatabase *database, guint64 id, const char *key, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare_sql (database, find_other_sql, error);
  gboolean failed = statement == NULL;
  guint64 other = 0;

  if (failed)
    return FALSE;
  habla_sql_bind_id (statement, 1, id);
  habla_sql_bind_text (statement, 2, key);
  if (habla_database_step (database, statement, &failed, error))
    other = sqlite3_column_int64 (statement, 0);
  sqlite3_reset (statement);
  if (other != 0)
    g_set_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_CONFLICT,
        "Vocabulary item %" G_GUINT64_FORMAT " has this term; change or delete that one", other);
  return other == 0 && !failed;
}

HablaVocabularyItem *
habla_vocabulary_rows_change (
    HablaDatabase *database, const HablaVocabularyItem *change, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare_sql (database, change_sql, error);
  g_autofree char *key = change->term != NULL ? habla_text_make_caseless (change->term) : NULL;

  if (statement == NULL || (key != NULL && !check_term (database, change->id, key, error)))
    return NULL;
  habla_sql_bind_id (statement, 1, change->id);
  habla_sql_bind_text (statement, 2, change->term);
  habla_sql_bind_text (statement, 3, key);
  habla_sql_bind_text (statement, 4, change->literal);
  habla_sql_bind_text (statement, 5, change->meaning);
  habla_sql_bind_text (statement, 6, change->category);
  habla_sql_bind_text (statement, 7, change->region);
  habla_sql_bind_text (statement, 8, change->language);
  habla_sql_bind_text (statement, 9, change->source_sentence);
  if (change->save_worthy >= 0)
    sqlite3_bind_int (statement, 10, change->save_worthy);
  if (!habla_database_run (database, statement, error))
    return NULL;
  return habla_vocabulary_rows_get (database, change->id, error);
}

static gboolean
write_review (HablaDatabase *database, const HablaVocabularyItem *item, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare_sql (database, review_sql, error);

  if (statement == NULL)
    return FALSE;
  habla_sql_bind_id (statement, 1, item->id);
  sqlite3_bind_double (statement, 2, item->review.ease);
  sqlite3_bind_int64 (statement, 3, item->review.interval);
  sqlite3_bind_int64 (statement, 4, item->review.repetitions);
  sqlite3_bind_int64 (statement, 5, item->review.lapse_count);
  sqlite3_bind_int64 (statement, 6, item->review.next_review);
  return habla_database_run (database, statement, error);
}

HablaVocabularyItem *
habla_vocabulary_rows_review (
    HablaDatabase *database, guint64 id, guint quality, gint64 now, GError **error)
{
  g_autoptr (HablaVocabularyItem) item = habla_vocabulary_rows_get (database, id, error);

  if (item == NULL)
    return NULL;
  habla_review_state_grade (&item->review, quality, now);
  return write_review (database, item, error) ? g_steal_pointer (&item) : NULL;
}

gboolean
habla_vocabulary_rows_delete (HablaDatabase *database, guint64 id, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare_sql (database, delete_sql, error);

  if (statement == NULL)
    return FALSE;
  habla_sql_bind_id (statement, 1, id);
  if (!habla_database_run (database, statement, error))
    return FALSE;
  return sqlite3_changes (database->connection) > 0 || set_not_found (id, error);
}

static GPtrArray *
new_list (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) habla_vocabulary_item_free);
}

static sqlite3_stmt *
prepare_list (
    HablaDatabase *database, const HablaVocabularyQuery *query, gint64 now, GError **error)
{
  static const char *const texts[] = { [HABLA_VOCABULARY_NEWEST] = newest_sql,
    [HABLA_VOCABULARY_OLDEST] = oldest_sql,
    [HABLA_VOCABULARY_DUE] = due_sql };
  sqlite3_stmt *statement = habla_database_prepare_sql (database, texts[query->order], error);

  if (statement == NULL)
    return NULL;
  habla_sql_bind_text (statement, 1, query->category);
  habla_sql_bind_id (
      statement, 2, query->order == HABLA_VOCABULARY_DUE ? (guint64) now : query->after);
  return statement;
}

GPtrArray *
habla_vocabulary_rows_list (
    HablaDatabase *database, const HablaVocabularyQuery *query, gint64 now, GError **error)
{
  sqlite3_stmt *statement = prepare_list (database, query, now, error);
  g_autoptr (GPtrArray) items = new_list ();
  g_autoptr (GString) buffer = g_string_new (NULL);
  gboolean failed = statement == NULL;
  guint64 n_skipped = 0;

  if (failed)
    return NULL;
  habla_database_set_time_limit (database, TRUE);
  while (items->len < query->limit && habla_database_step (database, statement, &failed, error)) {
    g_autoptr (HablaVocabularyItem) item = read_row (statement);

    if (query->words != NULL && !habla_vocabulary_item_matches (item, query->words, buffer))
      continue;
    if (n_skipped++ >= query->offset)
      g_ptr_array_add (items, g_steal_pointer (&item));
  }
  sqlite3_reset (statement);
  habla_database_set_time_limit (database, FALSE);
  return failed ? NULL : g_steal_pointer (&items);
}

static void
count_free (gpointer data)
{
  HablaVocabularyCount *self = data;

  g_free (self->category);
  g_free (self);
}

HablaVocabularyStats *
habla_vocabulary_rows_get_stats (HablaDatabase *database, gint64 now, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare_sql (database, count_sql, error);
  g_autoptr (HablaVocabularyStats) stats = g_new0 (HablaVocabularyStats, 1);
  gboolean failed = statement == NULL;

  stats->categories = g_ptr_array_new_with_free_func (count_free);
  if (failed)
    return NULL;
  sqlite3_bind_int64 (statement, 1, now);
  while (habla_database_step (database, statement, &failed, error)) {
    HablaVocabularyCount *count = g_new0 (HablaVocabularyCount, 1);

    count->category = habla_sql_dup_text (statement, 0);
    count->n = sqlite3_column_int64 (statement, 1);
    stats->total += count->n;
    stats->due += sqlite3_column_int64 (statement, 2);
    g_ptr_array_add (stats->categories, count);
  }
  return failed ? NULL : g_steal_pointer (&stats);
}

static GPtrArray *
list_group (HablaDatabase *database, HablaReviewGroup group, guint size, gint64 now, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare_sql (database, group_sql, error);
  g_autoptr (GPtrArray) items = new_list ();
  gboolean failed = statement == NULL;

  if (failed)
    return NULL;
  sqlite3_bind_int64 (statement, 1, now);
  sqlite3_bind_int (statement, 2, group);
  sqlite3_bind_int64 (statement, 3, size);
  while (habla_database_step (database, statement, &failed, error))
    g_ptr_array_add (items, read_row (statement));
  return failed ? NULL : g_steal_pointer (&items);
}

HablaReviewSession *
habla_vocabulary_rows_get_session (HablaDatabase *database, guint size, gint64 now, GError **error)
{
  g_autoptr (HablaReviewSession) session = g_new0 (HablaReviewSession, 1);

  for (guint i = 0; i < HABLA_REVIEW_N_GROUPS; i++) {
    session->groups[i] = list_group (database, i, size, now, error);
    if (session->groups[i] == NULL)
      return NULL;
  }
  habla_review_session_limit (session, size);
  return g_steal_pointer (&session);
}
