/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "text/remote-translator.h"

#include "fallback/local-engine.h"
#include "fallback/server-health.h"
#include "text/local-translator.h"

GST_DEBUG_CATEGORY_STATIC (remote_translator_debug);
#define GST_CAT_DEFAULT remote_translator_debug

enum {
  PROP_0,
  PROP_REMOTE_PARTIALS,
  PROP_REMOTE,
};

G_STATIC_ASSERT (PROP_REMOTE + REMOTE_CLIENT_N_PROPERTIES <= REMOTE_TRANSLATOR_LAST_PROPERTY);

typedef struct {
  RemoteClient *client;
  ServerHealth health; /* has its own lock */

  gboolean remote_partials; /* protected by object lock */

  HablaTranslator *local; /* (nullable); from start() to stop() */
} HablaRemoteTranslatorPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (HablaRemoteTranslator, habla_remote_translator,
    HABLA_TYPE_TRANSLATOR,
    G_ADD_PRIVATE (HablaRemoteTranslator) GST_DEBUG_CATEGORY_INIT (
        remote_translator_debug, "remotetranslator", 0, "Base class of translators on servers"))

#define PRIVATE(self) \
  ((HablaRemoteTranslatorPrivate *) habla_remote_translator_get_instance_private (self))

RemoteClient *
remote_translator_get_client (HablaRemoteTranslator *self)
{
  return PRIVATE (self)->client;
}

gboolean
remote_translator_has_fallback (HablaRemoteTranslator *self)
{
  return PRIVATE (self)->local != NULL;
}

static void
remote_translator_close (HablaRemoteTranslator *self)
{
  remote_client_stop (PRIVATE (self)->client);
  g_clear_pointer (&PRIVATE (self)->local, local_translator_close);
}

static gboolean
remote_translator_open (
    HablaRemoteTranslator *self, const char *from, const char *to, GError **error)
{
  HablaRemoteTranslatorPrivate *priv = PRIVATE (self);
  HablaRemoteTranslatorClass *klass = HABLA_REMOTE_TRANSLATOR_GET_CLASS (self);
  g_autofree char *fallback = remote_client_dup_fallback (priv->client);
  g_autoptr (GError) failure = NULL;

  if (!remote_client_start (priv->client, error))
    return FALSE;
  priv->local = local_translator_open (HABLA_TRANSLATOR (self), fallback, from, to, &failure);
  if (failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  GST_INFO_OBJECT (self, "while the server fails: %s", local_translator_get_name (priv->local));
  return klass->open == NULL || klass->open (self, from, to, error);
}

static gboolean
remote_translator_start (
    HablaTranslator *translator, const char *from, const char *to, GError **error)
{
  HablaRemoteTranslator *self = HABLA_REMOTE_TRANSLATOR (translator);

  server_health_reset (&PRIVATE (self)->health);
  if (remote_translator_open (self, from, to, error))
    return TRUE;
  remote_translator_close (self);
  return FALSE;
}

static void
remote_translator_stop (HablaTranslator *translator)
{
  HablaRemoteTranslator *self = HABLA_REMOTE_TRANSLATOR (translator);
  HablaRemoteTranslatorClass *klass = HABLA_REMOTE_TRANSLATOR_GET_CLASS (self);

  if (klass->close != NULL)
    klass->close (self);
  remote_translator_close (self);
}

/* Asks the server, if there is a local translator only while it works. Returns: (nullable) */
static char *
remote_translator_ask (HablaRemoteTranslator *self, const HablaUtterance *utterance,
    HablaAnnotations **annotations, GCancellable *cancellable, GError **error)
{
  HablaRemoteTranslatorPrivate *priv = PRIVATE (self);
  HablaRemoteTranslatorClass *klass = HABLA_REMOTE_TRANSLATOR_GET_CLASS (self);
  g_autoptr (GError) failure = NULL;
  char *translation;

  if (priv->local != NULL && !server_health_allow (&priv->health, utterance->is_final))
    return NULL;
  translation = klass->request (self, utterance, annotations, cancellable, &failure);
  if (priv->local != NULL && (utterance->is_final || failure != NULL))
    server_health_report (
        &priv->health, GST_ELEMENT (self), local_translator_get_name (priv->local), failure);
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  return translation;
}

static char *
remote_translator_translate_final (HablaTranslator *translator, const HablaUtterance *utterance,
    HablaAnnotations **annotations, GCancellable *cancellable, GError **error)
{
  HablaRemoteTranslator *self = HABLA_REMOTE_TRANSLATOR (translator);
  HablaRemoteTranslatorPrivate *priv = PRIVATE (self);
  HablaRemoteTranslatorClass *klass = HABLA_REMOTE_TRANSLATOR_GET_CLASS (self);
  g_autoptr (GError) failure = NULL;
  char *translation = remote_translator_ask (self, utterance, annotations, cancellable, &failure);

  if (translation == NULL && priv->local != NULL &&
      !g_cancellable_set_error_if_cancelled (cancellable, error)) {
    g_clear_pointer (annotations, habla_annotations_unref);
    server_health_count_replaced (&priv->health);
    translation = habla_translator_run (priv->local, utterance, annotations, cancellable, error);
  } else if (failure != NULL && priv->local == NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
  }
  if (translation != NULL && klass->on_translated != NULL)
    klass->on_translated (self, utterance, translation);
  return translation;
}

static char *
remote_translator_translate_partial (HablaTranslator *translator, const HablaUtterance *utterance,
    GCancellable *cancellable, GError **error)
{
  HablaRemoteTranslator *self = HABLA_REMOTE_TRANSLATOR (translator);
  HablaRemoteTranslatorPrivate *priv = PRIVATE (self);
  g_autoptr (HablaAnnotations) annotations = NULL;
  gboolean remote;

  GST_OBJECT_LOCK (self);
  remote = priv->remote_partials;
  GST_OBJECT_UNLOCK (self);
  if (priv->local == NULL && !remote) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER,
        "Partial hypotheses are not sent; set remote-partials=true to send them");
    return NULL;
  }
  if (remote) {
    char *translation = remote_translator_ask (
        self, utterance, &annotations, cancellable, priv->local == NULL ? error : NULL);

    if (translation != NULL || priv->local == NULL)
      return translation;
    g_clear_pointer (&annotations, habla_annotations_unref);
  }
  return habla_translator_run (priv->local, utterance, &annotations, cancellable, error);
}

