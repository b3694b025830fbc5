/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hablad.h"

G_BEGIN_DECLS

/* The speech of a lesson, 3 s. */
extern const char *const contract_speech[];

/* A running hablad with recording, which all tests share; each page has a room of its own. */
extern Hablad *contract_hablad;

/**
 * contract_check_fields:
 * @object: a message or an answer
 * @what: for the error
 * @fields: "NAME:KIND NAME:KIND …"
 *
 * Asserts that @object has all of @fields. Kinds; "?" after one allows null:
 * s string, i integer, n number, b boolean, z 0 or 1, y boolean or 0 or 1, a array, o object, t
 * time in ISO 8601, d direction, m mode, c colour, 0 null, P speaker, Q array of speakers, I array
 * of idioms, D correction, S array of segments.
 */
void contract_check_fields (JsonObject *object, const char *what, const char *fields);

/**
 * contract_check_list:
 * @array: an array of objects
 *
 * Calls contract_check_fields() for each element.
 */
void contract_check_list (JsonArray *array, const char *what, const char *fields);

/**
 * contract_ask:
 * @body: (nullable): with ' instead of "
 * @status: that is expected; an error must be {"detail": text}
 *
 * A request of a page, with its cookie.
 *
 * Returns: (transfer full): the answer
 */
JsonNode *contract_ask (const char *method, const char *path, const char *body, guint status);

/**
 * contract_expect:
 *
 * Like contract_ask(), without the answer.
 */
void contract_expect (const char *method, const char *path, const char *body, guint status);

/**
 * contract_fetch:
 * @header: (nullable): name of a header of the answer
 * @value: (out) (optional): its value
 *
 * Returns: (transfer full): the body of an answer with status 200
 */
GBytes *contract_fetch (const char *path, const char *header, char **value);

/**
 * ContractPage:
 * @client: its WebSocket
 * @cookie: what the server set when the page was loaded
 * @direction: which it has chosen
 * @mode: which it has chosen
 * @is_listening: whether its recorder runs
 *
 * A browser client of the first Habla. All its fields are what it remembers over a reconnect.
 */
typedef struct {
  HabladClient *client;
  char *cookie;
  const char *direction;
  const char *mode;
  gboolean is_listening;
} ContractPage;

/**
 * contract_page_load:
 *
 * Returns: (transfer full): a page that was loaded, and not connected yet
 */
ContractPage *contract_page_load (void);

/**
 * contract_page_open:
 * @texts: (nullable) (array zero-terminated=1): that were typed without a connection
 * @spool: (nullable) (element-type GBytes): audio that was recorded without a connection
 *
 * Connects, and sends what a page sends then, in its order.
 */
void contract_page_open (ContractPage *self, const char *const *texts, GPtrArray *spool);

/**
 * contract_page_lose:
 *
 * Loses the connection, as in a change of the network.
 */
void contract_page_lose (ContractPage *self);

/**
 * contract_page_listen:
 *
 * Starts the recorder.
 *
 * Returns: (transfer none): listening_started
 */
JsonObject *contract_page_listen (ContractPage *self);

/**
 * contract_page_stop:
 * @last: (nullable): the recorder's last chunk, which it has only after the button; %NULL = none
 *
 * Stops the recorder.
 *
 * Returns: (transfer none): listening_stopped
 */
JsonObject *contract_page_stop (ContractPage *self, GBytes *last);

/**
 * contract_page_check:
 *
 * Asserts that all messages so far have their fields, and that each card was filled once, in order.
 */
void contract_page_check (ContractPage *self);

/**
 * contract_page_close:
 * @self: (transfer full): a page
 *
 * Checks the messages, and leaves the page.
 */
void contract_page_close (ContractPage *self);

/**
 * contract_record_lesson:
 * @self: a page that is connected
 *
 * Speaks contract_speech, and waits until it is recorded and stored.
 *
 * Returns: (transfer full): the id of the recording
 */
char *contract_record_lesson (ContractPage *self);

/**
 * contract_get_lesson:
 *
 * Records a lesson the first time.
 *
 * Returns: (transfer none): the id of a recording that several tests read
 */
const char *contract_get_lesson (void);

/* The tests. */
void contract_test_open (void);
void contract_test_bad_messages (void);
void contract_test_typed (void);
void contract_test_speech (void);
void contract_test_containers (void);
void contract_test_reconnect (void);
void contract_test_spool (void);
void contract_test_silence (void);
void contract_test_second_start (void);
void contract_test_two_recorders (void);
void contract_test_damaged_first (void);
void contract_test_tabs (void);
void contract_test_idle (void);
void contract_test_shutdown (void);
void contract_test_system (void);
void contract_test_sessions (void);
void contract_test_recordings (void);
void contract_test_corrections (void);
void contract_test_playback (void);
void contract_test_bounds (void);
void contract_test_no_store (void);
void contract_test_paths (void);
void contract_test_vocabulary (void);
void contract_test_bookmarks (void);
void contract_test_idioms (void);
void contract_test_classroom (void);

G_END_DECLS
