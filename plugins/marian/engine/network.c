/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "network.h"

#include <math.h>
#include <string.h>

#include "attention.h"
#include "layer.h"
#include "linear.h"
#include "model-config.h"

/* Positions of a translation; it is never longer. */
#define MAX_POSITIONS (2 * MARIAN_MAX_TOKENS)
/* Rows of hidden units that are computed together, so that they stay in the cache. */
#define MAX_HIDDEN_ROWS 24
/* Scratch memories that wait for the next sentence. */
#define MAX_SCRATCHES 4

typedef struct {
  MarianLinear query;
  MarianLinear key;
  MarianLinear value;
  MarianLinear output;
  MarianNorm norm;
} Attention;

typedef struct {
  MarianLinear expand;
  MarianLinear reduce;
  MarianNorm norm;
} FeedForward;

typedef struct {
  Attention attention;
  FeedForward feed_forward;
} EncoderLayer;

typedef struct {
  MarianLinear input;
  MarianLinear forget;
  MarianNorm norm;
  Attention attention;
  FeedForward feed_forward;
} DecoderLayer;

struct _MarianNetwork {
  MarianConfig config;
  MarianArithmetic arithmetic;
  const MarianKernel *kernel;
  MarianTensor source_embeddings;
  MarianTensor target_embeddings; /* also the weights of the output layer */
  MarianLinear output;
  EncoderLayer *encoder;
  DecoderLayer *decoder;
  float *positions; /* MAX_POSITIONS rows */

  GMutex lock;
  GPtrArray *scratches; /* protected by lock; of MarianScratch that is not in use */
};

struct _MarianEncoded {
  MarianNetwork *network;
  MarianScratch *scratch; /* (owned); has all arrays */
  MarianMemory *memories; /* one for each layer of the decoder */
  float *cells;           /* a row for each layer of the decoder */
  GArray *candidates;     /* of guint32; NULL = all */
  MarianLinear output;
  guint n_steps;
  float *state; /* a row */
  float *scores;
};

/* Appends a name to the prefix of a layer. */
#define NAME(buffer, prefix, suffix) \
  (g_snprintf (buffer, sizeof (buffer), "%s%s", prefix, suffix), (buffer))

typedef struct {
  MarianNetwork *network;
  MarianModelFile *file;
  GError **error;
} Loader;

/* @linear: (inout): a layer whose precision is set; @prefix: name of the weights without "W" and
 * what follows; @suffix: what follows */
static void
loader_read_linear (const Loader *self, MarianLinear *linear, const char *prefix,
    const char *suffix, guint n_outputs, guint n_inputs, gboolean has_bias)
{
  char weights[128], name[160];

  g_snprintf (weights, sizeof weights, "%sW%s", prefix, suffix);
  linear->arithmetic = self->network->arithmetic;
  linear->kernel = self->network->kernel;
  if (!marian_model_file_get_integers (
          self->file, weights, n_outputs, n_inputs, &linear->weights, self->error))
    return;
  g_snprintf (name, sizeof name, "%s_QuantMultA", weights);
  linear->scale = marian_model_file_get_scalar (self->file, name, 0);
  if (linear->scale == 0 && linear->arithmetic == MARIAN_ARITHMETIC_INT8_SATURATING) {
    g_set_error (self->error, MARIAN_ERROR, MARIAN_ERROR_MODEL,
        "the model lacks %s; use another arithmetic", name);
    return;
  }
  if (has_bias) {
    g_snprintf (name, sizeof name, "%sb%s", prefix, suffix);
    linear->bias = marian_model_file_get_floats (self->file, name, n_outputs, self->error);
  }
  if (*self->error != NULL || linear->arithmetic == MARIAN_ARITHMETIC_FLOAT)
    return;
  marian_linear_pack (linear);
  marian_model_file_release (self->file, &linear->weights);
}

static void
loader_read_norm (const Loader *self, MarianNorm *norm, const char *prefix)
{
  guint n = self->network->config.n_columns;
  char name[128];

  norm->scale =
      marian_model_file_get_floats (self->file, NAME (name, prefix, "_ln_scale"), n, self->error);
  norm->bias =
      marian_model_file_get_floats (self->file, NAME (name, prefix, "_ln_bias"), n, self->error);
}

