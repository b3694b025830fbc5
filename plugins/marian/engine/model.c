/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "marian.h"
#include "layer.h"
#include "network.h"
#include "shortlist.h"
#include "vocabulary.h"

/* A translation has at most this many tokens more than its source, or twice as many. */
#define MAX_MORE_TOKENS 20
/* A prefix that was shown is kept while its next token is at most this much less likely than the
 * best one: a difference of scores, 1.5 = 4.5 times. */
#define MAX_PREFIX_LOSS 1.5f

G_DEFINE_QUARK (marian - error - quark, marian_error)

struct _MarianModel {
  gatomicrefcount n_references;
  MarianModelFile *file;
  MarianNetwork *network;
  MarianVocabulary *source;
  MarianVocabulary *target;
  MarianShortlist *shortlist;
  gboolean is_shared; /* whether @target is @source */
};

static gboolean
model_load (
    MarianModel *self, const MarianFiles *files, MarianArithmetic arithmetic, GError **error)
{
  self->file = marian_model_file_new (files->model, error);
  if (self->file == NULL)
    return FALSE;
  self->network = marian_network_new (self->file, arithmetic, error);
  if (self->network == NULL) {
    g_autofree char *name = g_path_get_basename (files->model);

    g_prefix_error (error, "%s: ", name);
    return FALSE;
  }
  self->is_shared = files->target_vocabulary == NULL;
  self->source = marian_vocabulary_new (files->source_vocabulary, error);
  if (self->source == NULL)
    return FALSE;
  self->target =
      self->is_shared ? self->source : marian_vocabulary_new (files->target_vocabulary, error);
  if (self->target == NULL)
    return FALSE;
  if (marian_vocabulary_get_size (self->source) != marian_network_get_n_source (self->network) ||
      marian_vocabulary_get_size (self->target) != marian_network_get_n_target (self->network)) {
    g_set_error_literal (error, MARIAN_ERROR, MARIAN_ERROR_MODEL,
        "the vocabulary does not belong to the model: their sizes differ; install the model again");
    return FALSE;
  }
  if (files->shortlist == NULL) {
    marian_network_pack_output (self->network);
    return TRUE;
  }
  self->shortlist =
      marian_shortlist_new (files->shortlist, marian_network_get_n_source (self->network),
          marian_network_get_n_target (self->network), error);
  return self->shortlist != NULL;
}

MarianModel *
marian_model_new (const MarianFiles *files, MarianArithmetic arithmetic, GError **error)
{
  g_autoptr (MarianModel) self = g_new0 (MarianModel, 1);

  g_atomic_ref_count_init (&self->n_references);
  if (!model_load (self, files, arithmetic, error))
    return NULL;
  return g_steal_pointer (&self);
}

MarianModel *
marian_model_ref (MarianModel *self)
{
  g_atomic_ref_count_inc (&self->n_references);
  return self;
}

void
marian_model_unref (MarianModel *self)
{
  if (!g_atomic_ref_count_dec (&self->n_references))
    return;
  if (!self->is_shared)
    g_clear_pointer (&self->target, marian_vocabulary_free);
  g_clear_pointer (&self->source, marian_vocabulary_free);
  g_clear_pointer (&self->shortlist, marian_shortlist_free);
  g_clear_pointer (&self->network, marian_network_free);
  g_clear_pointer (&self->file, marian_model_file_free);
  g_free (self);
}

void
marian_translation_free (MarianTranslation *self)
{
  g_free (self->text);
  g_clear_pointer (&self->spans, g_array_unref);
  g_free (self);
}

/* A token of a translation, and the source token that it stands for. */
typedef struct {
  guint32 id;
  gsize source;
} TargetToken;

/* Returns: index of @token if it is a candidate and hardly worse than @best, otherwise @best */
static gsize
model_prefer (MarianEncoded *encoded, const float *scores, gsize best, guint32 token)
{
  gsize index;

  if (marian_encoded_find_candidate (encoded, token, &index) &&
      scores[best] - scores[index] <= MAX_PREFIX_LOSS)
    return index;
  return best;
}

