/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * Hablad:
 *
 * A real hablad process for one test, with a free port and a data folder of its own.
 */
typedef struct _Hablad Hablad;

/**
 * hablad_write_config:
 * @text: contents of a configuration file
 *
 * Writes a new file in the folder of the test.
 *
 * Returns: (transfer full): the option --config for it
 */
char *hablad_write_config (const char *text);

/**
 * hablad_start:
 * @options: (nullable): command-line options besides --listen
 *
 * Returns: (transfer full): a hablad that accepts connections on the loopback interface
 */
Hablad *hablad_start (const char *const *options);

/**
 * hablad_start_on:
 *
 * Like hablad_start(), but listens on @address.
 */
Hablad *hablad_start_on (const char *address, const char *const *options);

/**
 * hablad_start_with_data:
 * @data: the data folder; may contain the data of an earlier hablad
 *
 * Like hablad_start(), but with the data folder @data.
 */
Hablad *hablad_start_with_data (const char *const *options, const char *data);

/**
 * hablad_stop:
 *
 * Sends SIGTERM, asserts that hablad exits with 0 within 60 s without having logged a critical
 * warning, and frees @self.
 */
void hablad_stop (Hablad *self);

/**
 * hablad_free:
 *
 * Kills hablad if it runs.
 */
void hablad_free (Hablad *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Hablad, hablad_free)

/**
 * hablad_get_url:
 *
 * Returns: (transfer none): the base URL of the server
 */
const char *hablad_get_url (Hablad *self);

/**
 * hablad_get_pid:
 *
 * Returns: the process id
 */
GPid hablad_get_pid (Hablad *self);

/**
 * hablad_wait:
 * @seconds: timeout, after which the test fails
 *
 * Waits until the process exits.
 *
 * Returns: the exit status, or 128 + the number of the signal that terminated the process
 */
int hablad_wait (Hablad *self, guint seconds);

/**
 * hablad_signal:
 *
 * Sends @signal to the process, which must be running.
 */
void hablad_signal (Hablad *self, int signal);

/**
 * hablad_get_log:
 *
 * Returns: (transfer full): the contents of standard error so far
 */
char *hablad_get_log (Hablad *self);

/**
 * hablad_set_cookie:
 * @cookie: (nullable): such as "habla-client=…"
 *
 * Sends @cookie with all following requests and WebSockets, as a browser does.
 */
void hablad_set_cookie (Hablad *self, const char *cookie);

/**
 * hablad_get:
 * @path: path and query
 * @status: (out) (optional): the HTTP status
 *
 * Returns: (transfer full): the body of the response
 */
char *hablad_get (Hablad *self, const char *path, guint *status);

/**
 * hablad_request:
 * @path: path and query
 * @json: (nullable): body of the request
 * @status: (out) (optional): the HTTP status
 *
 * Returns: (transfer full): the body of the response
 */
char *hablad_request (
    Hablad *self, const char *method, const char *path, const char *json, guint *status);

/**
 * hablad_connect:
 * @request: (nullable): bytes to send first
 * @seconds: timeout of reads and writes
 *
 * Returns: (transfer full): a TCP connection to the server
 */
GSocketConnection *hablad_connect (Hablad *self, const char *request, guint seconds);

/**
 * hablad_wait_ready:
 *
 * Waits until /health/ready responds with 200; the test fails after 120 s.
 */
void hablad_wait_ready (Hablad *self);

/**
 * hablad_get_metric:
 * @name: name with labels, such as "habla_sessions{state=\"listening\"}"
 *
 * Returns: the value of the metric, which must exist
 */
double hablad_get_metric (Hablad *self, const char *name);

/**
 * hablad_wait_for_metric:
 *
 * Waits until the metric @name has @value; the test fails after 120 s.
 */
void hablad_wait_for_metric (Hablad *self, const char *name, double value);

/**
 * HabladClient:
 *
 * A WebSocket client that logs the messages that it receives.
 */
typedef struct _HabladClient HabladClient;

/**
 * hablad_client_new:
 * @query: (nullable): query string, such as "client=…&room=…"
 *
 * Returns: (transfer full): a connected client
 */
HabladClient *hablad_client_new (Hablad *hablad, const char *query);

/**
 * hablad_client_free:
 *
 * Closes the TCP connection if it is open.
 */
void hablad_client_free (HabladClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HabladClient, hablad_client_free)

/**
 * hablad_client_get_connection:
 *
 * Returns: (transfer none): the WebSocket
 */
SoupWebsocketConnection *hablad_client_get_connection (HabladClient *self);

/**
 * hablad_client_send:
 * @json: a message with ' instead of "
 */
void hablad_client_send (HabladClient *self, const char *json);

/**
 * hablad_client_send_audio:
 *
 * Sends @audio as one binary message.
 */
void hablad_client_send_audio (HabladClient *self, GBytes *audio);

/**
 * hablad_client_send_text:
 *
 * Sends @text as typed text.
 */
void hablad_client_send_text (HabladClient *self, const char *text);

