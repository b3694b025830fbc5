/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * habla_piper_voice_prepare:
 * @folder: a folder with one voice as Piper publishes it: `NAME.onnx` and `NAME.onnx.json`
 * @error: return location for a %HABLA_ERROR_INPUT or a #GFileError
 *
 * Makes a voice readable for sherpa-onnx: writes `tokens.txt`, and appends metadata to the ONNX
 * file. Blocks.
 *
 * Returns: whether the voice is ready
 */
gboolean habla_piper_voice_prepare (const char *folder, GError **error);

G_END_DECLS
