/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * habla_name_pattern_names_input:
 * @pattern: (nullable): path of an output
 *
 * Returns: whether @pattern contains `{name}` or `{dir}`, so that each input has its own output
 */
gboolean habla_name_pattern_names_input (const char *pattern);

/**
 * habla_name_pattern_expand:
 * @pattern: path of an output
 * @input: (nullable): path or URI of the input; %NULL leaves `{name}` and `{dir}` as they are
 * @language: language of the output
 * @is_only: whether there is no other language, so that the name needs none
 *
 * Replaces `{name}` by the name of the input without folder and extension, `{dir}` by its folder,
 * and `{to}` by @language. Without `{to}`, and unless @is_only, inserts @language before the
 * extension.
 *
 * Returns: (transfer full): the path of the output
 */
char *habla_name_pattern_expand (
    const char *pattern, const char *input, const char *language, gboolean is_only);

G_END_DECLS