static void
loader_read_attention (const Loader *self, Attention *attention, const char *prefix)
{
  guint n = self->network->config.n_columns;
  char name[128];

  loader_read_linear (self, &attention->query, prefix, "q", n, n, TRUE);
  loader_read_linear (self, &attention->key, prefix, "k", n, n, TRUE);
  loader_read_linear (self, &attention->value, prefix, "v", n, n, TRUE);
  loader_read_linear (self, &attention->output, prefix, "o", n, n, TRUE);
  loader_read_norm (self, &attention->norm, NAME (name, prefix, "Wo"));
}

static void
loader_read_feed_forward (const Loader *self, FeedForward *feed_forward, const char *prefix)
{
  const MarianConfig *config = &self->network->config;
  char name[128];

  feed_forward->expand.rectify = TRUE;
  loader_read_linear (
      self, &feed_forward->expand, prefix, "1", config->n_hidden, config->n_columns, TRUE);
  loader_read_linear (
      self, &feed_forward->reduce, prefix, "2", config->n_columns, config->n_hidden, TRUE);
  loader_read_norm (self, &feed_forward->norm, NAME (name, prefix, "ffn"));
}

static void
loader_read_encoder (const Loader *self)
{
  const MarianConfig *config = &self->network->config;

  self->network->encoder = g_new0 (EncoderLayer, config->n_encoder_layers);
  for (guint i = 0; i < config->n_encoder_layers; i++) {
    EncoderLayer *layer = &self->network->encoder[i];
    char prefix[64], name[128];

    g_snprintf (prefix, sizeof prefix, "encoder_l%u", i + 1);
    loader_read_attention (self, &layer->attention, NAME (name, prefix, "_self_"));
    /* These are three of eight products of the encoder. With 8 bits for them, three lines of 600
     * differ; with 8 bits for the others, one of twenty. The decoder waits for its weights, and
     * would not be faster. */
    layer->feed_forward.reduce.precision = MARIAN_PRECISION_POSITIVE;
    loader_read_feed_forward (self, &layer->feed_forward, NAME (name, prefix, "_ffn_"));
  }
}

static void
loader_read_decoder (const Loader *self)
{
  const MarianConfig *config = &self->network->config;
  guint n = config->n_columns;

  self->network->decoder = g_new0 (DecoderLayer, config->n_decoder_layers);
  for (guint i = 0; i < config->n_decoder_layers; i++) {
    DecoderLayer *layer = &self->network->decoder[i];
    char prefix[64], name[128];

    g_snprintf (prefix, sizeof prefix, "decoder_l%u", i + 1);
    loader_read_linear (self, &layer->input, NAME (name, prefix, "_rnn_"), "", n, n, FALSE);
    loader_read_linear (self, &layer->forget, NAME (name, prefix, "_rnn_"), "f", n, n, TRUE);
    loader_read_norm (self, &layer->norm, NAME (name, prefix, "_rnn_ffn"));
    loader_read_attention (self, &layer->attention, NAME (name, prefix, "_context_"));
    loader_read_feed_forward (self, &layer->feed_forward, NAME (name, prefix, "_ffn_"));
  }
}

static void
loader_read_embeddings (const Loader *self)
{
  MarianNetwork *network = self->network;
  gboolean shared = marian_model_file_has (self->file, "Wemb");
  const char *source = shared ? "Wemb" : "encoder_Wemb";
  const char *target = shared ? "Wemb" : "decoder_Wemb";
  float scale = marian_model_file_get_scalar (self->file, "none_QuantMultA", 1);

  scale = marian_model_file_get_scalar (self->file, "Wemb_QuantMultA", scale);
  scale = marian_model_file_get_scalar (self->file, "decoder_Wemb_QuantMultA", scale);
  if (!marian_model_file_get_integers (self->file, source, 0, network->config.n_columns,
          &network->source_embeddings, self->error) ||
      !marian_model_file_get_integers (self->file, target, 0, network->config.n_columns,
          &network->target_embeddings, self->error))
    return;
  network->output = (MarianLinear){ .weights = network->target_embeddings,
    .bias = marian_model_file_get_floats (
        self->file, "decoder_ff_logit_out_b", network->target_embeddings.rows, self->error),
    .scale = scale,
    .arithmetic = network->arithmetic,
    .kernel = network->kernel };
}

/* The first half of a row has all sines, the second half all cosines. */
static void
network_compute_positions (MarianNetwork *self)
{
  guint n = self->config.n_columns, half = n / 2;
  float step = (float) log (10000.0) / (float) (half - 1);

  self->positions = g_new (float, (gsize) MAX_POSITIONS *n);
  for (guint i = 0; i < half; i++) {
    float frequency = (float) exp ((double) ((float) i * -step));

    for (guint position = 0; position < MAX_POSITIONS; position++) {
      double angle = (double) ((float) position * frequency);

      self->positions[(gsize) position * n + i] = (float) sin (angle);
      self->positions[(gsize) position * n + half + i] = (float) cos (angle);
    }
  }
}

