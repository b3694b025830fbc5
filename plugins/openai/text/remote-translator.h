/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "client/remote-client.h"

#include <habla/habla.h>

G_BEGIN_DECLS

#define HABLA_TYPE_REMOTE_TRANSLATOR (habla_remote_translator_get_type ())
G_DECLARE_DERIVABLE_TYPE (
    HablaRemoteTranslator, habla_remote_translator, HABLA, REMOTE_TRANSLATOR, HablaTranslator)

/* Ids of the properties of subclasses begin after this one. */
#define REMOTE_TRANSLATOR_LAST_PROPERTY 100

/**
 * HablaRemoteTranslatorClass:
 * @open: (nullable): prepares for requests, without sending any
 * @close: (nullable): undoes an @open that succeeded
 * @request: asks the server for the translation of @utterance, as translate_final() of
 *   #HablaTranslatorClass. Refuses an answer that cannot be a translation
 * @on_translated: (nullable): called with the translation of each final utterance, whoever made it
 *
 * Base class of translators that are servers. It owns the client, and the local translator that
 * replaces the server while it fails.
 */
struct _HablaRemoteTranslatorClass {
  HablaTranslatorClass parent_class;

  gboolean (*open) (HablaRemoteTranslator *self, const char *from, const char *to, GError **error);
  void (*close) (HablaRemoteTranslator *self);
  char *(*request) (HablaRemoteTranslator *self, const HablaUtterance *utterance,
      HablaAnnotations **annotations, GCancellable *cancellable, GError **error);
  void (*on_translated) (
      HablaRemoteTranslator *self, const HablaUtterance *utterance, const char *translation);
};

/**
 * remote_translator_install_client:
 * @klass: a subclass
 * @info: what its client needs to know; static
 *
 * Installs the properties of the client. Call once, from the class init function.
 */
void remote_translator_install_client (
    HablaRemoteTranslatorClass *klass, const RemoteClientInfo *info);

/**
 * remote_translator_construct:
 * @self: a translator
 * @info: as in remote_translator_install_client()
 *
 * Creates the client. Call once, from the instance init function of the subclass.
 */
void remote_translator_construct (HablaRemoteTranslator *self, const RemoteClientInfo *info);

/**
 * remote_translator_get_client:
 * @self: a translator
 *
 * Returns: (transfer none): its client
 */
RemoteClient *remote_translator_get_client (HablaRemoteTranslator *self);

/**
 * remote_translator_has_fallback:
 * @self: an open translator
 *
 * Returns: whether a local translator translates what the server does not
 */
gboolean remote_translator_has_fallback (HablaRemoteTranslator *self);

G_END_DECLS
