/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The only C++ file of the engine: libsentencepiece has no C interface. No exception leaves it. */
#include "vocabulary.h"

#include <exception>
#include <memory>
#include <sentencepiece_processor.h>
#include <string>
#include <vector>

#include "marian.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

struct _MarianVocabulary {
  sentencepiece::SentencePieceProcessor processor;
};

static gboolean
vocabulary_load (MarianVocabulary *self, const char *path, std::string *reason)
{
  try {
    const auto status = self->processor.Load (path);

    if (!status.ok ()) {
      *reason = status.ToString ();
      return FALSE;
    }
    if (self->processor.GetPieceSize () < 2 || self->processor.eos_id () < 0 ||
        self->processor.unk_id () < 0) {
      *reason = "it has no token for the end of a sentence, or for unknown characters";
      return FALSE;
    }
    return TRUE;
  } catch (const std::exception &e) {
    *reason = e.what ();
    return FALSE;
  }
}

MarianVocabulary *
marian_vocabulary_new (const char *path, GError **error)
{
  std::unique_ptr<MarianVocabulary> self (new MarianVocabulary);
  std::string reason;
  char *name;

  if (vocabulary_load (self.get (), path, &reason)) {
#ifdef __GLIBC__
    /* Loading allocates and frees 3 MB more than it keeps. */
    malloc_trim (0);
#endif
    return self.release ();
  }
  name = g_path_get_basename (path);
  g_set_error (error, MARIAN_ERROR, MARIAN_ERROR_MODEL,
      "%s: not a SentencePiece vocabulary: %s; install the model again", name, reason.c_str ());
  g_free (name);
  return NULL;
}

void
marian_vocabulary_free (MarianVocabulary *self)
{
  delete self;
}

guint
marian_vocabulary_get_size (MarianVocabulary *self)
{
  return self->processor.GetPieceSize ();
}

guint32
marian_vocabulary_get_end (MarianVocabulary *self)
{
  return self->processor.eos_id ();
}

guint32
marian_vocabulary_get_unknown (MarianVocabulary *self)
{
  return self->processor.unk_id ();
}

GArray *
marian_vocabulary_encode (MarianVocabulary *self, const char *text)
{
  GArray *pieces = g_array_new (FALSE, FALSE, sizeof (MarianPiece));

  try {
    sentencepiece::ImmutableSentencePieceText result;

    if (!self->processor.Encode (text, result.mutable_proto ()).ok ())
      return pieces;
    for (size_t i = 0; i < result.pieces_size (); i++) {
      const auto piece = result.pieces (i);
      const MarianPiece value = { piece.id (), piece.begin (), piece.end () };

      g_array_append_val (pieces, value);
    }
  } catch (const std::exception &e) {
    g_array_set_size (pieces, 0);
  }
  return pieces;
}

char *
marian_vocabulary_decode (
    MarianVocabulary *self, const guint32 *tokens, gsize n_tokens, GArray **pieces)
{
  char *text = NULL;

  if (pieces != NULL)
    *pieces = g_array_new (FALSE, FALSE, sizeof (MarianPiece));
  try {
    sentencepiece::ImmutableSentencePieceText result;
    const std::vector<int> ids (tokens, tokens + n_tokens);

    if (self->processor.Decode (ids, result.mutable_proto ()).ok ()) {
      for (size_t i = 0; pieces != NULL && i < result.pieces_size (); i++) {
        const auto piece = result.pieces (i);
        const MarianPiece value = { piece.id (), piece.begin (), piece.end () };

        g_array_append_val (*pieces, value);
      }
      text = g_utf8_make_valid (result.text ().data (), result.text ().size ());
    }
  } catch (const std::exception &e) {
    if (pieces != NULL)
      g_array_set_size (*pieces, 0);
  }
  return text != NULL ? text : g_strdup ("");
}
