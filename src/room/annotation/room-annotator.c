/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "room/annotation/room-annotator.h"

struct _HablaRoomAnnotator {
  GObject parent;

  HablaPhrasebook *phrasebook;
  GMutex lock;
  HablaRoomSettings settings; /* protected by lock */
};

static void habla_room_annotator_iface_init (HablaAnnotatorInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HablaRoomAnnotator, habla_room_annotator, G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (HABLA_TYPE_ANNOTATOR, habla_room_annotator_iface_init))

/* Streaming thread. */
static HablaAnnotations *
room_annotator_annotate (HablaAnnotator *annotator, const char *text, const char *language)
{
  HablaRoomAnnotator *self = HABLA_ROOM_ANNOTATOR (annotator);
  g_auto (GStrv) natives = NULL;
  HablaPhraseContext context = { .language = language };

  g_mutex_lock (&self->lock);
  context.is_classroom = self->settings.mode == HABLA_MODE_CLASSROOM;
  natives = g_strdupv (self->settings.target_languages);
  g_mutex_unlock (&self->lock);
  context.natives = (const char *const *) natives;
  return habla_phrasebook_annotate (self->phrasebook, text, &context);
}

static void
room_annotator_finalize (GObject *object)
{
  HablaRoomAnnotator *self = HABLA_ROOM_ANNOTATOR (object);

  habla_phrasebook_unref (self->phrasebook);
  habla_room_settings_clear (&self->settings);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (habla_room_annotator_parent_class)->finalize (object);
}

static void
habla_room_annotator_iface_init (HablaAnnotatorInterface *iface)
{
  iface->annotate = room_annotator_annotate;
}

static void
habla_room_annotator_class_init (HablaRoomAnnotatorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = room_annotator_finalize;
}

static void
habla_room_annotator_init (HablaRoomAnnotator *self)
{
  g_mutex_init (&self->lock);
}

HablaRoomAnnotator *
habla_room_annotator_new (HablaPhrasebook *phrasebook)
{
  HablaRoomAnnotator *self = g_object_new (HABLA_TYPE_ROOM_ANNOTATOR, NULL);

  self->phrasebook = habla_phrasebook_ref (phrasebook);
  return self;
}

void
habla_room_annotator_update (HablaRoomAnnotator *self, const HablaRoomSettings *settings)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  habla_room_settings_copy (&self->settings, settings);
}
