/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <room/relay/record.h>
#include <room/room-limits.h>

#include <string.h>

#define STATE \
  "{\"room\":\"r\",\"session\":7,\"source\":\"en\",\"targets\":[\"es\"],\"mode\":\"classroom\"," \
  "\"offered\":[\"es\",\"en\"]}"

static HablaRecord *
decode (const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return habla_record_decode (bytes, error);
}

/* Encoded, decoded and encoded again, a record is the same. */
static HablaRecord *
pass (const HablaRecord *record)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) first = habla_record_encode (record);
  g_autoptr (GBytes) second = NULL;
  HablaRecord *copy = habla_record_decode (first, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (first), <=, HABLA_MAX_RECORD);
  second = habla_record_encode (copy);
  g_assert_true (g_bytes_equal (first, second));
  return copy;
}

static HablaRoomSnapshot *
make_state (void)
{
  static const char *const targets[] = { "es", "pt-BR", NULL };
  static const char *const engines[] = { "pocketsphinxtranscriber", NULL };
  HablaRoomSnapshot *state = habla_room_snapshot_new ();

  state->room = g_strdup ("room “1”\n");
  state->session_id = 17;
  habla_room_settings_set_languages (&state->settings, "en", targets);
  habla_room_settings_set_engines (&state->settings, NULL, "apertiumtranslator");
  state->settings.mode = HABLA_MODE_CLASSROOM;
  state->settings.detects_language = TRUE;
  state->chosen = g_strdupv ((GStrv) targets);
  state->offered = g_strdupv ((GStrv) targets);
  state->transcribers = g_strdupv ((GStrv) engines);
  state->translators = g_strdupv ((GStrv) engines);
  state->topic = g_strdup ("bread");
  state->can_hear = state->is_listening = state->is_recording = TRUE;
  state->is_abandoned = state->is_degraded = state->was_reset = TRUE;
  habla_room_snapshot_add_speaker (
      state, &(HablaSpeaker){
                 .id = (char *) "SPEAKER_1", .custom_name = (char *) "Ana", .utterance_count = 3 });
  habla_room_snapshot_add_speaker (
      state, &(HablaSpeaker){ .id = (char *) "MANUAL", .role_hint = (char *) "teacher" });
  return state;
}

static void
test_state (void)
{
  g_autoptr (HablaRecord) record = habla_record_new_event (NULL);
  g_autoptr (HablaRecord) copy = NULL;
  const HablaSpeaker *speaker;

  record->number = 12;
  record->state = make_state ();
  copy = pass (record);
  g_assert_false (copy->has_event);
  g_assert_cmpuint (copy->number, ==, 12);
  g_assert_cmpstr (copy->state->room, ==, record->state->room);
  g_assert_cmpuint (copy->state->session_id, ==, 17);
  g_assert_true (
      habla_room_settings_can_share_pipeline (&copy->state->settings, &record->state->settings));
  g_assert_cmpint (copy->state->settings.mode, ==, HABLA_MODE_CLASSROOM);
  g_assert_cmpstrv (copy->state->chosen, record->state->chosen);
  g_assert_cmpstrv (copy->state->offered, record->state->offered);
  g_assert_cmpstrv (copy->state->transcribers, record->state->transcribers);
  g_assert_cmpstr (copy->state->topic, ==, "bread");
  g_assert_true (copy->state->can_hear && copy->state->is_listening && copy->state->is_recording);
  g_assert_true (copy->state->is_abandoned && copy->state->is_degraded && copy->state->was_reset);
  g_assert_cmpuint (copy->state->speakers->len, ==, 2);
  speaker = copy->state->speakers->pdata[0];
  g_assert_cmpstr (speaker->custom_name, ==, "Ana");
  g_assert_cmpuint (speaker->utterance_count, ==, 3);
  speaker = copy->state->speakers->pdata[1];
  g_assert_cmpstr (speaker->label, ==, "Typed");
  g_assert_cmpstr (speaker->role_hint, ==, "teacher");
}

