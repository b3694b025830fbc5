/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

/* A hablad of a test's own: the real program, on a port of its own, with a home of its own. */
typedef struct _Hablad Hablad;

/* @options: (nullable): of the command, beside --listen */
Hablad *hablad_start (const char *const *options);
/* Likewise, but on an @address that need not be loopback's. */
Hablad *hablad_start_on (const char *address, const char *const *options);
/* Likewise; what it keeps is in the folder @data, which may be that of another before it. */
Hablad *hablad_start_with_data (const char *const *options, const char *data);
/* Asserts that it ends with 0 within its bound after SIGTERM, and without a critical. */
void hablad_stop (Hablad *self);
/* Ends it in any way. */
void hablad_free (Hablad *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Hablad, hablad_free)

const char *hablad_get_url (Hablad *self);
GPid hablad_get_pid (Hablad *self);
/* Waits for its end. Returns: the exit status, or 128 + the signal */
int hablad_wait (Hablad *self, guint seconds);
void hablad_signal (Hablad *self, int signal);
/* What it has written to standard error until now. */
char *hablad_get_log (Hablad *self);

/* @status: (out) (optional). Returns: (transfer full): the body */
char *hablad_get (Hablad *self, const char *path, guint *status);
char *hablad_request (
    Hablad *self, const char *method, const char *path, const char *json, guint *status);
/* A connection of its own, that gives up after @seconds. @request: (nullable): sent at once, byte
 * by byte. Returns: (transfer full) */
GSocketConnection *hablad_connect (Hablad *self, const char *request, guint seconds);
/* Returns: the value of a metric, such as "habla_sessions{state=\"listening\"}"; it must be there
 */
double hablad_get_metric (Hablad *self, const char *name);
void hablad_wait_for_metric (Hablad *self, const char *name, double value);

/* A client with a log of what it got. */
typedef struct _HabladClient HabladClient;

/* @query: (nullable): "client=…&room=…" */
HabladClient *hablad_client_new (Hablad *hablad, const char *query);
void hablad_client_free (HabladClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HabladClient, hablad_client_free)

SoupWebsocketConnection *hablad_client_get_connection (HabladClient *self);
/* @json: with ' instead of " */
void hablad_client_send (HabladClient *self, const char *json);
void hablad_client_send_audio (HabladClient *self, GBytes *audio);
/* Returns: (transfer none): the next message of @type after the last that was returned; those
 * before it are skipped. Fails the test after a while */
JsonObject *hablad_client_expect (HabladClient *self, const char *type);
/* The next message of any type but partials and exchange_stored; it must be of @type. */
JsonObject *hablad_client_expect_next (HabladClient *self, const char *type);
/* All messages up to now: (transfer none) (element-type JsonObject) */
GPtrArray *hablad_client_get_messages (HabladClient *self);
gboolean hablad_client_has (HabladClient *self, const char *type);
void hablad_client_close (HabladClient *self);
/* Cuts the connection without a word. */
void hablad_client_cut (HabladClient *self);
/* Waits for the other side. Returns: the code of its close frame */
gushort hablad_client_wait_closed (HabladClient *self);

/* In the place of a file's name: a second of silence. */
#define HABLAD_SILENCE "silence"
/* Of a file or silence, in seconds. */
double hablad_get_duration (const char *name);

/* A recording as a browser's MediaRecorder gives it, in pieces of a second. @container:
 * "webm" or "ogg". @names: of files in pocketsphinx-testdata, one after another.
 * Returns: (transfer full) (element-type GBytes) */
GPtrArray *hablad_record (const char *container, const char *const *names);
/* The same, in pieces of @length. */
GPtrArray *hablad_record_pieces (
    const char *container, const char *const *names, GstClockTime length);
/* Sends them, the first as they come, in order; @paced: one a second. */
void hablad_client_send_recording (HabladClient *self, GPtrArray *pieces, gboolean paced);

/* Runs the main context until @condition holds; fails the test after a while. */
#define hablad_wait_until(condition) \
  G_STMT_START \
  { \
    gint64 hablad_deadline_ = g_get_monotonic_time () + 120 * G_USEC_PER_SEC; \
    while (!(condition)) { \
      if (g_get_monotonic_time () > hablad_deadline_) \
        g_error ("%s:%d: in vain: %s", __FILE__, __LINE__, #condition); \
      hablad_iterate (); \
    } \
  } \
  G_STMT_END
void hablad_iterate (void);

G_END_DECLS
