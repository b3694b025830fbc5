/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <pocketsphinx.h>

G_BEGIN_DECLS

/* What a decoder is made of: three paths. */
typedef struct {
  char *model;
  char *dictionary;
  char *language_model;
} HablaDecoderFiles;

void habla_decoder_pool_enter (void);
void habla_decoder_pool_leave (void);
ps_decoder_t *habla_decoder_pool_take (const HablaDecoderFiles *files, GError **error);
void habla_decoder_pool_adapt (ps_decoder_t *decoder);
void habla_decoder_pool_give (ps_decoder_t *decoder);

G_END_DECLS
