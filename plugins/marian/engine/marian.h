/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Inference of the translation models of Firefox: Marian transformers with an SSRU decoder and
 * weights of 8 bits. Needs neither GStreamer nor a main loop. */

/**
 * MARIAN_ERROR:
 *
 * Error domain of the engine.
 */
#define MARIAN_ERROR (marian_error_quark ())
/**
 * marian_error_quark:
 *
 * Returns: the error domain of the engine
 */
GQuark marian_error_quark (void);

/**
 * MarianError:
 * @MARIAN_ERROR_MODEL: a file of the model is damaged, or of an unknown kind
 */
typedef enum {
  MARIAN_ERROR_MODEL,
} MarianError;

/**
 * MarianArithmetic:
 * @MARIAN_ARITHMETIC_AUTO: 8-bit weights, activations of 15 bits with one scale for each row (of 8
 *   bits where that is enough), and exact sums, by the fastest instructions of this processor
 * @MARIAN_ARITHMETIC_INT8_SATURATING: what Mozilla's builds for x86 and WebAssembly compute: stored
 *   scales, and sums of two products that saturate to 16 bits
 * @MARIAN_ARITHMETIC_FLOAT: activations in floating point; slow, the reference
 *
 * How activations and weights are multiplied.
 */
typedef enum {
  MARIAN_ARITHMETIC_AUTO,
  MARIAN_ARITHMETIC_INT8_SATURATING,
  MARIAN_ARITHMETIC_FLOAT,
} MarianArithmetic;

/**
 * MarianFiles:
 * @model: path of the model
 * @source_vocabulary: path of the vocabulary of the source language
 * @target_vocabulary: (nullable): path of that of the target language; %NULL if they share one
 * @shortlist: (nullable): path of the lexical shortlist; without it, translation is far slower
 */
typedef struct {
  const char *model;
  const char *source_vocabulary;
  const char *target_vocabulary;
  const char *shortlist;
} MarianFiles;

/**
 * MarianModel:
 *
 * A model for one direction, mapped into memory. Immutable; any number of threads may translate
 * with it at once.
 */
typedef struct _MarianModel MarianModel;

/**
 * marian_model_new:
 * @files: the files, which may be hostile
 * @arithmetic: how to compute
 * @error: return location for a %MARIAN_ERROR_MODEL that names the file, or a #GFileError
 *
 * Blocks for some milliseconds.
 *
 * Returns: (transfer full) (nullable): a model with one reference
 */
MarianModel *marian_model_new (
    const MarianFiles *files, MarianArithmetic arithmetic, GError **error);

/**
 * marian_model_ref:
 * @self: a model
 *
 * Returns: (transfer full): @self with one more reference
 */
MarianModel *marian_model_ref (MarianModel *self);

/**
 * marian_model_unref:
 * @self: (transfer full): a model
 */
void marian_model_unref (MarianModel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MarianModel, marian_model_unref)

/**
 * marian_model_knows:
 * @self: a model
 * @text: valid UTF-8
 *
 * Returns: whether at least half of @text consists of characters of the source vocabulary
 */
gboolean marian_model_knows (MarianModel *self, const char *text);

/**
 * MarianRange:
 * @begin: first byte of a part of a text
 * @end: byte after the last one
 */
typedef struct {
  gsize begin;
  gsize end;
} MarianRange;

/**
 * marian_model_find_unknown:
 * @self: a model
 * @text: valid UTF-8
 *
 * Returns: (transfer full) (element-type MarianRange): the parts of @text, in order, whose
 *   characters the source vocabulary does not have
 */
GArray *marian_model_find_unknown (MarianModel *self, const char *text);

/**
 * MarianSpan:
 * @source_begin: first byte in the source
 * @source_end: byte after the last one
 * @target_begin: first byte in the translation
 * @target_end: byte after the last one
 *
 * A piece of the translation, and the piece of the source that it stands for most likely.
 */
typedef struct {
  gsize source_begin;
  gsize source_end;
  gsize target_begin;
  gsize target_end;
} MarianSpan;

/**
 * MarianTranslation:
 * @text: the translation, valid UTF-8
 * @spans: (element-type MarianSpan): which part translates which, in the order of @text
 */
