/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-libretranslatetranslator
 * @title: libretranslatetranslator
 *
 * Translates text with a LibreTranslate server. The text leaves this machine unless the server is
 * on it.
 *
 *     gst-launch-1.0 filesrc location=lesson.srt ! subparse !
 *       libretranslatetranslator url=http://127.0.0.1:5000 fallback=none
 *       input-language-code=en output-language-code=es !
 *       srtenc ! filesink location=lesson.es.srt
 *
 * While the server is slow, wrong or gone, the local translator #HablaRemoteTranslator:fallback
 * translates; see there for the messages. LibreTranslate has no glossaries: a translation that
 * lacks a term of the glossary is refused if there is a fallback.
 *
 * The `available-pairs` are those that the server listed when the element got its first text; until
 * then, those of the usual languages.
 */
#include "libretranslatetranslator.h"

#include "fallback/local-engine.h"
#include "text/answer-check.h"
#include "text/libretranslate.h"
#include "text/pair-list.h"

#include <string.h>

GST_DEBUG_CATEGORY_STATIC (libretranslate_translator_debug);
#define GST_CAT_DEFAULT libretranslate_translator_debug

enum {
  PROP_0 = REMOTE_TRANSLATOR_LAST_PROPERTY,
  PROP_HTML,
};

#define DEFAULT_TIMEOUT 2000

static const RemoteClientInfo info = {
  .data = "text",
  .timeout = DEFAULT_TIMEOUT,
  .fallback = LOCAL_ENGINE_AUTO,
};

struct _HablaLibretranslateTranslator {
  HablaRemoteTranslator parent;

  gboolean is_html; /* protected by object lock */
  GStrv pairs;      /* protected by object lock; (nullable) until the server has listed them */
  gint asked;       /* atomic; whether the server was asked for its pairs */

  char *from; /* from start() to stop() */
  char *to;   /* from start() to stop() */
};

G_DEFINE_TYPE_WITH_CODE (HablaLibretranslateTranslator, habla_libretranslate_translator,
    HABLA_TYPE_REMOTE_TRANSLATOR,
    GST_DEBUG_CATEGORY_INIT (libretranslate_translator_debug, "libretranslatetranslator", 0,
        "Translator with LibreTranslate"))
GST_ELEMENT_REGISTER_DEFINE (libretranslatetranslator, "libretranslatetranslator", GST_RANK_NONE,
    HABLA_TYPE_LIBRETRANSLATE_TRANSLATOR)

/* Asks for the pairs, once. Nothing depends on the answer. */
static void
libretranslate_translator_update_pairs (
    HablaLibretranslateTranslator *self, RemoteClient *client, GCancellable *cancellable)
{
  const RemoteRequest request = { .path = "languages" };
  g_auto (RemoteResponse) response = { 0 };
  GStrv pairs;
  const char *text;
  gsize size;

  if (!g_atomic_int_compare_and_exchange (&self->asked, FALSE, TRUE) ||
      !remote_client_send (client, &request, &response, cancellable, NULL))
    return;
  text = g_bytes_get_data (response.body, &size);
  pairs = libretranslate_parse_languages (text, size);
  if (pairs == NULL)
    return;
  GST_OBJECT_LOCK (self);
  g_strfreev (self->pairs);
  self->pairs = pairs;
  GST_OBJECT_UNLOCK (self);
  g_object_notify (G_OBJECT (self), "available-pairs");
}

/* Returns: (transfer full): the body of the request */
static GBytes *
libretranslate_translator_create_body (
    HablaLibretranslateTranslator *self, RemoteClient *client, const char *text)
{
  LibretranslateRequest request = {
    .text = text,
    .from = self->from,
    .to = self->to,
    .key = remote_client_get_key (client),
  };

  GST_OBJECT_LOCK (self);
  request.is_html = self->is_html;
  GST_OBJECT_UNLOCK (self);
  return libretranslate_create_body (&request);
}

static guint
libretranslate_translator_count_lines (const char *text)
{
  guint n = 1;

  for (; *text != '\0'; text++)
    n += *text == '\n';
  return n;
}

/* Returns: (transfer full) (nullable): the translation that the server sent */
static char *
libretranslate_translator_ask (HablaLibretranslateTranslator *self, RemoteClient *client,
    const char *text, GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) body = libretranslate_translator_create_body (self, client, text);
  const RemoteRequest request = { .path = "translate", .body = body };
  g_auto (RemoteResponse) response = { 0 };
  const char *data;
  gsize size;

  if (!remote_client_send (client, &request, &response, cancellable, error))
    return NULL;
  data = g_bytes_get_data (response.body, &size);
  return libretranslate_parse (data, size, libretranslate_translator_count_lines (text), error);
}

static gboolean
libretranslate_translator_check (
    HablaLibretranslateTranslator *self, const char *text, const char *translation, GError **error)
{
  g_autoptr (HablaGlossary) glossary = NULL;

  if (remote_translator_has_fallback (HABLA_REMOTE_TRANSLATOR (self)))
    glossary = habla_translator_ref_glossary (HABLA_TRANSLATOR (self));
  return answer_check (text, translation, self->to, error) &&
         answer_check_terms (text, translation, glossary, error);
}

