/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bare-decoder.h"

#include <sphinxbase/err.h>

#define MODEL "/usr/share/pocketsphinx/model/en-us/"

ps_decoder_t *
bare_decoder_new (void)
{
  cmd_ln_t *config;
  ps_decoder_t *decoder;

  err_set_logfp (NULL);
  config = cmd_ln_init (NULL, ps_args (), TRUE, "-hmm", MODEL "en-us", "-dict",
      MODEL "cmudict-en-us.dict", "-lm", MODEL "en-us.lm.bin", NULL);
  decoder = ps_init (config);
  g_assert_nonnull (decoder);
  cmd_ln_free_r (config);
  return decoder;
}

static void
end (ps_decoder_t *decoder, GPtrArray *texts)
{
  const char *text;

  ps_end_utt (decoder);
  text = ps_get_hyp (decoder, NULL);
  if (text != NULL && *text != '\0')
    g_ptr_array_add (texts, g_strdup (text));
}

GPtrArray *
bare_decoder_run (ps_decoder_t *decoder, const GArray *samples)
{
  GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);
  gboolean spoke = FALSE;

  ps_start_stream (decoder);
  ps_start_utt (decoder);
  for (gsize i = 0; i < samples->len; i += BARE_DECODER_CHUNK) {
    gboolean speaks;

    ps_process_raw (decoder, &g_array_index (samples, gint16, i),
        MIN (BARE_DECODER_CHUNK, samples->len - i), FALSE, FALSE);
    speaks = ps_get_in_speech (decoder);
    if (spoke && !speaks) {
      end (decoder, texts);
      ps_start_utt (decoder);
    }
    spoke = speaks;
  }
  end (decoder, texts);
  return texts;
}

char *
bare_decoder_run_whole (ps_decoder_t *decoder, const GArray *samples)
{
  ps_start_stream (decoder);
  ps_start_utt (decoder);
  ps_process_raw (decoder, (gint16 *) samples->data, samples->len, FALSE, TRUE);
  ps_end_utt (decoder);
  return g_strdup (ps_get_hyp (decoder, NULL));
}