typedef struct {
  char *text;
  GArray *spans;
} MarianTranslation;

/**
 * marian_translation_free:
 * @self: (transfer full): a translation
 */
void marian_translation_free (MarianTranslation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MarianTranslation, marian_translation_free)

/**
 * marian_translate_sentence:
 * @model: a model
 * @text: one sentence in valid UTF-8. A longer text than the model can take at once is cut between
 *   words, and its parts are translated one by one
 * @prefix: (nullable): words that the translation shall begin with if they are not much less likely
 *   than those that the model prefers: the text shown for the begin of the same sentence
 * @cancellable: (nullable): makes the function return soon when it is cancelled
 * @error: return location for a %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the translation
 */
MarianTranslation *marian_translate_sentence (MarianModel *model, const char *text,
    const char *prefix, GCancellable *cancellable, GError **error);

/**
 * MarianTerm:
 * @begin: first byte in the source
 * @end: byte after the last one
 * @translation: what the translation of these bytes shall be; allocated, the array frees it
 *
 * A part of a sentence whose translation is given.
 */
typedef struct {
  gsize begin;
  gsize end;
  char *translation;
} MarianTerm;

/**
 * MarianFindTerms:
 * @text: one sentence, without tags
 * @data: data of the caller
 *
 * Returns: (transfer full) (nullable) (element-type MarianTerm): its terms, in order, without
 *   overlaps
 */
typedef GArray *(*MarianFindTerms) (const char *text, gpointer data);

/* Greatest number of sentences that are translated at once. */
#define MARIAN_MAX_THREADS 16

/**
 * MarianContext:
 * @language: (nullable): BCP 47 code of the language of a text, which helps to find its sentences
 * @find_terms: (nullable): finds parts whose translation is given
 * @data: for @find_terms
 * @n_threads: number of sentences that are translated at once, by threads that end with the call;
 *   0 = 1. If it is more than one, @find_terms is called by several threads
 *
 * Properties of a text.
 */
typedef struct {
  const char *language;
  MarianFindTerms find_terms;
  gpointer data;
  guint n_threads;
} MarianContext;

/**
 * marian_translate:
 * @model: a model
 * @text: text in valid UTF-8 with any number of sentences and lines
 * @context: properties of @text
 * @cancellable: (nullable): makes the function return soon when it is cancelled
 * @error: return location for a %G_IO_ERROR_CANCELLED
 *
 * Translates each sentence by itself. Keeps the white space between sentences, line ends, dashes
 * before a speaker's words, tags, and web and mail addresses. Keeps sentences that have no letters,
 * are mostly in another script, or are longer than 8 KiB, except for their terms.
 *
 * The words that stand for a term, as far as the model's attention tells, are replaced by the
 * term's translation; the words around it are those that the model chose. No term is lost.
 *
 * Returns: (transfer full) (nullable): the translation, valid UTF-8
 */
char *marian_translate (MarianModel *model, const char *text, const MarianContext *context,
    GCancellable *cancellable, GError **error);

/**
 * MarianDraft:
 *
 * A text that grows, such as speech while it is recognised. An earlier translation is changed
 * only where the model finds another translation much better. For one thread at a time.
 */
typedef struct _MarianDraft MarianDraft;

/**
 * marian_draft_new:
 * @model: a model
 *
 * Returns: (transfer full): an empty draft
 */
MarianDraft *marian_draft_new (MarianModel *model);

/**
 * marian_draft_free:
 * @self: (transfer full): a draft
 */
void marian_draft_free (MarianDraft *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MarianDraft, marian_draft_free)

/**
 * marian_draft_translate:
 * @self: a draft
 * @text: the whole text in its present form, in valid UTF-8
 * @context: properties of @text; may differ from that of the last call
 * @cancellable: (nullable): makes the function return soon when it is cancelled
 * @error: return location for a %G_IO_ERROR_CANCELLED
 *
 * Like marian_translate(), for the text of a draft.
 *
 * Returns: (transfer full) (nullable): the translation, valid UTF-8
 */
char *marian_draft_translate (MarianDraft *self, const char *text, const MarianContext *context,
    GCancellable *cancellable, GError **error);

G_END_DECLS