MarianNetwork *
marian_network_new (MarianModelFile *file, MarianArithmetic arithmetic, GError **error)
{
  g_autoptr (MarianNetwork) self = g_new0 (MarianNetwork, 1);
  g_autoptr (GError) failure = NULL;
  g_autofree char *yaml = marian_model_file_dup_config (file);
  Loader loader = { self, file, &failure };

  g_mutex_init (&self->lock);
  self->scratches = g_ptr_array_new_with_free_func ((GDestroyNotify) marian_scratch_free);
  self->arithmetic = arithmetic;
  self->kernel = marian_kernel_get_best (arithmetic == MARIAN_ARITHMETIC_INT8_SATURATING);
  if (!marian_config_parse (&self->config, yaml != NULL ? yaml : "", error))
    return NULL;
  loader_read_embeddings (&loader);
  if (failure == NULL)
    loader_read_encoder (&loader);
  if (failure == NULL)
    loader_read_decoder (&loader);
  if (failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
  }
  network_compute_positions (self);
  return g_steal_pointer (&self);
}

void
marian_network_pack_output (MarianNetwork *self)
{
  if (self->arithmetic != MARIAN_ARITHMETIC_FLOAT)
    marian_linear_pack (&self->output);
}

static void
attention_clear (Attention *self)
{
  marian_linear_clear (&self->query);
  marian_linear_clear (&self->key);
  marian_linear_clear (&self->value);
  marian_linear_clear (&self->output);
}

static void
feed_forward_clear (FeedForward *self)
{
  marian_linear_clear (&self->expand);
  marian_linear_clear (&self->reduce);
}

void
marian_network_free (MarianNetwork *self)
{
  for (guint i = 0; self->encoder != NULL && i < self->config.n_encoder_layers; i++) {
    attention_clear (&self->encoder[i].attention);
    feed_forward_clear (&self->encoder[i].feed_forward);
  }
  for (guint i = 0; self->decoder != NULL && i < self->config.n_decoder_layers; i++) {
    marian_linear_clear (&self->decoder[i].input);
    marian_linear_clear (&self->decoder[i].forget);
    attention_clear (&self->decoder[i].attention);
    feed_forward_clear (&self->decoder[i].feed_forward);
  }
  marian_linear_clear (&self->output);
  g_ptr_array_unref (self->scratches);
  g_mutex_clear (&self->lock);
  g_free (self->encoder);
  g_free (self->decoder);
  g_free (self->positions);
  g_free (self);
}

guint
marian_network_get_n_source (MarianNetwork *self)
{
  return self->source_embeddings.rows;
}

guint
marian_network_get_n_target (MarianNetwork *self)
{
  return self->target_embeddings.rows;
}

/* Returns: (transfer full): scratch memory that fits, most likely */
static MarianScratch *
network_take_scratch (MarianNetwork *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->scratches->len == 0)
    return marian_scratch_new ();
  return g_ptr_array_steal_index_fast (self->scratches, self->scratches->len - 1);
}

/* @scratch: (transfer full): scratch memory */
static void
network_give_scratch (MarianNetwork *self, MarianScratch *scratch)
{
  g_autoptr (GMutexLocker) locker = NULL;

  marian_scratch_reset (scratch);
  locker = g_mutex_locker_new (&self->lock);
  if (self->scratches->len < MAX_SCRATCHES)
    g_ptr_array_add (self->scratches, scratch);
  else
    marian_scratch_free (scratch);
}

/* @token: %G_MAXUINT32 for an embedding of zeros */
static void
network_embed (
    MarianNetwork *self, const MarianTensor *embeddings, guint32 token, guint position, float *row)
{
  guint n = self->config.n_columns;
  const float *positions = self->positions + (gsize) position * n;

  if (token == G_MAXUINT32)
    memcpy (row, positions, n * sizeof *row);
  else
    marian_embed (
        embeddings->bytes + (gsize) token * n, 1.0f / embeddings->multiplier, positions, n, row);
}

static void
attention_fill_memory (const Attention *self, MarianInput *input, MarianMemory *memory)
{
  MarianMark mark;
  float *keys;

  /* Quantises the input before the mark, for the layers that follow. */
  marian_linear_apply (&self->value, input, memory->values);
  mark = marian_scratch_mark (input->scratch);
  keys = marian_scratch_new_array (input->scratch, float, memory->n_tokens * memory->n_columns);
  marian_linear_apply (&self->key, input, keys);
  marian_memory_set_keys (memory, keys);
  marian_scratch_rewind (input->scratch, mark);
}

