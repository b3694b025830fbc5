/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "network.h"

#include <math.h>
#include <string.h>

#include "model-config.h"

/* Positions of a translation; it is never longer. */
#define MAX_POSITIONS 512

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
  const float *output_bias;
  float output_scale;
  EncoderLayer *encoder;
  DecoderLayer *decoder;
  float *positions; /* MAX_POSITIONS rows */
};

struct _MarianEncoded {
  MarianNetwork *network;
  MarianScratch scratch;
  MarianMemory *memories; /* one for each layer of the decoder */
  float *cells;           /* a row for each layer of the decoder */
  GArray *candidates;     /* of guint32; NULL = all */
  MarianLinear output;
  gint8 *output_weights; /* rows of the candidates, and their biases */
  float *output_bias;
  guint n_steps;

  /* Rows of the step. */
  float *state;
  float *row;
  float *gate;
  float *hidden;
  float *weights;
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

/* @name: name of the weights without "W" and what follows; @suffix: what follows */
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
  marian_linear_sum_weights (linear);
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
  network->output_scale = scale;
  if (!marian_model_file_get_integers (self->file, source, 0, network->config.n_columns,
          &network->source_embeddings, self->error) ||
      !marian_model_file_get_integers (self->file, target, 0, network->config.n_columns,
          &network->target_embeddings, self->error))
    return;
  network->output_bias = marian_model_file_get_floats (
      self->file, "decoder_ff_logit_out_b", network->target_embeddings.rows, self->error);
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

static void
attention_clear (Attention *self)
{
  g_free (self->query.sums);
  g_free (self->key.sums);
  g_free (self->value.sums);
  g_free (self->output.sums);
}

static void
feed_forward_clear (FeedForward *self)
{
  g_free (self->expand.sums);
  g_free (self->reduce.sums);
}

void
marian_network_free (MarianNetwork *self)
{
  for (guint i = 0; self->encoder != NULL && i < self->config.n_encoder_layers; i++) {
    attention_clear (&self->encoder[i].attention);
    feed_forward_clear (&self->encoder[i].feed_forward);
  }
  for (guint i = 0; self->decoder != NULL && i < self->config.n_decoder_layers; i++) {
    g_free (self->decoder[i].input.sums);
    g_free (self->decoder[i].forget.sums);
    attention_clear (&self->decoder[i].attention);
    feed_forward_clear (&self->decoder[i].feed_forward);
  }
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

/* @token: %G_MAXUINT32 for an embedding of zeros */
static void
network_embed (
    MarianNetwork *self, const MarianTensor *embeddings, guint32 token, guint position, float *row)
{
  guint n = self->config.n_columns;
  const float *positions = self->positions + (gsize) position * n;
  float unit = 1.0f / embeddings->multiplier;
  float scale = sqrtf ((float) n);

  if (token == G_MAXUINT32) {
    memcpy (row, positions, n * sizeof *row);
    return;
  }
  for (guint i = 0; i < n; i++)
    row[i] = scale * ((float) embeddings->bytes[(gsize) token * n + i] * unit) + positions[i];
}

static void
attention_fill_memory (const Attention *self, const float *rows, MarianMemory *memory, float *keys,
    MarianScratch *scratch)
{
  marian_linear_apply (&self->key, rows, memory->n_tokens, keys, scratch);
  marian_memory_set_keys (memory, keys);
  marian_linear_apply (&self->value, rows, memory->n_tokens, memory->values, scratch);
}

/* @queries, @output: room for @n_rows rows; @rows: (inout) */
static void
attention_apply (const Attention *self, const MarianMemory *memory, float *rows, gsize n_rows,
    float *queries, float *output, float *weights, MarianScratch *scratch)
{
  marian_linear_apply (&self->query, rows, n_rows, queries, scratch);
  marian_attend (memory, queries, n_rows, output, weights);
  marian_linear_apply (&self->output, output, n_rows, queries, scratch);
  marian_norm_apply (&self->norm, queries, rows, n_rows, memory->n_columns);
}

/* @hidden: room for @n_rows rows of hidden units; @output: for @n_rows rows; @rows: (inout) */
static void
feed_forward_apply (const FeedForward *self, float *rows, gsize n_rows, float *hidden,
    float *output, MarianScratch *scratch)
{
  marian_linear_apply (&self->expand, rows, n_rows, hidden, scratch);
  marian_relu (hidden, n_rows * self->expand.weights.rows);
  marian_linear_apply (&self->reduce, hidden, n_rows, output, scratch);
  marian_norm_apply (&self->norm, output, rows, n_rows, self->reduce.weights.rows);
}

/* Returns: (transfer full): a row for each token */
static float *
network_run_encoder (
    MarianNetwork *self, const guint32 *tokens, gsize n_tokens, MarianScratch *scratch)
{
  guint n = self->config.n_columns;
  float *rows = g_new (float, n_tokens *n);
  g_autofree float *first = g_new (float, n_tokens *n);
  g_autofree float *second = g_new (float, n_tokens *n);
  g_autofree float *hidden = g_new (float, n_tokens * self->config.n_hidden);
  g_autofree float *weights = NULL;
  MarianMemory memory;

  marian_memory_init (&memory, n_tokens, self->config.n_heads, n);
  weights = g_new (float, memory.stride);
  for (gsize i = 0; i < n_tokens; i++)
    network_embed (self, &self->source_embeddings, tokens[i], i, rows + i * n);
  for (guint i = 0; i < self->config.n_encoder_layers; i++) {
    const EncoderLayer *layer = &self->encoder[i];

    attention_fill_memory (&layer->attention, rows, &memory, first, scratch);
    attention_apply (&layer->attention, &memory, rows, n_tokens, first, second, weights, scratch);
    feed_forward_apply (&layer->feed_forward, rows, n_tokens, hidden, first, scratch);
  }
  marian_memory_clear (&memory);
  return rows;
}

/* Copies the rows of the candidates, so that the output layer reads contiguous memory. */
static void
encoded_prepare_output (MarianEncoded *self)
{
  MarianNetwork *network = self->network;
  guint n = network->config.n_columns;

  self->output.arithmetic = network->arithmetic;
  self->output.kernel = network->kernel;
  self->output.scale = network->output_scale;
  self->output.weights = network->target_embeddings;
  self->output.bias = network->output_bias;
  if (self->candidates != NULL) {
    self->output_weights = g_malloc ((gsize) self->candidates->len * n);
    self->output_bias = g_new (float, self->candidates->len);
    for (guint i = 0; i < self->candidates->len; i++) {
      guint32 token = g_array_index (self->candidates, guint32, i);

      memcpy (self->output_weights + (gsize) i * n,
          network->target_embeddings.bytes + (gsize) token * n, n);
      self->output_bias[i] = network->output_bias[token];
    }
    self->output.weights.rows = self->candidates->len;
    self->output.weights.bytes = self->output_weights;
    self->output.bias = self->output_bias;
  }
  marian_linear_sum_weights (&self->output);
}

MarianEncoded *
marian_network_encode (
    MarianNetwork *self, const guint32 *tokens, gsize n_tokens, GArray *candidates)
{
  MarianEncoded *encoded = g_new0 (MarianEncoded, 1);
  const MarianConfig *config = &self->config;
  g_autofree float *rows = NULL;
  g_autofree float *keys = g_new (float, n_tokens * config->n_columns);

  encoded->network = self;
  encoded->candidates = candidates != NULL ? g_array_ref (candidates) : NULL;
  rows = network_run_encoder (self, tokens, n_tokens, &encoded->scratch);
  encoded->memories = g_new0 (MarianMemory, config->n_decoder_layers);
  for (guint i = 0; i < config->n_decoder_layers; i++) {
    marian_memory_init (&encoded->memories[i], n_tokens, config->n_heads, config->n_columns);
    attention_fill_memory (
        &self->decoder[i].attention, rows, &encoded->memories[i], keys, &encoded->scratch);
  }
  encoded->cells = g_new0 (float, (gsize) config->n_decoder_layers * config->n_columns);
  encoded_prepare_output (encoded);
  encoded->state = g_new (float, config->n_columns);
  encoded->row = g_new (float, config->n_columns);
  encoded->gate = g_new (float, config->n_columns);
  encoded->hidden = g_new (float, config->n_hidden);
  encoded->weights = g_new (float, encoded->memories[0].stride);
  encoded->scores = g_new (float, encoded->output.weights.rows);
  return encoded;
}

void
marian_encoded_free (MarianEncoded *self)
{
  for (guint i = 0; i < self->network->config.n_decoder_layers; i++)
    marian_memory_clear (&self->memories[i]);
  g_clear_pointer (&self->candidates, g_array_unref);
  marian_scratch_clear (&self->scratch);
  g_free (self->memories);
  g_free (self->cells);
  g_free (self->output.sums);
  g_free (self->output_weights);
  g_free (self->output_bias);
  g_free (self->state);
  g_free (self->row);
  g_free (self->gate);
  g_free (self->hidden);
  g_free (self->weights);
  g_free (self->scores);
  g_free (self);
}

/* Returns: the token that has the greatest weight */
static gsize
encoded_find_source (MarianEncoded *self)
{
  gsize best = 0;

  for (gsize i = 1; i < self->memories[0].n_tokens; i++)
    if (self->weights[i] > self->weights[best])
      best = i;
  return best;
}

float *
marian_encoded_step (MarianEncoded *self, guint32 previous, gsize *source)
{
  MarianNetwork *network = self->network;
  guint n = network->config.n_columns;

  network_embed (network, &network->target_embeddings, previous,
      MIN (self->n_steps, MAX_POSITIONS - 1), self->state);
  self->n_steps++;
  for (guint i = 0; i < network->config.n_decoder_layers; i++) {
    const DecoderLayer *layer = &network->decoder[i];

    marian_linear_apply (&layer->forget, self->state, 1, self->gate, &self->scratch);
    marian_linear_apply (&layer->input, self->state, 1, self->row, &self->scratch);
    marian_ssru_step (self->cells + (gsize) i * n, self->gate, self->row, n);
    marian_norm_apply (&layer->norm, self->row, self->state, 1, n);
    attention_apply (&layer->attention, &self->memories[i], self->state, 1, self->row, self->gate,
        self->weights, &self->scratch);
    feed_forward_apply (
        &layer->feed_forward, self->state, 1, self->hidden, self->row, &self->scratch);
  }
  if (source != NULL)
    *source = encoded_find_source (self);
  marian_linear_apply (&self->output, self->state, 1, self->scores, &self->scratch);
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
