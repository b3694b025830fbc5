/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "archive/missed-exchanges.h"

#include "archive/exchange-record.h"

/* As many as a room has in memory. */
#define MAX_MISSED 500
/* Of those a transcript and a translation each, and as many again that come meanwhile. */
#define MAX_HELD 2000

typedef struct {
  guint type;
  GBytes *message;
} Held;

struct _HablaMissedExchanges {
  HablaStore *store;
  HablaMember *member; /* NULL once it is over */
  GCancellable *cancellable;
  HablaMissedExchangesHandler handler;
  GQueue held;
};

static void
held_free (Held *held)
{
  g_bytes_unref (held->message);
  g_free (held);
}

static void
catch_up_free (HablaMissedExchanges *self)
{
  g_queue_clear_full (&self->held, (GDestroyNotify) held_free);
  g_object_unref (self->cancellable);
  g_free (self);
}

/* An owner reads the target language of that time. */
static void
emit (HablaMissedExchanges *self, const HablaUtteranceRecord *kept)
{
  HablaRoom *room = habla_member_get_room (self->member);
  HablaOpenedExchange opened;
  HablaEvent event = { .type = HABLA_EVENT_TRANSCRIPT, .room = room };

  habla_opened_exchange_init (&opened, kept);
  event.exchange = &opened.exchange;
  event.language = habla_member_is_owner (self->member) ? opened.exchange.target_language
                                                        : habla_member_get_language (self->member);
  self->handler.emit (&event, self->handler.user_data);
  event.type = HABLA_EVENT_TRANSLATION;
  self->handler.emit (&event, self->handler.user_data);
  event.type = HABLA_EVENT_STORED;
  event.exchange_id = kept->id;
  self->handler.emit (&event, self->handler.user_data);
  habla_opened_exchange_clear (&opened);
}

/* It is told that it is over before it gets what was held back, which it may send on. */
static void
finish (HablaMissedExchanges *self)
{
  self->member = NULL;
  self->handler.done (self->handler.user_data);
  for (GList *l = self->held.head; l != NULL; l = l->next) {
    Held *held = l->data;

    self->handler.send (held->type, held->message, self->handler.user_data);
  }
  g_queue_clear_full (&self->held, (GDestroyNotify) held_free);
}

static void
on_missed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HablaMissedExchanges *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) missed = habla_store_list_finish (self->store, result, &error);

  if (self->member != NULL) {
    if (missed == NULL)
      g_message ("A client does not get all that it has missed: %s", error->message);
    for (guint i = 0; missed != NULL && i < missed->len; i++)
      emit (self, g_ptr_array_index (missed, i));
    finish (self);
  }
  catch_up_free (self);
}

HablaMissedExchanges *
habla_missed_exchanges_new (HablaStore *store, HablaMember *member, guint64 since,
    const HablaMissedExchangesHandler *handler)
{
  HablaRoom *room = habla_member_get_room (member);
  guint64 before = habla_room_get_first_exchange_id (room);
  g_autofree char *owner =
      habla_room_was_reset (room) ? NULL : habla_exchange_record_owner_new (room);
  HablaMissedExchanges *self;

  if (since >= before || since + 1 == before)
    return NULL;
  self = g_new0 (HablaMissedExchanges, 1);
  self->store = store;
  self->member = member;
  self->cancellable = g_cancellable_new ();
  self->handler = *handler;
  g_queue_init (&self->held);
  habla_store_list_missed_async (store, habla_room_get_session_id (room), owner, since, before,
      MAX_MISSED, self->cancellable, on_missed, self);
  return self;
}

void
habla_missed_exchanges_cancel (HablaMissedExchanges *self)
{
  self->member = NULL;
  g_cancellable_cancel (self->cancellable);
}

void
habla_missed_exchanges_hold (HablaMissedExchanges *self, guint type, GBytes *message)
{
  Held *held = g_new0 (Held, 1);

  held->type = type;
  held->message = g_bytes_ref (message);
  g_queue_push_tail (&self->held, held);
  if (self->held.length < MAX_HELD)
    return;
  g_message ("A client does not get all that it has missed: the store takes too long");
  finish (self);
  g_cancellable_cancel (self->cancellable);
}
