/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MarianConfig:
 * @n_columns: length of a row of activations
 * @n_hidden: number of hidden units of the feed-forward layers
 * @n_heads: number of attention heads
 * @n_encoder_layers: number of layers of the encoder
 * @n_decoder_layers: number of layers of the decoder
 *
 * The shape of a network.
 */
typedef struct {
  guint n_columns;
  guint n_hidden;
  guint n_heads;
  guint n_encoder_layers;
  guint n_decoder_layers;
} MarianConfig;

/**
 * marian_config_parse:
 * @self: (out caller-allocates): the shape
 * @yaml: the configuration of a model
 * @error: return location for a %MARIAN_ERROR_MODEL that names the unsupported setting
 *
 * Returns: whether this engine computes networks of this kind
 */
gboolean marian_config_parse (MarianConfig *self, const char *yaml, GError **error);

G_END_DECLS