/**
 * hablad_client_start_listening:
 *
 * Sends start_listening and waits for listening_started.
 */
void hablad_client_start_listening (HabladClient *self);

/**
 * hablad_client_request_stop:
 *
 * Sends stop_listening, and an empty last chunk: without one, hablad waits two seconds for the last
 * chunk of the recorder.
 */
void hablad_client_request_stop (HabladClient *self);

/**
 * hablad_client_stop_listening:
 *
 * Calls hablad_client_request_stop() and waits for listening_stopped.
 *
 * Returns: (transfer none): listening_stopped
 */
JsonObject *hablad_client_stop_listening (HabladClient *self);

/**
 * hablad_client_sync:
 *
 * Sends ping and waits for pong: hablad has then received everything that was sent before.
 */
void hablad_client_sync (HabladClient *self);

/**
 * hablad_client_expect:
 *
 * Waits for the next message of @type and skips the messages before it. The test fails after 120 s.
 *
 * Returns: (transfer none): the message
 */
JsonObject *hablad_client_expect (HabladClient *self, const char *type);

/**
 * hablad_client_expect_next:
 *
 * Waits for the next message, and asserts that it has @type. Skips partial results,
 * exchange_stored and audience. The test fails after 120 s.
 *
 * Returns: (transfer none): the message
 */
JsonObject *hablad_client_expect_next (HabladClient *self, const char *type);

/**
 * hablad_client_get_messages:
 *
 * Returns: (transfer none) (element-type JsonObject): all messages received so far
 */
GPtrArray *hablad_client_get_messages (HabladClient *self);

/**
 * hablad_client_count:
 *
 * Returns: number of messages of @type received so far
 */
guint hablad_client_count (HabladClient *self, const char *type);

/**
 * hablad_client_join:
 * @member: name of a string member
 *
 * Returns: (transfer full): the @member of each message of @type received so far, one a line
 */
char *hablad_client_join (HabladClient *self, const char *type, const char *member);

/**
 * hablad_client_has:
 *
 * Returns: whether a message of @type has been received
 */
gboolean hablad_client_has (HabladClient *self, const char *type);

/**
 * hablad_client_close:
 *
 * Closes the WebSocket and waits for the close frame of the server.
 */
void hablad_client_close (HabladClient *self);

/**
 * hablad_client_abort:
 *
 * Closes the TCP connection without a close frame.
 */
void hablad_client_abort (HabladClient *self);

/**
 * hablad_client_wait_closed:
 *
 * Waits until the server closes the WebSocket.
 *
 * Returns: the code of its close frame
 */
gushort hablad_client_wait_closed (HabladClient *self);

/* A test file: 870 (7.1 s), 880 (3.0 s), 890 (5.3 s), 920 (6.1 s) or 930 (3.3 s). */
#define HABLAD_SPEECH(number) "sense_and_sensibility_01_austen_64kb-0" #number ".wav"

/**
 * HABLAD_SILENCE:
 *
 * A second of silence, in place of a file's name.
 */
#define HABLAD_SILENCE "silence"

/**
 * HABLAD_SILENCE_OF:
 *
 * Seconds of silence, in place of a file's name.
 */
#define HABLAD_SILENCE_OF(seconds) "silence " #seconds

/**
 * hablad_get_duration:
 *
 * Returns: the duration of a test file or %HABLAD_SILENCE, in seconds
 */
double hablad_get_duration (const char *name);

/**
 * hablad_record:
 * @container: "webm", "ogg", or "mp4" as Safari has it
 * @names: names of files in pocketsphinx-testdata, to be concatenated
 *
 * Encodes a recording as a browser's MediaRecorder does, in chunks of a second.
 *
 * Returns: (transfer full) (element-type GBytes): the chunks
 */
GPtrArray *hablad_record (const char *container, const char *const *names);

/**
 * hablad_record_chunks:
 *
 * Like hablad_record(), with chunks of @length nanoseconds, or of whole fragments of MP4.
 */
GPtrArray *hablad_record_chunks (
    const char *container, const char *const *names, GstClockTime length);

/**
 * hablad_client_send_recording:
 * @paced: whether to send one chunk a second; %FALSE = all at once
 */
void hablad_client_send_recording (HabladClient *self, GPtrArray *chunks, gboolean paced);

/**
 * hablad_wait_until:
 *
 * Runs the default main context until @condition holds; the test fails after 120 s.
 */
#define hablad_wait_until(condition) \
  G_STMT_START \
  { \
    gint64 hablad_deadline_ = g_get_monotonic_time () + 120 * G_USEC_PER_SEC; \
    while (!(condition)) { \
      if (g_get_monotonic_time () > hablad_deadline_) \
        g_error ("%s:%d: timed out: %s", __FILE__, __LINE__, #condition); \
      hablad_iterate (); \
    } \
  } \
  G_STMT_END

/**
 * hablad_iterate:
 *
 * Runs one iteration of the default main context; blocks for 100 ms at most.
 */
void hablad_iterate (void);

G_END_DECLS
