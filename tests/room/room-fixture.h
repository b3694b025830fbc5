/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "habla-test.h"

#include <room/room-manager.h>

G_BEGIN_DECLS

/* A manager with real engines. */
typedef struct {
  HablaMetrics *metrics;
  HablaRoomManagerOptions options;
  HablaRoomManager *manager;
} RoomFixture;

/* A member that logs its events, one line each: "transcript 1", "translation 1 es". Consecutive
 * partials are one line. */
typedef struct {
  HablaMember *member;
  GPtrArray *lines;
  GPtrArray *texts;  /* of each line: text, source or translation; "" = none */
  guint position;    /* of reader_expect() */
  guint n_encodings; /* messages that it was the first to encode */
} Reader;

void room_fixture_set_up (RoomFixture *self, gconstpointer data);
void room_fixture_start (RoomFixture *self);
void room_fixture_tear_down (RoomFixture *self, gconstpointer data);
void room_fixture_iterate_until (gboolean (*is_so) (gpointer data), gpointer data, guint seconds);
void room_fixture_wait_for_sessions (RoomFixture *self, guint n);
double room_fixture_get_metric (RoomFixture *self, const char *series);

Reader *reader_new_owner (RoomFixture *fixture, const char *key, const char *name);
Reader *reader_new_listener (RoomFixture *fixture, const char *name, const char *language);
void reader_free (Reader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reader, reader_free)
HablaRoom *reader_get_room (Reader *self);
void reader_set_languages (Reader *self, const char *source, const char *target);
void reader_type (Reader *self, const char *text);
/* Stops listening without a last chunk, for which the pipeline would wait two seconds. */
void reader_stop_listening (Reader *self);
void reader_expect (Reader *self, const char *lines);
void reader_expect_nothing (Reader *self);
void reader_wait_for (Reader *self, const char *line);
const char *reader_get_text (Reader *self, const char *line);
/* Returns: (transfer none): that of the transcript that came as number @n; from 0 */
const char *reader_get_nth_transcript (Reader *self, guint n);
guint reader_count (Reader *self, const char *prefix);
void reader_assert_balanced (Reader *self);

GPtrArray *room_fixture_record (const char *const *recordings, guint pieces);

G_END_DECLS
