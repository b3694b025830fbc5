/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Encodes the model as protobuf bytes; the numbers of fields are those of onnx.proto. */
#include "tone-model.h"

#include "habla-test.h"

#include <math.h>
#include <string.h>

#define RATE 16000
#define MEL_BINS 80
#define N_TOKENS 5
#define WINDOW 8
/* Of the model that always says the same: frames of a minute, and tokens. */
#define N_FRAMES 1000
#define N_LABELS 6

/* Mel bins of 1000, 1500, 2000 and 2500 Hz. */
static const guint bins[N_TOKENS - 1] = { 26, 36, 44, 50 };
static const guint frequencies[N_TOKENS - 1] = { 1000, 1500, 2000, 2500 };
static const char letters[] = "abc ";

static void
put_varint (GByteArray *out, guint64 value)
{
  guint8 byte;

  do {
    byte = (value & 0x7f) | (value > 0x7f ? 0x80 : 0);
    g_byte_array_append (out, &byte, 1);
    value >>= 7;
  } while (value > 0);
}

static void
put_number (GByteArray *out, guint field, guint64 value)
{
  put_varint (out, field << 3);
  put_varint (out, value);
}

static void
put_bytes (GByteArray *out, guint field, gconstpointer data, gsize size)
{
  put_varint (out, field << 3 | 2);
  put_varint (out, size);
  g_byte_array_append (out, data, size);
}

static void
put_string (GByteArray *out, guint field, const char *string)
{
  put_bytes (out, field, string, strlen (string));
}

/* @message: (transfer full) */
static void
put_message (GByteArray *out, guint field, GByteArray *message)
{
  put_bytes (out, field, message->data, message->len);
  g_byte_array_unref (message);
}

static void
put_metadata (GByteArray *model, const char *key, const char *value)
{
  GByteArray *entry = g_byte_array_new ();

  put_string (entry, 1, key);
  put_string (entry, 2, value);
  put_message (model, 14, entry);
}

/* An attribute of integers, or of one. */
static void
put_integers (GByteArray *node, const char *name, gboolean is_list, const gint64 *values, guint n)
{
  GByteArray *attribute = g_byte_array_new ();

  put_string (attribute, 1, name);
  for (guint i = 0; i < n; i++)
    put_number (attribute, is_list ? 8 : 3, values[i]);
  put_number (attribute, 20, is_list ? 7 : 2);
  put_message (node, 5, attribute);
}

/* @inputs: names, separated by blanks
 * Returns: (transfer full): a node */
static GByteArray *
make_node (const char *type, const char *inputs, const char *output)
{
  GByteArray *node = g_byte_array_new ();
  g_auto (GStrv) names = g_strsplit (inputs, " ", -1);

  for (guint i = 0; names[i] != NULL; i++)
    put_string (node, 1, names[i]);
  put_string (node, 2, output);
  put_string (node, 4, type);
  return node;
}

/* @field: 11 for an input, 12 for an output
 * @shape: numbers, separated by blanks; `B` is the size of the batch */
static void
put_value (GByteArray *graph, guint field, const char *name, guint type, const char *shape)
{
  GByteArray *dimensions = g_byte_array_new ();
  GByteArray *tensor = g_byte_array_new ();
  GByteArray *kind = g_byte_array_new ();
  GByteArray *value = g_byte_array_new ();
  g_auto (GStrv) sizes = g_strsplit (shape, " ", -1);

  for (guint i = 0; sizes[i] != NULL; i++) {
    GByteArray *dimension = g_byte_array_new ();

    if (g_ascii_isdigit (*sizes[i]))
      put_number (dimension, 1, g_ascii_strtoull (sizes[i], NULL, 10));
    else
      put_string (dimension, 2, sizes[i]);
    put_message (dimensions, 1, dimension);
  }
  put_number (tensor, 1, type);
  put_message (tensor, 2, dimensions);
  put_message (kind, 1, tensor);
  put_string (value, 1, name);
  put_message (value, 2, kind);
  put_message (graph, field, value);
}

static void
put_tensor (GByteArray *graph, const char *name, const gint64 *shape, GBytes *data, guint type)
{
  GByteArray *tensor = g_byte_array_new ();

  for (; *shape > 0; shape++)
    put_number (tensor, 1, *shape);
  put_number (tensor, 2, type);
  put_string (tensor, 8, name);
  put_bytes (tensor, 9, g_bytes_get_data (data, NULL), g_bytes_get_size (data));
  put_message (graph, 5, tensor);
}

enum { TYPE_FLOAT = 1, TYPE_INT32 = 6, TYPE_INT64 = 7 };