/* @prefix: (element-type MarianPiece): preferred tokens
 *
 * Returns: (transfer full) (element-type TargetToken): the translation, without the token that ends
 *   it; %NULL if cancelled */
static GArray *
model_decode (MarianModel *self, MarianEncoded *encoded, gsize n_source, GArray *prefix,
    GCancellable *cancellable)
{
  guint32 end = marian_vocabulary_get_end (self->target);
  gsize max = MAX (2 * n_source, n_source + MAX_MORE_TOKENS);
  GArray *tokens = g_array_new (FALSE, FALSE, sizeof (TargetToken));
  guint32 previous = G_MAXUINT32;
  gboolean is_forced = prefix->len > 0;
  gsize unknown;
  gboolean has_unknown = marian_encoded_find_candidate (
      encoded, marian_vocabulary_get_unknown (self->target), &unknown);

  while (tokens->len < max) {
    TargetToken token;
    float *scores = marian_encoded_step (encoded, previous, &token.source);
    gsize best;

    if (has_unknown)
      scores[unknown] = -INFINITY;
    best = marian_find_greatest (scores, marian_encoded_get_n_candidates (encoded));
    if (g_cancellable_is_cancelled (cancellable)) {
      g_array_unref (tokens);
      return NULL;
    }
    if (is_forced) {
      guint32 wanted = g_array_index (prefix, MarianPiece, tokens->len).id;

      best = model_prefer (encoded, scores, best, wanted);
      is_forced =
          marian_encoded_get_candidate (encoded, best) == wanted && tokens->len + 1 < prefix->len;
    }
    previous = token.id = marian_encoded_get_candidate (encoded, best);
    if (previous == end)
      break;
    g_array_append_val (tokens, token);
  }
  return tokens;
}

/* Appends the text of @tokens to @result. @pieces: of the source; @offset: its place there */
static void
model_append_text (MarianModel *self, GArray *tokens, const MarianPiece *pieces, gsize n_pieces,
    gboolean separate, MarianTranslation *result)
{
  g_autofree guint32 *ids = g_new (guint32, tokens->len + 1);
  g_autoptr (GArray) places = NULL;
  g_autofree char *text = NULL;
  g_autofree char *before = result->text;
  gsize offset;

  for (guint i = 0; i < tokens->len; i++)
    ids[i] = g_array_index (tokens, TargetToken, i).id;
  text = marian_vocabulary_decode (self->target, ids, tokens->len, &places);
  result->text = g_strconcat (before, separate && *before != '\0' ? " " : "", text, NULL);
  offset = strlen (result->text) - strlen (text);
  for (guint i = 0; i < MIN (places->len, tokens->len); i++) {
    gsize source = g_array_index (tokens, TargetToken, i).source;
    const MarianPiece *place = &g_array_index (places, MarianPiece, i);
    MarianSpan span = { 0 };

    if (source >= n_pieces)
      source = n_pieces - 1;
    span.source_begin = pieces[source].begin;
    span.source_end = pieces[source].end;
    span.target_begin = offset + place->begin;
    span.target_end = offset + place->end;
    g_array_append_val (result->spans, span);
  }
}

/* Translates pieces of a sentence that fit into the model. */
static gboolean
model_translate_pieces (MarianModel *self, const MarianPiece *pieces, gsize n_pieces,
    GArray *prefix, MarianTranslation *result, GCancellable *cancellable, GError **error)
{
  guint32 ids[MARIAN_MAX_TOKENS];
  g_autoptr (GArray) candidates = NULL;
  g_autoptr (MarianEncoded) encoded = NULL;
  g_autoptr (GArray) tokens = NULL;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  for (gsize i = 0; i < n_pieces; i++)
    ids[i] = pieces[i].id;
  ids[n_pieces] = marian_vocabulary_get_end (self->source);
  if (self->shortlist != NULL)
    candidates = marian_shortlist_select (self->shortlist, ids, n_pieces + 1, self->is_shared);
  encoded = marian_network_encode (self->network, ids, n_pieces + 1, candidates);
  tokens = model_decode (self, encoded, n_pieces + 1, prefix, cancellable);
  if (tokens == NULL)
    return !g_cancellable_set_error_if_cancelled (cancellable, error);
  model_append_text (self, tokens, pieces, n_pieces, TRUE, result);
  return TRUE;
}