static char *
libretranslate_translator_request (HablaRemoteTranslator *translator,
    const HablaUtterance *utterance, HablaAnnotations **annotations, GCancellable *cancellable,
    GError **error)
{
  HablaLibretranslateTranslator *self = HABLA_LIBRETRANSLATE_TRANSLATOR (translator);
  RemoteClient *client = remote_translator_get_client (translator);
  const HablaAnnotations *known = utterance->annotations;
  const char *text = known != NULL && known->corrected != NULL ? known->corrected : utterance->text;
  g_autofree char *translation =
      libretranslate_translator_ask (self, client, text, cancellable, error);
  g_autoptr (GError) failure = NULL;

  if (translation == NULL)
    return NULL;
  libretranslate_translator_update_pairs (self, client, cancellable);
  if (libretranslate_translator_check (self, text, translation, &failure))
    return g_steal_pointer (&translation);
  remote_client_reject (client, failure->message);
  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

static gboolean
libretranslate_translator_open (
    HablaRemoteTranslator *translator, const char *from, const char *to, GError **error)
{
  HablaLibretranslateTranslator *self = HABLA_LIBRETRANSLATE_TRANSLATOR (translator);

  self->from = libretranslate_get_code (from);
  self->to = libretranslate_get_code (to);
  g_atomic_int_set (&self->asked, FALSE);
  return TRUE;
}

static void
libretranslate_translator_close (HablaRemoteTranslator *translator)
{
  HablaLibretranslateTranslator *self = HABLA_LIBRETRANSLATE_TRANSLATOR (translator);

  g_clear_pointer (&self->from, g_free);
  g_clear_pointer (&self->to, g_free);
}

static GStrv
libretranslate_translator_list_pairs (HablaTranslator *translator)
{
  HablaLibretranslateTranslator *self = HABLA_LIBRETRANSLATE_TRANSLATOR (translator);
  GStrv pairs;

  GST_OBJECT_LOCK (self);
  pairs = self->pairs != NULL ? g_strdupv (self->pairs) : pair_list_create ();
  GST_OBJECT_UNLOCK (self);
  return pairs;
}

static void
libretranslate_translator_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  HablaLibretranslateTranslator *self = HABLA_LIBRETRANSLATE_TRANSLATOR (object);

  /* The properties of the client are handled by the base class. */
  if (id < PROP_0) {
    G_OBJECT_CLASS (habla_libretranslate_translator_parent_class)
        ->set_property (object, id, value, pspec);
    return;
  }
  GST_OBJECT_LOCK (self);
  if (id == PROP_HTML)
    self->is_html = g_value_get_boolean (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
libretranslate_translator_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  HablaLibretranslateTranslator *self = HABLA_LIBRETRANSLATE_TRANSLATOR (object);

  if (id < PROP_0) {
    G_OBJECT_CLASS (habla_libretranslate_translator_parent_class)
        ->get_property (object, id, value, pspec);
    return;
  }
  GST_OBJECT_LOCK (self);
  if (id == PROP_HTML)
    g_value_set_boolean (value, self->is_html);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
libretranslate_translator_finalize (GObject *object)
{
  g_clear_pointer (&HABLA_LIBRETRANSLATE_TRANSLATOR (object)->pairs, g_strfreev);

  G_OBJECT_CLASS (habla_libretranslate_translator_parent_class)->finalize (object);
}

static void
habla_libretranslate_translator_class_init (HablaLibretranslateTranslatorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  HablaRemoteTranslatorClass *remote_class = HABLA_REMOTE_TRANSLATOR_CLASS (klass);

  object_class->set_property = libretranslate_translator_set_property;
  object_class->get_property = libretranslate_translator_get_property;
  object_class->finalize = libretranslate_translator_finalize;
  remote_class->open = libretranslate_translator_open;
  remote_class->close = libretranslate_translator_close;
  remote_class->request = libretranslate_translator_request;
  remote_translator_install_client (remote_class, &info);
  HABLA_TRANSLATOR_CLASS (klass)->list_pairs = libretranslate_translator_list_pairs;

  g_object_class_install_property (object_class, PROP_HTML,
      g_param_spec_boolean ("html", "HTML",
          "Whether the texts are HTML, whose tags the server keeps", FALSE,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));

  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass), "LibreTranslate translator",
      "Filter/Converter/Text/Network",
      "Translates text with a LibreTranslate server. Example: gst-launch-1.0 filesrc "
      "location=lesson.srt ! subparse ! libretranslatetranslator url=http://127.0.0.1:5000 "
      "input-language-code=en output-language-code=es ! srtenc ! filesink location=lesson.es.srt",
      "Habla developers <habla@habla.example>");
}

static void
habla_libretranslate_translator_init (HablaLibretranslateTranslator *self)
{
  remote_translator_construct (HABLA_REMOTE_TRANSLATOR (self), &info);
}
