/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/phonemizer.h"

#include "habla/error.h"

#include <gst/gst.h>

/* The element that is a phonemizer. */
#define FACTORY "espeaksynthesizer"

G_DEFINE_INTERFACE (HablaPhonemizer, habla_phonemizer, G_TYPE_OBJECT)

static void
habla_phonemizer_default_init (HablaPhonemizerInterface *iface)
{
}

HablaPhonemizer *
habla_phonemizer_find (GError **error)
{
  GstElement *element = gst_element_factory_make (FACTORY, NULL);

  if (element != NULL)
    gst_object_ref_sink (element);
  if (HABLA_IS_PHONEMIZER (element))
    return HABLA_PHONEMIZER (element);
  gst_clear_object (&element);
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
      "This voice needs phonemes of eSpeak NG, but the element %s is not installed; install "
      "libespeak-ng1 and Habla's plugin for it",
      FACTORY);
  return NULL;
}

gboolean
habla_phonemizer_check_voice (HablaPhonemizer *self, const char *voice, GError **error)
{
  g_return_val_if_fail (HABLA_IS_PHONEMIZER (self), FALSE);
  g_return_val_if_fail (voice != NULL, FALSE);

  return HABLA_PHONEMIZER_GET_IFACE (self)->check_voice (self, voice, error);
}

GStrv
habla_phonemizer_phonemize (
    HablaPhonemizer *self, const char *voice, const char **text, GError **error)
{
  g_return_val_if_fail (HABLA_IS_PHONEMIZER (self), NULL);
  g_return_val_if_fail (voice != NULL, NULL);
  g_return_val_if_fail (text != NULL && *text != NULL, NULL);

  return HABLA_PHONEMIZER_GET_IFACE (self)->phonemize (self, voice, text, error);
}