/* @rows: (inout): the rows of @input */
static void
attention_apply (const Attention *self, const MarianMemory *memory, MarianInput *input, float *rows)
{
  MarianScratch *scratch = input->scratch;
  gsize size = input->n_rows * input->n_columns;
  float *queries = marian_scratch_new_array (scratch, float, size);
  float *mixed = marian_scratch_new_array (scratch, float, size);
  MarianInput output;

  marian_linear_apply (&self->query, input, queries);
  marian_attend (memory, queries, input->n_rows, mixed);
  marian_input_init (&output, mixed, input->n_rows, input->n_columns, scratch);
  marian_linear_apply (&self->output, &output, queries);
  marian_norm_apply (&self->norm, queries, rows, input->n_rows, input->n_columns);
}

/* @rows: (inout): some rows */
static void
feed_forward_apply (const FeedForward *self, float *rows, gsize n_rows, MarianScratch *scratch)
{
  gsize n_columns = self->expand.weights.columns, n_hidden = self->expand.weights.rows;
  MarianMark mark = marian_scratch_mark (scratch);
  float *hidden = marian_scratch_new_array (scratch, float, n_rows *n_hidden);
  float *output = marian_scratch_new_array (scratch, float, n_rows *n_columns);
  MarianInput input;

  marian_input_init (&input, rows, n_rows, n_columns, scratch);
  marian_linear_apply (&self->expand, &input, hidden);
  marian_input_init (&input, hidden, n_rows, n_hidden, scratch);
  marian_linear_apply (&self->reduce, &input, output);
  marian_norm_apply (&self->norm, output, rows, n_rows, n_columns);
  marian_scratch_rewind (scratch, mark);
}

/* @rows: (inout): a row for each token */
static void
encoder_layer_apply (
    const EncoderLayer *self, MarianMemory *memory, float *rows, MarianScratch *scratch)
{
  MarianMark mark = marian_scratch_mark (scratch);
  MarianInput input;

  marian_input_init (&input, rows, memory->n_tokens, memory->n_columns, scratch);
  attention_fill_memory (&self->attention, &input, memory);
  attention_apply (&self->attention, memory, &input, rows);
  marian_scratch_rewind (scratch, mark);
  for (gsize i = 0; i < memory->n_tokens; i += MAX_HIDDEN_ROWS)
    feed_forward_apply (&self->feed_forward, rows + i * memory->n_columns,
        MIN (MAX_HIDDEN_ROWS, memory->n_tokens - i), scratch);
}

/* Returns: (transfer none): a row for each token */
static float *
network_run_encoder (
    MarianNetwork *self, const guint32 *tokens, gsize n_tokens, MarianScratch *scratch)
{
  guint n = self->config.n_columns;
  float *rows = marian_scratch_new_array (scratch, float, n_tokens *n);
  MarianMark mark = marian_scratch_mark (scratch);
  MarianMemory memory = { .n_tokens = n_tokens, .n_heads = self->config.n_heads, .n_columns = n };

  marian_memory_init (&memory, scratch);
  for (gsize i = 0; i < n_tokens; i++)
    network_embed (self, &self->source_embeddings, tokens[i], i, rows + i * n);
  for (guint i = 0; i < self->config.n_encoder_layers; i++)
    encoder_layer_apply (&self->encoder[i], &memory, rows, scratch);
  marian_scratch_rewind (scratch, mark);
  return rows;
}

/* Copies the rows of the candidates, so that the output layer reads contiguous memory. */
static void
encoded_prepare_output (MarianEncoded *self)
{
  const MarianLinear *all = &self->network->output;

  if (self->candidates == NULL)
    self->output = *all;
  else
    marian_linear_select (&self->output, all, (const guint32 *) self->candidates->data,
        self->candidates->len, self->scratch);
}

