/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tiny-model.h"

#include <string.h>

#define N 64 /* columns, hidden units and tokens */

static const char config[] =
    "dim-emb: 64\ntransformer-dim-ffn: 64\ntransformer-heads: 8\nenc-depth: 1\ndec-depth: 1\n"
    "type: transformer\ndec-cell: ssru\ntransformer-decoder-autoreg: rnn\n"
    "transformer-preprocess: \"\"\ntransformer-postprocess: dan\n";

typedef struct {
  GRand *rand;
  guint n_items;
  GByteArray *headers;
  GByteArray *names;
  GByteArray *shapes;
  GByteArray *data;
} Writer;

static void
add_u64 (GByteArray *array, guint64 value)
{
  value = GUINT64_TO_LE (value);
  g_byte_array_append (array, (guint8 *) &value, sizeof value);
}

static void
writer_add (Writer *self, const char *name, guint64 type, gint32 rows, gint32 columns,
    const void *data, gsize length)
{
  static const guint8 padding[256];
  gint32 shape[2] = { GINT32_TO_LE (rows), GINT32_TO_LE (columns) };
  gsize padded = (length + 255) / 256 * 256;

  add_u64 (self->headers, strlen (name) + 1);
  add_u64 (self->headers, type);
  add_u64 (self->headers, 2);
  add_u64 (self->headers, padded);
  g_byte_array_append (self->names, (guint8 *) name, strlen (name) + 1);
  g_byte_array_append (self->shapes, (guint8 *) shape, sizeof shape);
  g_byte_array_append (self->data, data, length);
  g_byte_array_append (self->data, padding, padded - length);
  self->n_items++;
}

static void
writer_add_floats (Writer *self, const char *name, gint32 n)
{
  g_autofree float *values = g_new (float, n);

  for (gint32 i = 0; i < n; i++)
    values[i] = g_rand_double_range (self->rand, -1, 1);
  writer_add (self, name, 0x0404, 1, n, values, n * sizeof *values);
}

/* Weights, and the scale of the activations that enter them. */
static void
writer_add_weights (Writer *self, const char *name)
{
  g_autofree gint8 *values = g_malloc (N * N + sizeof (float));
  g_autofree char *scale_name = g_strconcat (name, "_QuantMultA", NULL);
  float multiplier = 127 * 4, scale = 127 / 4.0f;

  for (gsize i = 0; i < N * N; i++)
    values[i] = g_rand_int_range (self->rand, -127, 128);
  memcpy (values + N * N, &multiplier, sizeof multiplier);
  writer_add (self, name, 0x4101, N, N, values, N * N + sizeof multiplier);
  writer_add (self, scale_name, 0x0404, 1, 1, &scale, sizeof scale);
}

/* @names: layers, each "PREFIX W SUFFIX" with a bias */
static void
writer_add_layers (Writer *self, const char *prefix, const char *suffixes, const char *norm)
{
  for (const char *suffix = suffixes; *suffix != '\0'; suffix++) {
    g_autofree char *weights = g_strdup_printf ("%sW%c", prefix, *suffix);
    g_autofree char *bias = g_strdup_printf ("%sb%c", prefix, *suffix);

    writer_add_weights (self, weights);
    writer_add_floats (self, bias, N);
  }
  {
    g_autofree char *scale = g_strdup_printf ("%s%s_ln_scale", prefix, norm);
    g_autofree char *bias = g_strdup_printf ("%s%s_ln_bias", prefix, norm);

    writer_add_floats (self, scale, N);
    writer_add_floats (self, bias, N);
  }
}

static void
writer_save (Writer *self, const char *path)
{
  g_autoptr (GByteArray) file = g_byte_array_new ();

  add_u64 (file, 1);
  add_u64 (file, self->n_items);
  g_byte_array_append (file, self->headers->data, self->headers->len);
  g_byte_array_append (file, self->names->data, self->names->len);
  g_byte_array_append (file, self->shapes->data, self->shapes->len);
  {
    gsize padding = 256 - (file->len + sizeof (guint64)) % 256;

    add_u64 (file, padding);
    g_byte_array_set_size (file, file->len + padding);
    memset (file->data + file->len - padding, 0, padding);
  }
  g_byte_array_append (file, self->data->data, self->data->len);
  g_assert_true (g_file_set_contents (path, (char *) file->data, file->len, NULL));
}