static void
test_events (void)
{
  const HablaEvent events[] = {
    { .type = HABLA_EVENT_PARTIAL, .text = "a \"b\" \x01" },
    { .type = HABLA_EVENT_PARTIAL_TRANSLATION, .text = "", .language = "es-419" },
    { .type = HABLA_EVENT_LISTENING_STOPPED,
        .segments = 3,
        .speech_time = G_GUINT64_CONSTANT (1) << 60 },
    { .type = HABLA_EVENT_OVERLOAD, .overload = 3 },
    { .type = HABLA_EVENT_PLAYBACK_STARTED,
        .recording = "x",
        .playback_mode = "fast",
        .speed = 2.5,
        .total_chunks = 9 },
    { .type = HABLA_EVENT_PLAYBACK_PROGRESS, .chunk = 4, .total_chunks = 9 },
    { .type = HABLA_EVENT_STORED, .exchange_id = 5 },
    { .type = HABLA_EVENT_ERROR, .text = "no", .language = "es" },
    { .type = HABLA_EVENT_STATUS },
  };

  for (guint i = 0; i < G_N_ELEMENTS (events); i++) {
    g_autoptr (HablaRecord) record = habla_record_new_event (&events[i]);
    g_autoptr (HablaRecord) copy = pass (record);

    g_assert_true (copy->has_event);
    g_assert_cmpint (copy->event.type, ==, events[i].type);
    g_assert_cmpstr (copy->event.text, ==, events[i].text);
    g_assert_cmpstr (copy->event.language, ==, events[i].language);
    g_assert_cmpstr (copy->event.recording, ==, events[i].recording);
    g_assert_cmpstr (copy->event.playback_mode, ==, events[i].playback_mode);
    g_assert_cmpfloat (copy->event.speed, ==, events[i].speed);
    g_assert_cmpuint (copy->event.overload, ==, events[i].overload);
    g_assert_cmpuint (copy->event.exchange_id, ==, events[i].exchange_id);
    g_assert_cmpuint (copy->event.segments, ==, events[i].segments);
    g_assert_cmpuint (copy->event.speech_time, ==, events[i].speech_time);
    g_assert_cmpuint (copy->event.chunk, ==, events[i].chunk);
    g_assert_cmpuint (copy->event.total_chunks, ==, events[i].total_chunks);
  }
}

static HablaAnnotations *
make_annotations (guint n, const char *text)
{
  HablaAnnotations *annotations = habla_annotations_new ();

  habla_annotations_set_corrected (annotations, "right");
  for (guint i = 0; i < n; i++) {
    g_autofree char *phrase = g_strdup_printf ("%u%s", i, text);
    const HablaNote note = {
      .phrase = phrase, .literal = phrase, .meaning = phrase, .begin = 2, .end = 5
    };
    const HablaCorrection correction = { phrase, phrase, phrase };

    habla_annotations_add_note (annotations, &note);
    habla_annotations_add_correction (annotations, &correction);
  }
  return annotations;
}

static HablaRecord *
make_transcript (const char *text)
{
  static const char *const awaited[] = { "es", "pt", NULL };
  HablaRecord *record = habla_record_new (HABLA_RECORD_TRANSCRIPT);

  record->number = 3;
  record->session_id = 2;
  record->speaker_id = g_strdup ("SPEAKER_1");
  record->utterance_count = 8;
  record->awaited = g_strdupv ((GStrv) awaited);
  record->exchange = (HablaExchange){ .id = 99,
    .language = g_strdup ("en"),
    .target_language = g_strdup ("es"),
    .source = g_strdup (text),
    .confidence = 0.25,
    .timestamp = G_GINT64_CONSTANT (1790000000123456),
    .recording = g_strdup ("2026"),
    .begin = G_GINT64_CONSTANT (1790000000000001),
    .end = G_GINT64_CONSTANT (1790000000000002),
    .origin = 5 };
  return record;
}

