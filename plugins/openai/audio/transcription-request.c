/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transcription-request.h"

#include "segmenter.h"
#include "wav.h"

#define PATH "v1/audio/transcriptions"

static void
append_field (GString *body, const char *boundary, const char *name, const char *value)
{
  g_string_append_printf (body, "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n",
      boundary, name, value);
}

/* Returns: (transfer full): the body of the form */
static GBytes *
request_make_body (const TranscriptionRequest *self, const char *boundary, gboolean is_plain)
{
  g_autoptr (GBytes) wav = habla_wav_encode (self->samples, self->n_samples, HABLA_SEGMENTER_RATE);
  GString *body = g_string_sized_new (g_bytes_get_size (wav) + 2048);
  gsize size;
  const char *data = g_bytes_get_data (wav, &size);

  append_field (body, boundary, "model", self->model);
  if (self->language != NULL)
    append_field (body, boundary, "language", self->language);
  if (self->prompt != NULL && *self->prompt != '\0')
    append_field (body, boundary, "prompt", self->prompt);
  append_field (body, boundary, "response_format", is_plain ? "json" : "verbose_json");
  if (!is_plain) {
    append_field (body, boundary, "timestamp_granularities[]", "segment");
    append_field (body, boundary, "timestamp_granularities[]", "word");
  }
  g_string_append_printf (body,
      "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"speech.wav\"\r\n"
      "Content-Type: audio/wav\r\n\r\n",
      boundary);
  g_string_append_len (body, data, size);
  g_string_append_printf (body, "\r\n--%s--\r\n", boundary);
  return g_string_free_to_bytes (body);
}

/* @left: time for the answer, in milliseconds */
static gboolean
request_post (const TranscriptionRequest *self, RemoteClient *client, gboolean is_plain, guint left,
    RemoteResponse *response, GCancellable *cancellable, GError **error)
{
  /* Random, so that no audio contains it. */
  g_autofree char *boundary =
      g_strdup_printf ("habla-%08x%08x%08x", g_random_int (), g_random_int (), g_random_int ());
  g_autofree char *type = g_strdup_printf ("multipart/form-data; boundary=%s", boundary);
  g_autoptr (GBytes) body = request_make_body (self, boundary, is_plain);
  RemoteRequest request = {
    .path = PATH,
    .body = body,
    .content_type = type,
    .accept = "application/json",
    .timeout = left,
  };

  return remote_client_send (client, &request, response, cancellable, error);
}

static gboolean
is_refused_format (guint status)
{
  return status == SOUP_STATUS_BAD_REQUEST || status == SOUP_STATUS_UNPROCESSABLE_ENTITY ||
         status == SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE;
}

gboolean
transcription_request_send (const TranscriptionRequest *self, RemoteClient *client,
    gboolean *is_plain, TranscriptionResponse *response, GCancellable *cancellable, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + self->timeout * G_TIME_SPAN_MILLISECOND;
  g_auto (RemoteResponse) answer = { 0 };
  g_autoptr (GError) refusal = NULL;
  gboolean is_sent =
      request_post (self, client, *is_plain, self->timeout, &answer, cancellable, &refusal);

  if (!is_sent && !*is_plain && is_refused_format (answer.status)) {
    gint64 left = (deadline - g_get_monotonic_time ()) / G_TIME_SPAN_MILLISECOND;

    g_clear_error (&refusal);
    remote_response_clear (&answer);
    answer = (RemoteResponse){ 0 };
    is_sent = request_post (self, client, TRUE, MAX (left, TRANSCRIPTION_REQUEST_MIN_TIMEOUT),
        &answer, cancellable, &refusal);
    *is_plain = is_sent;
  }
  if (!is_sent) {
    g_propagate_error (error, g_steal_pointer (&refusal));
    return FALSE;
  }
  if (transcription_response_parse (
          response, answer.body, answer.content_type, self->n_samples, &refusal))
    return TRUE;
  remote_client_reject (client, refusal->message);
  g_propagate_error (error, g_steal_pointer (&refusal));
  return FALSE;
}
