/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <models/catalogue.h>

G_BEGIN_DECLS

/**
 * habla_model_listing_print:
 * @catalogue: (nullable): the models that can be installed; %NULL = list only installed ones
 * @languages: (nullable) (array zero-terminated=1): only models for one of these languages, of
 *   several only translators between two of them; normalized BCP 47 codes
 * @json: whether to print JSON, an object a line
 *
 * Prints the installed and the available models to standard output.
 *
 * Returns: the number of models
 */
guint habla_model_listing_print (
    HablaCatalogue *catalogue, const char *const *languages, gboolean json);

/**
 * habla_model_listing_describe_languages:
 * @languages: (array zero-terminated=1): BCP 47 codes, or pairs such as "en>es"
 * @max: how many to name
 *
 * Returns: (transfer full): their names, for example "English, Spanish and 97 more" or "English
 *   into Spanish"; "" for none
 */
char *habla_model_listing_describe_languages (const char *const *languages, guint max);

G_END_DECLS
