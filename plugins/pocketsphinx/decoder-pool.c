/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decoder-pool.h"

#include <habla/error.h>

#include <gst/gst.h>
#include <sphinxbase/cmn.h>
#include <sphinxbase/err.h>
#include <sphinxbase/feat.h>
#include <string.h>

GST_DEBUG_CATEGORY_STATIC (decoder_debug);
#define GST_CAT_DEFAULT decoder_debug

/* Maximum number of idle decoders. */
#define MAX_IDLE 2

/* Weight of the model's cepstral mean, in frames: two seconds of speech. The library's default,
 * five seconds, and adaptation at the end of utterances only, leave the first utterances with
 * a mean that does not fit the speaker: 37 % wrong words instead of 28 % on LibriVox recordings. */
#define PRIOR_FRAMES 200

typedef struct {
  ps_decoder_t *decoder;
  char *key;
  mfcc_t *means; /* initial cepstral means */
} Entry;

static GMutex lock;
static guint n_elements; /* protected by lock */
static GSList *entries;  /* protected by lock; of Entry, used and idle */
static GSList *idle;     /* protected by lock; of Entry */

/* Any thread. sphinxbase's messages end in a newline. */
static void
decoder_pool_on_log (void *user_data, err_lvl_t level, const char *format, ...)
{
  GstDebugLevel ours = level >= ERR_ERROR  ? GST_LEVEL_ERROR
                       : level == ERR_WARN ? GST_LEVEL_WARNING
                                           : GST_LEVEL_DEBUG;
  g_autofree char *message = NULL;
  va_list args;

  if (ours > gst_debug_category_get_threshold (decoder_debug))
    return;
  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  gst_debug_log (
      decoder_debug, ours, __FILE__, G_STRFUNC, __LINE__, NULL, "%s", g_strchomp (message));
}

static void
decoder_pool_init_library (void)
{
  static gsize initialised;

  if (g_once_init_enter (&initialised)) {
    GST_DEBUG_CATEGORY_INIT (decoder_debug, "pocketsphinxdecoder", 0, "PocketSphinx's own log");
    err_set_callback (decoder_pool_on_log, NULL);
    /* sphinxbase also writes its configuration there, whatever the callback. */
    err_set_logfp (NULL);
    g_once_init_leave (&initialised, 1);
  }
}

static void
entry_free (Entry *entry)
{
  ps_free (entry->decoder);
  g_free (entry->key);
  g_free (entry->means);
  g_free (entry);
}

/* Resets the adaptation of the cepstral mean to the speaker, and that of speech detection to
 * the noise of the room. */
static void
entry_reset (Entry *entry)
{
  cmn_t *cmn = ps_get_feat (entry->decoder)->cmn_struct;

  ps_start_stream (entry->decoder);
  if (cmn == NULL)
    return;
  memcpy (cmn->cmn_mean, entry->means, cmn->veclen * sizeof (mfcc_t));
  for (int i = 0; i < cmn->veclen; i++)
    cmn->sum[i] = cmn->cmn_mean[i] * PRIOR_FRAMES;
  cmn->nframe = PRIOR_FRAMES;
}

static Entry *
entry_load (const HablaDecoderFiles *files, const char *key, GError **error)
{
  cmd_ln_t *config = cmd_ln_init (NULL, ps_args (), TRUE, "-hmm", files->model, "-dict",
      files->dictionary, "-lm", files->language_model, NULL);
  ps_decoder_t *decoder = config != NULL ? ps_init (config) : NULL;
  Entry *entry;
  cmn_t *cmn;

  if (config != NULL)
    cmd_ln_free_r (config);
  if (decoder == NULL) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE,
        "PocketSphinx cannot use the model %s with the dictionary %s and the language model %s; "
        "run with GST_DEBUG=pocketsphinxdecoder:5 to see why",
        files->model, files->dictionary, files->language_model);
    return NULL;
  }
  entry = g_new0 (Entry, 1);
  entry->decoder = decoder;
  entry->key = g_strdup (key);
  cmn = ps_get_feat (decoder)->cmn_struct;
  if (cmn != NULL)
    entry->means = g_memdup2 (cmn->cmn_mean, cmn->veclen * sizeof (mfcc_t));
  entry_reset (entry);
  return entry;
}

void
habla_decoder_pool_enter (void)
{
  decoder_pool_init_library ();
  g_mutex_lock (&lock);
  n_elements++;
  g_mutex_unlock (&lock);
}

void
habla_decoder_pool_leave (void)
{
  GSList *gone = NULL;

  g_mutex_lock (&lock);
  if (--n_elements == 0)
    gone = g_steal_pointer (&idle);
  for (GSList *l = gone; l != NULL; l = l->next)
    entries = g_slist_remove (entries, l->data);
  g_mutex_unlock (&lock);
  g_slist_free_full (gone, (GDestroyNotify) entry_free);
}

ps_decoder_t *
habla_decoder_pool_take (const HablaDecoderFiles *files, GError **error)
{
  g_autofree char *key =
      g_strjoin ("\n", files->model, files->dictionary, files->language_model, NULL);
  Entry *entry = NULL;

  g_mutex_lock (&lock);
  for (GSList *l = idle; l != NULL && entry == NULL; l = l->next)
    if (g_str_equal (((Entry *) l->data)->key, key))
      entry = l->data;
  idle = g_slist_remove (idle, entry);
  g_mutex_unlock (&lock);

  if (entry == NULL) {
    entry = entry_load (files, key, error);
    if (entry == NULL)
      return NULL;
    g_mutex_lock (&lock);
    entries = g_slist_prepend (entries, entry);
    g_mutex_unlock (&lock);
  }
  return entry->decoder;
}

void
habla_decoder_pool_adapt (ps_decoder_t *decoder)
{
  cmn_t *cmn = ps_get_feat (decoder)->cmn_struct;

  if (cmn != NULL)
    cmn_live_update (cmn);
}

void
habla_decoder_pool_give (ps_decoder_t *decoder)
{
  Entry *entry = NULL;

  g_mutex_lock (&lock);
  for (GSList *l = entries; l != NULL; l = l->next)
    if (((Entry *) l->data)->decoder == decoder)
      entry = l->data;
  g_assert (entry != NULL);
  if (n_elements > 0 && g_slist_length (idle) < MAX_IDLE) {
    entry_reset (entry);
    idle = g_slist_prepend (idle, g_steal_pointer (&entry));
  } else {
    entries = g_slist_remove (entries, entry);
  }
  g_mutex_unlock (&lock);
  if (entry != NULL)
    entry_free (entry);
}