static void
put_weights (GByteArray *graph)
{
  static float weights[N_TOKENS][MEL_BINS][4];
  /* Silence is blank. */
  static const float bias[N_TOKENS] = { 0, 0, 0, 0, 6 };
  static const gint64 four = 4;
  g_autoptr (GBytes) weight_bytes = NULL;
  g_autoptr (GBytes) bias_bytes = g_bytes_new_static (bias, sizeof bias);
  g_autoptr (GBytes) four_bytes = g_bytes_new_static (&four, sizeof four);

  /* A tone is its mel bin less the mean of all, averaged over four frames. */
  for (guint token = 0; token < N_TOKENS - 1; token++)
    for (guint bin = 0; bin < MEL_BINS; bin++)
      for (guint frame = 0; frame < 4; frame++)
        weights[token][bin][frame] = ((bin == bins[token]) - 1.0f / MEL_BINS) / 4;
  weight_bytes = g_bytes_new_static (weights, sizeof weights);
  put_tensor (graph, "w", (const gint64[]){ N_TOKENS, MEL_BINS, 4, 0 }, weight_bytes, TYPE_FLOAT);
  put_tensor (graph, "b", (const gint64[]){ N_TOKENS, 0 }, bias_bytes, TYPE_FLOAT);
  put_tensor (graph, "four", (const gint64[]){ 1, 0 }, four_bytes, TYPE_INT64);
}

static GByteArray *
make_graph (void)
{
  static const gint64 stride[] = { 4 };
  static const gint64 order[] = { 0, 2, 1 };
  static const gint64 last[] = { 2 };
  GByteArray *graph = g_byte_array_new ();
  GByteArray *node = make_node ("Conv", "x w b", "scores");

  put_integers (node, "kernel_shape", TRUE, stride, 1);
  put_integers (node, "strides", TRUE, stride, 1);
  put_message (graph, 1, node);
  node = make_node ("Transpose", "scores", "frames");
  put_integers (node, "perm", TRUE, order, G_N_ELEMENTS (order));
  put_message (graph, 1, node);
  node = make_node ("LogSoftmax", "frames", "logprobs");
  put_integers (node, "axis", FALSE, last, 1);
  put_message (graph, 1, node);
  put_message (graph, 1, make_node ("Div", "length four", "encoded_length"));
  put_message (graph, 1, make_node ("Identity", "channel", "channel_next"));
  put_message (graph, 1, make_node ("Identity", "time", "time_next"));
  put_message (graph, 1, make_node ("Identity", "channel_len", "channel_len_next"));
  put_string (graph, 2, "tones");
  put_weights (graph);
  put_value (graph, 11, "x", TYPE_FLOAT, "B 80 8");
  put_value (graph, 11, "length", TYPE_INT64, "B");
  put_value (graph, 11, "channel", TYPE_FLOAT, "B 1 1 1");
  put_value (graph, 11, "time", TYPE_FLOAT, "B 1 1 1");
  put_value (graph, 11, "channel_len", TYPE_INT64, "B");
  put_value (graph, 12, "logprobs", TYPE_FLOAT, "B 2 5");
  put_value (graph, 12, "encoded_length", TYPE_INT64, "B");
  put_value (graph, 12, "channel_next", TYPE_FLOAT, "B 1 1 1");
  put_value (graph, 12, "time_next", TYPE_FLOAT, "B 1 1 1");
  put_value (graph, 12, "channel_len_next", TYPE_INT64, "B");
  return graph;
}

/* @graph: (transfer full)
 * Returns: (transfer full): a model without metadata */
static GByteArray *
make_plain_model (guint version, GByteArray *graph)
{
  GByteArray *model = g_byte_array_new ();
  GByteArray *opset = g_byte_array_new ();

  put_number (model, 1, version);
  put_string (opset, 1, "");
  put_number (opset, 2, 17);
  put_message (model, 8, opset);
  put_message (model, 7, graph);
  return model;
}

static GByteArray *
make_model (ToneModelFault fault, const char *key, const char *value)
{
  static const char *const metadata[][2] = {
    { "window_size", "8" },
    { "chunk_shift", "8" },
    { "subsampling_factor", "4" },
    { "vocab_size", "4" },
    { "cache_last_channel_dim1", "1" },
    { "cache_last_channel_dim2", "1" },
    { "cache_last_channel_dim3", "1" },
    { "cache_last_time_dim1", "1" },
    { "cache_last_time_dim2", "1" },
    { "cache_last_time_dim3", "1" },
  };
  GByteArray *model = make_plain_model (fault == TONE_MODEL_NEWER ? 99 : 8, make_graph ());

  for (guint i = 0; i < G_N_ELEMENTS (metadata); i++) {
    gboolean is_wrong = g_strcmp0 (metadata[i][0], key) == 0;

    if (is_wrong && fault == TONE_MODEL_METADATA)
      put_metadata (model, key, value);
    else if (!is_wrong || fault != TONE_MODEL_NO_METADATA)
      put_metadata (model, metadata[i][0], metadata[i][1]);
  }
  if (fault == TONE_MODEL_TRUNCATED)
    g_byte_array_set_size (model, model->len / 2);
  if (fault == TONE_MODEL_NO_MODEL)
    memset (model->data, 'x', model->len);
  return model;
}