static void
test_exchange (void)
{
  g_autoptr (HablaRecord) transcript = make_transcript ("Hi \xf0\x9f\x98\x80");
  g_autoptr (HablaRecord) translation = habla_record_new (HABLA_RECORD_TRANSLATION);
  g_autoptr (HablaRecord) copy = NULL;
  g_autoptr (HablaRecord) translated = NULL;
  g_autoptr (HablaRecord) given_up = NULL;
  const HablaNote *note;

  transcript->exchange.annotations = make_annotations (2, "x");
  copy = pass (transcript);
  g_assert_cmpuint (copy->exchange.id, ==, 99);
  g_assert_cmpuint (copy->session_id, ==, 2);
  g_assert_cmpuint (copy->utterance_count, ==, 8);
  g_assert_cmpstr (copy->exchange.source, ==, transcript->exchange.source);
  g_assert_cmpstr (copy->exchange.target_language, ==, "es");
  g_assert_cmpfloat (copy->exchange.confidence, ==, 0.25);
  g_assert_cmpint (copy->exchange.timestamp, ==, transcript->exchange.timestamp);
  g_assert_cmpint (copy->exchange.begin, ==, transcript->exchange.begin);
  g_assert_cmpint (copy->exchange.end, ==, transcript->exchange.end);
  g_assert_cmpint (copy->exchange.origin, ==, 5);
  g_assert_cmpstr (copy->exchange.recording, ==, "2026");
  g_assert_cmpstrv (copy->awaited, transcript->awaited);
  g_assert_cmpuint (copy->exchange.annotations->corrections->len, ==, 2);
  note = copy->exchange.annotations->notes->pdata[1];
  g_assert_cmpstr (note->phrase, ==, "1x");
  g_assert_cmpint (note->end, ==, 5);

  translation->number = 4;
  translation->exchange.id = 99;
  translation->exchange.processing = 250;
  translation->language = g_strdup ("es");
  given_up = pass (translation);
  g_assert_null (given_up->text);
  translation->text = g_strdup ("Hola");
  translated = pass (translation);
  g_assert_cmpstr (translated->text, ==, "Hola");
  g_assert_cmpstr (translated->language, ==, "es");
  g_assert_cmpint (translated->exchange.processing, ==, 250);
}

/* @text: repeated. Returns: (transfer full): more than a record takes */
static char *
repeat (const char *text, guint n)
{
  GString *string = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append (string, text);
  return g_string_free (string, FALSE);
}

static void
test_bounds (void)
{
  /* The longest in JSON, and the longest in UTF-8. */
  g_autofree char *escaped = repeat ("\x01", HABLA_MAX_TEXT);
  g_autofree char *wide = repeat ("\xf0\x9f\x98\x80", HABLA_MAX_TEXT);
  g_autofree char *longer = repeat ("é", 4 * HABLA_MAX_TEXT);
  g_autofree char *explanation = repeat ("\x02", HABLA_MAX_NOTE_TEXT - 10);
  g_autoptr (HablaRecord) narrow_record = make_transcript (escaped);
  g_autoptr (HablaRecord) wide_record = make_transcript (wide);
  g_autoptr (HablaRecord) long_record = make_transcript (longer);
  g_autoptr (HablaRecord) narrow_copy = NULL;
  g_autoptr (HablaRecord) wide_copy = pass (wide_record);
  g_autoptr (HablaRecord) long_copy = pass (long_record);

  narrow_record->exchange.annotations = make_annotations (HABLA_MAX_NOTES, explanation);
  narrow_copy = pass (narrow_record);
  g_assert_cmpstr (narrow_copy->exchange.source, ==, escaped);
  g_assert_null (narrow_copy->exchange.annotations);
  g_assert_cmpstr (wide_copy->exchange.source, ==, wide);
  g_assert_true (g_str_has_prefix (longer, long_copy->exchange.source));
  g_assert_cmpuint (strlen (long_copy->exchange.source), ==, 4 * HABLA_MAX_TEXT);
}

static void
test_largest_state (void)
{
  g_autofree char *id = repeat ("\xf0\x9f\x98\x80", HABLA_MAX_SPEAKER_ID - 3);
  g_autofree char *name = repeat ("\xf0\x9f\x98\x80", HABLA_MAX_SPEAKER_NAME);
  g_autofree char *role = repeat ("\xf0\x9f\x98\x80", HABLA_MAX_ROLE);
  g_autoptr (HablaRecord) record = habla_record_new_event (NULL);
  g_autoptr (HablaRecord) copy = NULL;

  record->state = make_state ();
  for (guint i = 0; i < 100; i++) {
    g_autofree char *unique = g_strdup_printf ("%s%u", id, i);
    const HablaSpeaker speaker = { .id = unique, .custom_name = name, .role_hint = role };

    habla_room_snapshot_add_speaker (record->state, &speaker);
  }
  copy = pass (record);
  g_assert_cmpuint (copy->state->speakers->len, ==, 102);
}

