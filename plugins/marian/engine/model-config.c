/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model-config.h"

#include <string.h>

#include "marian.h"

/* Settings of the networks that this engine computes. */
static const struct {
  const char *key;
  const char *value;
} required[] = {
  { "type", "transformer" },
  { "transformer-decoder-autoreg", "rnn" },
  { "dec-cell", "ssru" },
  { "transformer-preprocess", "" },
  { "transformer-postprocess", "dan" },
  { "transformer-postprocess-emb", "d" },
  { "transformer-postprocess-top", "" },
  { "transformer-ffn-activation", "relu" },
  { "transformer-ffn-depth", "2" },
  { "transformer-tied-layers", "[]" },
  { "lemma-dim-emb", "0" },
  { "ulr", "false" },
  { "output-omit-bias", "false" },
  { "layer-normalization", "false" },
  { "transformer-no-projection", "false" },
  { "transformer-train-position-embeddings", "false" },
};

/* Reads the lines "key: value" of the first level, which is all that Marian writes. */
static GHashTable *
config_read_lines (const char *yaml)
{
  GHashTable *settings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (GStrv) lines = g_strsplit (yaml, "\n", 4096);

  for (guint i = 0; lines[i] != NULL; i++) {
    const char *colon = strchr (lines[i], ':');
    char *value;
    gsize length;

    if (colon == NULL || *lines[i] == ' ' || *lines[i] == '-' || *lines[i] == '#')
      continue;
    value = g_strstrip (g_strdup (colon + 1));
    length = strlen (value);
    if (length >= 2 && *value == '"' && value[length - 1] == '"') {
      value[length - 1] = '\0';
      memmove (value, value + 1, length - 1);
    }
    g_hash_table_insert (settings, g_strndup (lines[i], colon - lines[i]), value);
  }
  return settings;
}

static gboolean
config_read_number (GHashTable *settings, const char *key, guint max, guint *number, GError **error)
{
  const char *value = g_hash_table_lookup (settings, key);
  guint64 parsed;

  if (value != NULL && g_ascii_string_to_unsigned (value, 10, 1, max, &parsed, NULL)) {
    *number = parsed;
    return TRUE;
  }
  g_set_error (error, MARIAN_ERROR, MARIAN_ERROR_MODEL, "the model's setting %s is %s, not 1 to %u",
      key, value != NULL ? value : "missing", max);
  return FALSE;
}

gboolean
marian_config_parse (MarianConfig *self, const char *yaml, GError **error)
{
  g_autoptr (GHashTable) settings = config_read_lines (yaml);

  for (guint i = 0; i < G_N_ELEMENTS (required); i++) {
    const char *value = g_hash_table_lookup (settings, required[i].key);

    /* A setting that a version of Marian does not have is at its default. */
    if (value != NULL && strcmp (value, required[i].value) != 0) {
      g_set_error (error, MARIAN_ERROR, MARIAN_ERROR_MODEL,
          "unsupported kind of network: its setting %s is “%s” instead of “%s”", required[i].key,
          value, required[i].value);
      return FALSE;
    }
  }
  if (!config_read_number (settings, "dim-emb", 4096, &self->n_columns, error) ||
      !config_read_number (settings, "transformer-dim-ffn", 16384, &self->n_hidden, error) ||
      !config_read_number (settings, "transformer-heads", 64, &self->n_heads, error) ||
      !config_read_number (settings, "enc-depth", 32, &self->n_encoder_layers, error) ||
      !config_read_number (settings, "dec-depth", 32, &self->n_decoder_layers, error))
    return FALSE;
  if (self->n_columns % 64 == 0 && self->n_hidden % 64 == 0 &&
      self->n_columns % (8 * self->n_heads) == 0)
    return TRUE;
  g_set_error_literal (error, MARIAN_ERROR, MARIAN_ERROR_MODEL,
      "unsupported kind of network: its dimensions are not multiples of 64, or of its heads");
  return FALSE;
}