static void
write_model (const char *path, gboolean separate)
{
  Writer self = { g_rand_new_with_seed (5), 0, g_byte_array_new (), g_byte_array_new (),
    g_byte_array_new (), g_byte_array_new () };

  writer_add_layers (&self, "encoder_l1_self_", "qkvo", "Wo");
  writer_add_layers (&self, "encoder_l1_ffn_", "12", "ffn");
  writer_add_weights (&self, "decoder_l1_rnn_W");
  writer_add_layers (&self, "decoder_l1_rnn_", "f", "ffn");
  writer_add_layers (&self, "decoder_l1_context_", "qkvo", "Wo");
  writer_add_layers (&self, "decoder_l1_ffn_", "12", "ffn");
  writer_add_weights (&self, separate ? "encoder_Wemb" : "Wemb");
  if (separate)
    writer_add_weights (&self, "decoder_Wemb");
  writer_add_floats (&self, "decoder_ff_logit_out_b", N);
  writer_add (&self, "special:model.yml", 0x0101, 1, sizeof config, config, sizeof config);
  writer_save (&self, path);
  g_rand_free (self.rand);
  g_byte_array_unref (self.headers);
  g_byte_array_unref (self.names);
  g_byte_array_unref (self.shapes);
  g_byte_array_unref (self.data);
}

static void
add_piece (GByteArray *file, const char *text, float score, guint8 type)
{
  guint8 length = strlen (text);
  guint8 begin[] = { 1 << 3 | 2, 2 + length + 5 + 2, 1 << 3 | 2, length };
  guint8 end[] = { 2 << 3 | 5, 0, 0, 0, 0, 3 << 3 | 0, type };

  memcpy (end + 1, &score, sizeof score);
  g_byte_array_append (file, begin, sizeof begin);
  g_byte_array_append (file, (const guint8 *) text, length);
  g_byte_array_append (file, end, sizeof end);
}

/* A SentencePiece ModelProto (sentencepiece_model.proto): letters with and without a space. */
static void
write_vocabulary (const char *path)
{
  static const guint8 trainer[] = { 2 << 3 | 2, 4, 3 << 3 | 0, 1, 4 << 3 | 0, N };
  static const guint8 normalizer[] = { 3 << 3 | 2, 10, 1 << 3 | 2, 8, 'i', 'd', 'e', 'n', 't', 'i',
    't', 'y' };
  g_autoptr (GByteArray) file = g_byte_array_new ();
  guint n = 2;

  add_piece (file, "</s>", 0, 3);
  add_piece (file, "<unk>", 0, 2);
  for (char letter = 'a'; letter <= 'z'; letter++, n += 2) {
    char text[] = "\xe2\x96\x81x";

    text[3] = letter;
    add_piece (file, text, -2, 1);
    add_piece (file, text + 3, -3, 1);
  }
  add_piece (file, "\xe2\x96\x81", -5, 1);
  for (n++; n < N; n++) {
    char text[] = { (char) ('0' + n % 10), '\0' };

    add_piece (file, text, -4, 1);
  }
  g_byte_array_append (file, trainer, sizeof trainer);
  g_byte_array_append (file, normalizer, sizeof normalizer);
  g_assert_true (g_file_set_contents (path, (char *) file->data, file->len, NULL));
}

/* Each source token has four candidates. */
static void
write_shortlist (const char *path)
{
  g_autoptr (GByteArray) file = g_byte_array_new ();
  guint64 checksum = 0, word;

  add_u64 (file, G_GUINT64_CONSTANT (0xF11A48D5013417F5));
  add_u64 (file, 0);
  add_u64 (file, 4);
  add_u64 (file, 4);
  add_u64 (file, N + 1);
  add_u64 (file, N * 4);
  for (guint i = 0; i <= N; i++)
    add_u64 (file, i * 4);
  for (guint32 i = 0; i < N; i++)
    for (guint32 j = 0; j < 4; j++) {
      guint32 token = GUINT32_TO_LE ((i + j) % N);

      g_byte_array_append (file, (guint8 *) &token, sizeof token);
    }
  for (gsize i = 16; i + 8 <= file->len; i += 8) {
    memcpy (&word, file->data + i, sizeof word);
    checksum ^= GUINT64_FROM_LE (word) + 0x9e3779b9 + (checksum << 6) + (checksum >> 2);
  }
  checksum = GUINT64_TO_LE (checksum);
  memcpy (file->data + 8, &checksum, sizeof checksum);
  g_assert_true (g_file_set_contents (path, (char *) file->data, file->len, NULL));
}

void
tiny_model_write (const char *folder, gboolean separate, TinyModel *model)
{
  model->model = g_build_filename (folder, "model.bin", NULL);
  model->vocabulary = g_build_filename (folder, "vocab.spm", NULL);
  model->shortlist = g_build_filename (folder, "lex.bin", NULL);
  write_model (model->model, separate);
  write_vocabulary (model->vocabulary);
  write_shortlist (model->shortlist);
}

void
tiny_model_clear (TinyModel *self)
{
  g_free (self->model);
  g_free (self->vocabulary);
  g_free (self->shortlist);
}