/* Whatever is wrong is named, and leaves nothing behind. */
static void
test_refused (void)
{
  static const struct {
    const char *text;
    const char *problem;
  } wrong[] = {
    { "", "Invalid record of a room" },
    { "[]", "Invalid record of a room" },
    { "{}", "type" },
    { "{\"type\":\"dance\"}", "newer release" },
    { "{\"type\":7}", "type" },
    { "{\"type\":\"ended\"}", "number" },
    { "{\"type\":\"ended\",\"number\":-1}", "range" },
    { "{\"type\":\"ended\",\"number\":1.5}", "whole number" },
    { "{\"type\":\"reset\",\"number\":1}", "session" },
    { "{\"type\":\"event\"}", "event" },
    { "{\"type\":\"event\",\"event\":\"transcript\"}", "newer release" },
    { "{\"type\":\"event\",\"event\":\"partial\"}", "text" },
    { "{\"type\":\"event\",\"event\":\"error\",\"text\":\"x\"}", "language" },
    { "{\"type\":\"event\",\"event\":\"overload\",\"overload\":4}", "overload" },
    { "{\"type\":\"event\",\"state\":[]}", "state" },
    { "{\"type\":\"event\",\"state\":{}}", "room" },
    { "{\"type\":\"event\",\"state\":{\"room\":\"r\",\"session\":1,\"source\":\"e "
      "n\",\"mode\":\"classroom\"}}",
        "tag" },
    { "{\"type\":\"event\",\"state\":{\"room\":\"r\",\"session\":1,\"source\":\"en\","
      "\"mode\":\"classroom\",\"targets\":[],\"offered\":[\"es\"]}}",
        "targets" },
    { "{\"type\":\"event\",\"state\":{\"room\":\"r\",\"session\":1,\"source\":\"en\","
      "\"mode\":\"classroom\",\"targets\":[\"es\"],\"offered\":[\"es\"],"
      "\"speakers\":[{\"id\":\"a\"},{\"id\":\"a\"}]}}",
        "twice" },
    { "{\"type\":\"transcript\",\"number\":1,\"session\":1,\"exchange\":0}", "exchange" },
    { "{\"type\":\"transcript\",\"number\":1,\"session\":1,\"exchange\":1,\"language\":\"en\","
      "\"target\":\"es\",\"text\":\"x\",\"awaited\":[1]}",
        "awaited" },
    { "{\"type\":\"transcript\",\"number\":1,\"session\":1,\"exchange\":1,\"language\":\"en\","
      "\"target\":\"es\",\"text\":\"x\",\"annotations\":{\"notes\":[{}]}}",
        "phrase" },
    { "{\"type\":\"translation\",\"number\":1,\"exchange\":1,\"language\":\"\"}", "tag" },
    { "{\"type\":\"translation\",\"number\":1,\"exchange\":1,\"language\":\"es\",\"text\":[]}",
        "text" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (decode (wrong[i].text, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    if (strstr (error->message, wrong[i].problem) == NULL)
      g_error ("%s: “%s” does not mention “%s”", wrong[i].text, error->message, wrong[i].problem);
  }
}

static void
test_too_large (void)
{
  g_autofree char *blanks = g_strnfill (HABLA_MAX_RECORD + 1, ' ');
  g_autoptr (GError) error = NULL;

  g_assert_null (decode (blanks, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
}

/* A newer release may add members. */
static void
test_newer (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaRecord) record =
      decode ("{\"type\":\"event\",\"event\":\"mode\",\"shiny\":[{}],\"state\":" STATE "}", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (record->state->settings.source_language, ==, "en");
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/room-record/state", test_state);
  g_test_add_func ("/room-record/events", test_events);
  g_test_add_func ("/room-record/exchange", test_exchange);
  g_test_add_func ("/room-record/bounds", test_bounds);
  g_test_add_func ("/room-record/largest-state", test_largest_state);
  g_test_add_func ("/room-record/refused", test_refused);
  g_test_add_func ("/room-record/too-large", test_too_large);
  g_test_add_func ("/room-record/newer", test_newer);
  return habla_test_run ();
}
