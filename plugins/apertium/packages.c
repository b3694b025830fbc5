/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "packages.h"

const char *const apertium_packaged_pairs[] = {
  "afr-nld",
  "arg-cat",
  "bel-rus",
  "br-fr",
  "cat-ita",
  "cat-srd",
  "dan-nor",
  "en-gl",
  "eng-cat",
  "eng-spa",
  "eo-ca",
  "eo-en",
  "eo-es",
  "eo-fr",
  "es-gl",
  "es-pt",
  "es-ro",
  "eu-en",
  "eu-es",
  "fr-es",
  "fra-cat",
  "fra-frp",
  "hbs-eng",
  "hbs-mkd",
  "hbs-slv",
  "ind-zlm",
  "isl-eng",
  "isl-swe",
  "mkd-bul",
  "mkd-eng",
  "nno-nob",
  "oc-ca",
  "oc-es",
  "oci-fra",
  "pol-szl",
  "por-cat",
  "pt-gl",
  "rus-ukr",
  "spa-arg",
  "spa-ast",
  "spa-cat",
  "spa-ita",
  "srd-ita",
  "swe-dan",
  "swe-nor",
  "urd-hin",
  NULL,
};

const char *
apertium_package_of_program (const char *program)
{
  static const char *const prefixes[][2] = {
    { "apertium-anaphora", "apertium-anaphora" },
    { "apertium-", "apertium" },
    { "cg-", "cg3" },
    { "hfst-", "hfst" },
    { "lrx-", "apertium-lex-tools" },
    { "lsx-", "apertium-separable" },
    { "lt-", "lttoolbox" },
    { "rtx-", "apertium-recursive" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (program, prefixes[i][0]))
      return prefixes[i][1];
  return NULL;
}