static GstStateChangeReturn
remote_translator_change_state (GstElement *element, GstStateChange transition)
{
  if (!remote_client_check (PRIVATE (HABLA_REMOTE_TRANSLATOR (element))->client, transition))
    return GST_STATE_CHANGE_FAILURE;
  return GST_ELEMENT_CLASS (habla_remote_translator_parent_class)
      ->change_state (element, transition);
}

static void
remote_translator_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  HablaRemoteTranslatorPrivate *priv = PRIVATE (HABLA_REMOTE_TRANSLATOR (object));

  if (id >= PROP_REMOTE) {
    if (!remote_client_set_property (priv->client, id - PROP_REMOTE, value))
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  GST_OBJECT_LOCK (object);
  switch (id) {
  case PROP_REMOTE_PARTIALS:
    priv->remote_partials = g_value_get_boolean (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (object);
}

static void
remote_translator_get_client_property (
    HablaRemoteTranslatorPrivate *priv, guint index, GValue *value)
{
  remote_client_get_property (priv->client, index, value);
  if (index == REMOTE_SETTING_STATS)
    server_health_add_to_stats (&priv->health, g_value_get_boxed (value));
}

static void
remote_translator_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  HablaRemoteTranslatorPrivate *priv = PRIVATE (HABLA_REMOTE_TRANSLATOR (object));

  if (id >= PROP_REMOTE) {
    remote_translator_get_client_property (priv, id - PROP_REMOTE, value);
    return;
  }
  GST_OBJECT_LOCK (object);
  switch (id) {
  case PROP_REMOTE_PARTIALS:
    g_value_set_boolean (value, priv->remote_partials);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (object);
}

static void
remote_translator_finalize (GObject *object)
{
  HablaRemoteTranslatorPrivate *priv = PRIVATE (HABLA_REMOTE_TRANSLATOR (object));

  remote_client_free (priv->client);
  server_health_destroy (&priv->health);

  G_OBJECT_CLASS (habla_remote_translator_parent_class)->finalize (object);
}

void
remote_translator_install_client (HablaRemoteTranslatorClass *klass, const RemoteClientInfo *info)
{
  remote_client_install_properties (G_OBJECT_CLASS (klass), PROP_REMOTE, info);
}

void
remote_translator_construct (HablaRemoteTranslator *self, const RemoteClientInfo *info)
{
  PRIVATE (self)->client = remote_client_new (GST_ELEMENT (self), info);
}

static void
habla_remote_translator_class_init (HablaRemoteTranslatorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  HablaTranslatorClass *translator_class = HABLA_TRANSLATOR_CLASS (klass);

  object_class->set_property = remote_translator_set_property;
  object_class->get_property = remote_translator_get_property;
  object_class->finalize = remote_translator_finalize;
  GST_ELEMENT_CLASS (klass)->change_state = remote_translator_change_state;
  translator_class->start = remote_translator_start;
  translator_class->stop = remote_translator_stop;
  translator_class->translate_final = remote_translator_translate_final;
  translator_class->translate_partial = remote_translator_translate_partial;

  g_object_class_install_property (object_class, PROP_REMOTE_PARTIALS,
      g_param_spec_boolean ("remote-partials", "Remote partials",
          "Whether partial hypotheses are sent to the server too, several for each sentence; "
          "otherwise the fallback translates them",
          FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
}

static void
habla_remote_translator_init (HablaRemoteTranslator *self)
{
  HablaRemoteTranslatorPrivate *priv = PRIVATE (self);

  server_health_init (&priv->health);
}