/* Returns: (transfer full): path of a new folder with the model */
static char *
write_folder (const char *name, GByteArray *model, const char *tokens)
{
  g_autofree char *folder = g_build_filename (habla_test_get_dir (), name, NULL);
  g_autofree char *model_path = g_build_filename (folder, "model.onnx", NULL);
  g_autofree char *tokens_path = g_build_filename (folder, "tokens.txt", NULL);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (folder, 0700);
  g_file_set_contents (model_path, (char *) model->data, model->len, &error);
  g_assert_no_error (error);
  g_file_set_contents (tokens_path, tokens, -1, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&folder);
}

char *
tone_model_write (const char *name, ToneModelFault fault, const char *key, const char *value)
{
  g_autoptr (GByteArray) model = make_model (fault, key, value);

  return write_folder (
      name, model, fault == TONE_MODEL_TOKENS ? value : "a 0\nb 1\nc 2\n\xe2\x96\x81 3\n<blk> 4\n");
}

/* Whatever the audio is: the tags of an answer, and a word. */
static GByteArray *
make_fixed_graph (void)
{
  static float scores[N_FRAMES][N_LABELS];
  static const guint8 said[] = { 1, 2, 3, 4, 5 };
  GByteArray *graph = g_byte_array_new ();
  g_autoptr (GBytes) bytes = g_bytes_new_static (scores, sizeof scores);

  for (guint i = 0; i < N_FRAMES; i++)
    scores[i][i < G_N_ELEMENTS (said) ? said[i] : 0] = 9;
  put_message (graph, 1, make_node ("Identity", "table", "logits"));
  put_string (graph, 2, "fixed");
  put_tensor (graph, "table", (const gint64[]){ 1, N_FRAMES, N_LABELS, 0 }, bytes, TYPE_FLOAT);
  put_value (graph, 11, "x", TYPE_FLOAT, "B T 560");
  put_value (graph, 11, "x_length", TYPE_INT32, "B");
  put_value (graph, 11, "language", TYPE_INT32, "B");
  put_value (graph, 11, "text_norm", TYPE_INT32, "B");
  put_value (graph, 12, "logits", TYPE_FLOAT, "B F 6");
  return graph;
}

/* Returns: (transfer full): the same number for each of the 560 features */
static char *
repeat (const char *number)
{
  GString *list = g_string_new (number);

  for (guint i = 1; i < 560; i++)
    g_string_append_printf (list, ",%s", number);
  return g_string_free (list, FALSE);
}

char *
tone_model_write_sense_voice (const char *name, const char *label)
{
  static const char *const metadata[][2] = { { "model_type", "sense_voice_ctc" },
    { "vocab_size", "6" }, { "lfr_window_size", "7" }, { "lfr_window_shift", "6" },
    { "normalize_samples", "0" }, { "with_itn", "14" }, { "without_itn", "15" },
    { "lang_auto", "0" }, { "lang_zh", "3" }, { "lang_en", "4" }, { "lang_yue", "7" },
    { "lang_ja", "11" }, { "lang_ko", "12" } };
  g_autoptr (GByteArray) model = make_plain_model (8, make_fixed_graph ());
  g_autofree char *zeros = repeat ("0"), *ones = repeat ("1");
  g_autofree char *tokens = g_strdup_printf (
      "<blk> 0\n%s 1\n<|NEUTRAL|> 2\n<|Speech|> 3\n<|woitn|> 4\n\xe2\x96\x81mesa 5\n", label);

  for (guint i = 0; i < G_N_ELEMENTS (metadata); i++)
    put_metadata (model, metadata[i][0], metadata[i][1]);
  put_metadata (model, "neg_mean", zeros);
  put_metadata (model, "inv_stddev", ones);
  return write_folder (name, model, tokens);
}

static void
append_tone (GArray *samples, guint frequency, guint n_samples)
{
  for (guint i = 0; i < n_samples; i++) {
    gint16 sample = frequency > 0 ? 8000 * sin (2 * G_PI * frequency * i / RATE) : 0;

    g_array_append_val (samples, sample);
  }
}

void
tone_model_speak (GArray *samples, const char *text)
{
  for (const char *c = text; *c != '\0'; c++) {
    const char *letter = strchr (letters, *c);

    if (letter == NULL) {
      append_tone (samples, 0, RATE / 10);
      continue;
    }
    append_tone (samples, frequencies[letter - letters], RATE * 120 / 1000);
    append_tone (samples, 0, RATE * 80 / 1000);
  }
}