/* Returns: number of the first pieces to translate together: all if they fit, otherwise up to the
 *   last punctuation mark, or boundary between words, that fits */
static gsize
pieces_find_cut (const char *text, const MarianPiece *pieces, gsize n_pieces)
{
  gsize max = MARIAN_MAX_TOKENS - 1;
  gsize word = 0;

  if (n_pieces <= max)
    return n_pieces;
  for (gsize i = max; i > max / 3; i--) {
    if (text[pieces[i].begin] != ' ')
      continue;
    if (pieces[i].begin > 0 && strchr (",;:.!?", text[pieces[i].begin - 1]) != NULL)
      return i;
    if (word == 0)
      word = i;
  }
  return word != 0 ? word : max;
}

gboolean
marian_model_knows (MarianModel *self, const char *text)
{
  g_autoptr (GArray) pieces = marian_vocabulary_encode (self->source, text);
  guint32 unknown = marian_vocabulary_get_unknown (self->source);
  gsize n_unknown = 0;

  for (guint i = 0; i < pieces->len; i++) {
    const MarianPiece *piece = &g_array_index (pieces, MarianPiece, i);

    if (piece->id == unknown)
      n_unknown += piece->end - piece->begin;
  }
  return 2 * n_unknown <= strlen (text);
}

/* Whether there are only blanks and joiners from @begin to @end. */
static gboolean
is_gap (const char *text, gsize begin, gsize end)
{
  for (const char *c = text + begin; c < text + end; c = g_utf8_next_char (c)) {
    gunichar character = g_utf8_get_char (c);

    if (!g_unichar_isspace (character) && !g_unichar_iszerowidth (character))
      return FALSE;
  }
  return TRUE;
}

/* Without blanks around. */
static MarianRange
range_trim (const char *text, MarianRange range)
{
  while (range.begin < range.end && g_ascii_isspace (text[range.begin]))
    range.begin++;
  while (range.end > range.begin && g_ascii_isspace (text[range.end - 1]))
    range.end--;
  return range;
}

GArray *
marian_model_find_unknown (MarianModel *self, const char *text)
{
  g_autoptr (GArray) pieces = marian_vocabulary_encode (self->source, text);
  guint32 unknown = marian_vocabulary_get_unknown (self->source);
  GArray *ranges = g_array_new (FALSE, FALSE, sizeof (MarianRange));

  for (guint i = 0; i < pieces->len; i++) {
    const MarianPiece *piece = &g_array_index (pieces, MarianPiece, i);
    MarianRange *last =
        ranges->len > 0 ? &g_array_index (ranges, MarianRange, ranges->len - 1) : NULL;
    MarianRange range = { piece->begin, piece->end };

    if (piece->id != unknown)
      continue;
    range = range_trim (text, range);
    if (last != NULL && last->end <= range.begin && is_gap (text, last->end, range.begin))
      last->end = range.end;
    else if (range.begin < range.end)
      g_array_append_val (ranges, range);
  }
  return ranges;
}

MarianTranslation *
marian_translate_sentence (MarianModel *self, const char *text, const char *prefix,
    GCancellable *cancellable, GError **error)
{
  g_autoptr (GArray) pieces = marian_vocabulary_encode (self->source, text);
  g_autoptr (GArray) wanted = NULL;
  g_autoptr (MarianTranslation) result = g_new0 (MarianTranslation, 1);

  result->text = g_strdup ("");
  result->spans = g_array_new (FALSE, FALSE, sizeof (MarianSpan));
  wanted = prefix != NULL ? marian_vocabulary_encode (self->target, prefix)
                          : g_array_new (FALSE, FALSE, sizeof (MarianPiece));
  for (gsize done = 0; done < pieces->len;) {
    const MarianPiece *rest = &g_array_index (pieces, MarianPiece, done);
    gsize n = pieces_find_cut (text, rest, pieces->len - done);

    if (!model_translate_pieces (self, rest, n, wanted, result, cancellable, error))
      return NULL;
    g_array_set_size (wanted, 0);
    done += n;
  }
  return g_steal_pointer (&result);
}