/* Keys and values for the attention of the decoder */
static void
encoded_fill_memories (MarianEncoded *self, const guint32 *tokens, gsize n_tokens)
{
  MarianNetwork *network = self->network;
  const MarianConfig *config = &network->config;
  MarianMemory memory = {
    .n_tokens = n_tokens, .n_heads = config->n_heads, .n_columns = config->n_columns
  };
  MarianInput input;
  MarianMark mark;
  float *rows;

  self->memories = marian_scratch_new_array (self->scratch, MarianMemory, config->n_decoder_layers);
  for (guint i = 0; i < config->n_decoder_layers; i++) {
    self->memories[i] = memory;
    marian_memory_init (&self->memories[i], self->scratch);
  }
  mark = marian_scratch_mark (self->scratch);
  rows = network_run_encoder (network, tokens, n_tokens, self->scratch);
  marian_input_init (&input, rows, n_tokens, config->n_columns, self->scratch);
  for (guint i = 0; i < config->n_decoder_layers; i++)
    attention_fill_memory (&network->decoder[i].attention, &input, &self->memories[i]);
  marian_scratch_rewind (self->scratch, mark);
}

MarianEncoded *
marian_network_encode (
    MarianNetwork *self, const guint32 *tokens, gsize n_tokens, GArray *candidates)
{
  MarianEncoded *encoded = g_new0 (MarianEncoded, 1);
  gsize n_cells = (gsize) self->config.n_decoder_layers * self->config.n_columns;

  encoded->network = self;
  encoded->scratch = network_take_scratch (self);
  encoded->candidates = candidates != NULL ? g_array_ref (candidates) : NULL;
  encoded_fill_memories (encoded, tokens, n_tokens);
  encoded_prepare_output (encoded);
  encoded->cells = marian_scratch_new_array (encoded->scratch, float, n_cells);
  memset (encoded->cells, 0, n_cells * sizeof (float));
  encoded->state = marian_scratch_new_array (encoded->scratch, float, self->config.n_columns);
  encoded->scores =
      marian_scratch_new_array (encoded->scratch, float, encoded->output.weights.rows);
  return encoded;
}

void
marian_encoded_free (MarianEncoded *self)
{
  network_give_scratch (self->network, self->scratch);
  g_clear_pointer (&self->candidates, g_array_unref);
  g_free (self);
}

static void
decoder_layer_apply (const DecoderLayer *self, const MarianMemory *memory, float *cell,
    float *state, MarianScratch *scratch)
{
  gsize n = memory->n_columns;
  float *gate = marian_scratch_new_array (scratch, float, n);
  float *row = marian_scratch_new_array (scratch, float, n);
  MarianInput input;

  marian_input_init (&input, state, 1, n, scratch);
  marian_linear_apply (&self->forget, &input, gate);
  marian_linear_apply (&self->input, &input, row);
  marian_ssru_step (cell, gate, row, n);
  marian_norm_apply (&self->norm, row, state, 1, n);
  marian_input_init (&input, state, 1, n, scratch);
  attention_apply (&self->attention, memory, &input, state);
  feed_forward_apply (&self->feed_forward, state, 1, scratch);
}

float *
marian_encoded_step (MarianEncoded *self, guint32 previous, gsize *source)
{
  MarianNetwork *network = self->network;
  MarianMark mark = marian_scratch_mark (self->scratch);
  MarianInput input;

  network_embed (network, &network->target_embeddings, previous,
      MIN (self->n_steps, MAX_POSITIONS - 1), self->state);
  self->n_steps++;
  for (guint i = 0; i < network->config.n_decoder_layers; i++)
    decoder_layer_apply (&network->decoder[i], &self->memories[i],
        self->cells + (gsize) i * network->config.n_columns, self->state, self->scratch);
  if (source != NULL)
    *source = marian_find_greatest (
        self->memories[network->config.n_decoder_layers - 1].weights, self->memories[0].n_tokens);
  marian_input_init (&input, self->state, 1, network->config.n_columns, self->scratch);
  marian_linear_apply (&self->output, &input, self->scores);
  marian_scratch_rewind (self->scratch, mark);
  return self->scores;
}

gsize
marian_encoded_get_n_candidates (MarianEncoded *self)
{
  return self->output.weights.rows;
}

guint32
marian_encoded_get_candidate (MarianEncoded *self, gsize index)
{
  return self->candidates != NULL ? g_array_index (self->candidates, guint32, index) : index;
}

static int
compare_tokens (gconstpointer a, gconstpointer b)
{
  guint32 token_a = *(const guint32 *) a, token_b = *(const guint32 *) b;

  return token_a < token_b ? -1 : token_a > token_b;
}

gboolean
marian_encoded_find_candidate (MarianEncoded *self, guint32 token, gsize *index)
{
  guint found = token;

  if (self->candidates != NULL &&
      !g_array_binary_search (self->candidates, &token, compare_tokens, &found))
    return FALSE;
  *index = found;
  return found < self->output.weights.rows;
}
