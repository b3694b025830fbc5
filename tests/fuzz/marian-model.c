/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of Marian models: the tensors and the configuration, and the shortlist. The first byte of
 * an input says which. tests/marian/damage.c damages the vocabulary too. */
#define _GNU_SOURCE
#include "../../plugins/marian/engine/marian.h"
#include "../../plugins/marian/engine/model-config.h"
#include "../../plugins/marian/engine/model-file.h"
#include "../../plugins/marian/engine/shortlist.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* The rest of the engine is not part of this program. */
G_DEFINE_QUARK (marian - error - quark, marian_error)

static void
read_model (const char *path)
{
  GError *error = NULL;
  MarianModelFile *file = marian_model_file_new (path, &error);
  MarianConfig config;
  MarianTensor tensor;
  char *yaml;

  g_assert ((file == NULL) == (error != NULL));
  g_clear_error (&error);
  if (file == NULL)
    return;
  yaml = marian_model_file_dup_config (file);
  g_assert (marian_config_parse (&config, yaml != NULL ? yaml : "", &error) == (error == NULL));
  g_clear_error (&error);
  if (marian_model_file_get_integers (file, "Wemb", 0, 64, &tensor, &error)) {
    gint sum = 0;

    for (gsize i = 0; i < (gsize) tensor.rows * tensor.columns; i++)
      sum += tensor.bytes[i];
    g_assert (sum <= 128 * (gint64) tensor.rows * tensor.columns);
    marian_model_file_release (file, &tensor);
  }
  g_clear_error (&error);
  marian_model_file_get_floats (file, "b", 4, &error);
  g_clear_error (&error);
  g_assert (marian_model_file_get_scalar (file, "Wemb_QuantMultA", 1) > 0);
  g_free (yaml);
  marian_model_file_free (file);
}

static void
read_shortlist (const char *path, guint n_source, guint n_target)
{
  GError *error = NULL;
  MarianShortlist *shortlist = marian_shortlist_new (path, n_source, n_target, &error);
  guint32 token = 0;

  g_assert ((shortlist == NULL) == (error != NULL));
  g_clear_error (&error);
  for (; shortlist != NULL && token < n_source; token++) {
    GArray *selected = marian_shortlist_select (shortlist, &token, 1, token % 2 == 0);

    for (guint i = 0; i < selected->len; i++)
      g_assert (g_array_index (selected, guint32, i) < n_target);
    g_array_unref (selected);
  }
  g_clear_pointer (&shortlist, marian_shortlist_free);
}

/* A fuzzer does not guess it. */
static void
set_checksum (uint8_t *data, size_t size)
{
  guint64 checksum = 0, word;

  for (size_t i = 2; i < size / sizeof word; i++) {
    memcpy (&word, data + i * sizeof word, sizeof word);
    checksum ^= word + 0x9e3779b9 + (checksum << 6) + (checksum >> 2);
  }
  if (size >= 2 * sizeof checksum)
    memcpy (data + sizeof checksum, &checksum, sizeof checksum);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static int fd = -1;
  static char *path;
  g_autofree uint8_t *copy = NULL;
  gboolean is_shortlist;

  if (fd < 0) {
    fd = memfd_create ("model", MFD_CLOEXEC);
    path = g_strdup_printf ("/proc/self/fd/%d", fd);
  }
  if (size < 2)
    return 0;
  is_shortlist = data[0] % 2 == 1;
  copy = g_memdup2 (data + 1, size - 1);
  if (is_shortlist)
    set_checksum (copy, size - 1);
  if (ftruncate (fd, 0) < 0 || pwrite (fd, copy, size - 1, 0) != (ssize_t) size - 1)
    return 0;
  if (is_shortlist)
    read_shortlist (path, 4, 16);
  else
    read_model (path);
  return 0;
}
