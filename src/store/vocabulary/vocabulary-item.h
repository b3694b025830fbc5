/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <store/vocabulary/review-state.h>

G_BEGIN_DECLS

/* Maximum number of items: a search reads all of them. */
#define HABLA_VOCABULARY_MAX_ITEMS 10000

/**
 * HablaVocabularyItem:
 * @id: from 1; never reused
 * @exchange_id: where the term was met; 0 = unknown, or the exchange has been deleted
 * @speaker_id: (nullable): who said it; only when read
 * @term: what to learn; unique without regard to case
 * @literal: its literal translation, or ""
 * @meaning: or ""
 * @category: such as `idiom` or `false_friend`
 * @region: where it is in use, or `universal`
 * @language: (nullable): BCP 47 code of @term
 * @source_sentence: (nullable): an example
 * @save_worthy: 0 or 1
 * @times_encountered: how often it was added
 * @review: when to review it next; only when read
 * @created_at: in microseconds since 1970-01-01 UTC; only when read
 *
 * A word or phrase that a user learns. As a change of an item, strings that are %NULL and a
 * @save_worthy of -1 leave what the item has.
 */
typedef struct {
  guint64 id;
  guint64 exchange_id;
  char *speaker_id;
  char *term;
  char *literal;
  char *meaning;
  char *category;
  char *region;
  char *language;
  char *source_sentence;
  int save_worthy;
  guint64 times_encountered;
  HablaReviewState review;
  gint64 created_at;
} HablaVocabularyItem;

/**
 * habla_vocabulary_item_new:
 *
 * Returns: (transfer full): an item whose fields are 0 or %NULL
 */
HablaVocabularyItem *habla_vocabulary_item_new (void);

/**
 * habla_vocabulary_item_free:
 * @self: (transfer full): an item
 */
void habla_vocabulary_item_free (HablaVocabularyItem *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaVocabularyItem, habla_vocabulary_item_free)

/**
 * HablaVocabularyOrder:
 * @HABLA_VOCABULARY_NEWEST: all items, the newest first
 * @HABLA_VOCABULARY_OLDEST: all items, the oldest first
 * @HABLA_VOCABULARY_DUE: items that are due for a review, those that are due longest first
 */
typedef enum {
  HABLA_VOCABULARY_NEWEST,
  HABLA_VOCABULARY_OLDEST,
  HABLA_VOCABULARY_DUE,
} HablaVocabularyOrder;

/**
 * HablaVocabularyQuery:
 * @order: which items to list, and in which order
 * @category: (nullable): only items of this category
 * @words: (nullable) (array zero-terminated=1): only items whose texts contain all of these; see
 *   habla_vocabulary_parse_search()
 * @after: only items that follow the one with this id; 0 = from the first; not for
 *   %HABLA_VOCABULARY_DUE
 * @limit: maximum length of the list
 * @offset: number of items to skip
 */
typedef struct {
  HablaVocabularyOrder order;
  const char *category;
  const char *const *words;
  guint64 after;
  guint limit;
  guint64 offset;
} HablaVocabularyQuery;

/**
 * HablaVocabularyCount:
 * @category: its name
 * @n: number of items
 */
typedef struct {
  char *category;
  guint64 n;
} HablaVocabularyCount;

/**
 * HablaVocabularyStats:
 * @total: number of items
 * @due: number of items that are due for a review
 * @categories: (element-type HablaVocabularyCount): by name
 */
typedef struct {
  guint64 total;
  guint64 due;
  GPtrArray *categories;
} HablaVocabularyStats;

/**
 * habla_vocabulary_stats_free:
 * @self: (transfer full): statistics
 */
void habla_vocabulary_stats_free (HablaVocabularyStats *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaVocabularyStats, habla_vocabulary_stats_free)

/* The groups of a review session. */
typedef enum {
  HABLA_REVIEW_DUE,        /* remembered before */
  HABLA_REVIEW_NEW,        /* never remembered */
  HABLA_REVIEW_STRUGGLING, /* forgotten at least twice */
  HABLA_REVIEW_N_GROUPS,
} HablaReviewGroup;

/**
 * HablaReviewSession:
 * @groups: (element-type HablaVocabularyItem): the items of each group that are due, those that are
 *   due longest first
 *
 * What to review now: about 70 % of the first group, 20 % of the second and 10 % of the third. If a
 * group has fewer items, the others have more.
 */
typedef struct {
  GPtrArray *groups[HABLA_REVIEW_N_GROUPS];
} HablaReviewSession;

/**
 * habla_review_session_free:
 * @self: (transfer full): a session
 */
void habla_review_session_free (HablaReviewSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaReviewSession, habla_review_session_free)

/**
 * habla_review_session_limit:
 * @self: a session with up to @size items in each group
 * @size: maximum number of items altogether
 *
 * Keeps the first items of each group, in the proportion of the groups.
 */
void habla_review_session_limit (HablaReviewSession *self, guint size);

G_END_DECLS
