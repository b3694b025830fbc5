/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of models: the outline of ONNX, and the table of tokens. */
#define _GNU_SOURCE
#include "../../plugins/sherpa/onnx-file.h"
#include "../../plugins/sherpa/token-table.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static int fd = -1;
  static char *path;
  HablaOnnxFile *file;
  GError *error = NULL;

  if (fd < 0) {
    fd = memfd_create ("model", MFD_CLOEXEC);
    path = g_strdup_printf ("/proc/self/fd/%d", fd);
  }
  if (ftruncate (fd, 0) < 0 || pwrite (fd, data, size, 0) != (ssize_t) size)
    return 0;
  file = habla_onnx_file_open (path, &error);
  g_assert ((file == NULL) == (error != NULL));
  g_clear_error (&error);
  if (file != NULL) {
    habla_onnx_file_get_metadata (file, "model_type");
    g_assert (habla_onnx_file_get_inputs (file) != NULL);
    habla_onnx_file_free (file);
  }
  g_assert (habla_token_table_check (path, size % 8, size % 4, &error) == (error == NULL));
  g_clear_error (&error);
  return 0;
}
