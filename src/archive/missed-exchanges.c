/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "archive/missed-exchanges.h"

#include "archive/exchange-record.h"

/* As many exchanges as a room remembers. */
#define MAX_MISSED 500
/* Enough for the transcripts and translations that the room replays, and as many new ones. */
#define MAX_HELD 2000

typedef struct {
  guint type;
  GBytes *message;
} HeldMessage;

struct _HablaMissedExchanges {
  HablaStore *store;
  HablaMember *member; /* NULL when done or cancelled */
  GCancellable *cancellable;
  HablaMissedExchangesHandler handler;
  GQueue held;
};

static void
held_message_free (HeldMessage *held)
{
  g_bytes_unref (held->message);
  g_free (held);
}

static void
missed_exchanges_free (HablaMissedExchanges *self)
{
  g_queue_clear_full (&self->held, (GDestroyNotify) held_message_free);
  g_object_unref (self->cancellable);
  g_free (self);
}

/* An owner reads the target language of that time. */
static void
missed_exchanges_emit (HablaMissedExchanges *self, const HablaUtteranceRecord *record)
{
  HablaRoom *room = habla_member_get_room (self->member);
  HablaRestoredExchange restored;
  HablaEvent event = { .type = HABLA_EVENT_TRANSCRIPT, .room = room };

  habla_restored_exchange_init (&restored, record);
  if (record->session_id == habla_room_get_session_id (room))
    restored.exchange.origin = habla_room_get_origin (room);
  event.exchange = &restored.exchange;
  event.is_replayed = TRUE;
  event.language = habla_member_is_owner (self->member) ? restored.exchange.target_language
                                                        : habla_member_get_language (self->member);
  self->handler.emit (&event, self->handler.user_data);
  event.type = HABLA_EVENT_TRANSLATION;
  self->handler.emit (&event, self->handler.user_data);
  event.type = HABLA_EVENT_STORED;
  event.exchange_id = record->id;
  self->handler.emit (&event, self->handler.user_data);
  habla_restored_exchange_clear (&restored);
}

/* Calls done() before send(), which would hold the messages back again. */
static void
missed_exchanges_finish (HablaMissedExchanges *self)
{
  self->member = NULL;
  self->handler.done (self->handler.user_data);
  for (GList *l = self->held.head; l != NULL; l = l->next) {
    HeldMessage *held = l->data;

    self->handler.send (held->type, held->message, self->handler.user_data);
  }
  g_queue_clear_full (&self->held, (GDestroyNotify) held_message_free);
}

static void
missed_exchanges_on_missed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HablaMissedExchanges *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) missed = habla_store_list_finish (self->store, result, &error);

  if (self->member != NULL) {
    if (missed == NULL)
      g_message ("Failed to read the exchanges that a client missed: %s", error->message);
    for (guint i = 0; missed != NULL && i < missed->len; i++)
      missed_exchanges_emit (self, g_ptr_array_index (missed, i));
    missed_exchanges_finish (self);
  }
  missed_exchanges_free (self);
}

HablaMissedExchanges *
habla_missed_exchanges_new (HablaStore *store, HablaMember *member, guint64 since,
    const HablaMissedExchangesHandler *handler)
{
  HablaRoom *room = habla_member_get_room (member);
  guint64 before = habla_room_get_first_exchange_id (room);
  g_autofree char *owner =
      habla_room_was_reset (room) ? NULL : habla_exchange_record_owner_new (room);
  /* A listener of one room of an owner may not read the others. */
  g_autofree char *name =
      habla_member_may_own (member) ? NULL : g_utf8_make_valid (habla_room_get_name (room), -1);
  const HablaUtteranceQuery query = {
    .session_id = habla_room_get_session_id (room),
    .owner = owner,
    .room = name,
    .since = since,
    .before = before,
    .limit = MAX_MISSED,
  };
  HablaMissedExchanges *self;

  /* The room remembers its session, which is what a client without exchanges wants. */
  if (since == 0 || since >= before || since + 1 == before)
    return NULL;
  self = g_new0 (HablaMissedExchanges, 1);
  self->store = store;
  self->member = member;
  self->cancellable = g_cancellable_new ();
  self->handler = *handler;
  g_queue_init (&self->held);
  habla_store_list_missed_async (
      store, &query, self->cancellable, missed_exchanges_on_missed, self);
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
  HeldMessage *held = g_new0 (HeldMessage, 1);

  held->type = type;
  held->message = g_bytes_ref (message);
  g_queue_push_tail (&self->held, held);
  if (self->held.length < MAX_HELD)
    return;
  g_message ("Failed to read the exchanges that a client missed: the store is too slow");
  missed_exchanges_finish (self);
  g_cancellable_cancel (self->cancellable);
}
