/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <api/websocket/protocol.h>
#include <string.h>

static HablaCommand *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  HablaCommand *command = habla_protocol_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_nonnull (command);
  return command;
}

static void
test_parse (void)
{
  static const struct {
    const char *text;
    HablaCommandType type;
  } bare[] = {
    { "{\"type\":\"end_room\"}", HABLA_COMMAND_END_ROOM },
    { "{\"type\":\"new_session\"}", HABLA_COMMAND_NEW_SESSION },
    { "{\"type\":\"ping\"}", HABLA_COMMAND_PING },
    { "{\"type\":\"segment_end\"}", HABLA_COMMAND_SEGMENT_END },
    { "{\"type\":\"stop_listening\"}", HABLA_COMMAND_STOP_LISTENING },
    { "{\"type\":\"take_over\"}", HABLA_COMMAND_TAKE_OVER },
    { " {\n\t\"later\" : [1.5e3, {\"a\":true}, null],\r\"type\" : \"ping\" } ",
        HABLA_COMMAND_PING },
    { "{\"type\":\"p\\u0069ng\"}", HABLA_COMMAND_PING },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bare); i++) {
    g_autoptr (HablaCommand) command = parse (bare[i].text);

    g_assert_cmpint (command->type, ==, bare[i].type);
  }
}

static void
test_parse_fields (void)
{
  g_autoptr (HablaCommand) text =
      parse ("{\"type\":\"text_input\",\"text\":\" ¿Qué \\\"tal\\\"?\\n "
             "\\ud83d\\ude00\",\"speaker_id\":\"S1\"}");
  g_autoptr (HablaCommand) manual = parse ("{\"type\":\"text_input\",\"text\":\"a\"}");
  g_autoptr (HablaCommand) direction =
      parse ("{\"type\":\"toggle_direction\",\"direction\":\"en_to_es\"}");
  g_autoptr (HablaCommand) mode = parse ("{\"type\":\"set_mode\",\"mode\":\"classroom\"}");
  g_autoptr (HablaCommand) rename =
      parse ("{\"type\":\"rename_speaker\",\"speaker_id\":\"S1\",\"name\":\"Señora Ruiz\"}");
  g_autoptr (HablaCommand) hello = parse ("{\"type\":\"hello\",\"token\":\"t0k\"}");
  g_autoptr (HablaCommand) no_token = parse ("{\"type\":\"hello\"}");
  g_autoptr (HablaCommand) listener = parse ("{\"type\":\"hello\",\"code\":\"ABCD-EFGH\"}");
  g_autoptr (HablaCommand) language = parse ("{\"type\":\"set_language\",\"language\":\"pt-BR\"}");

  g_assert_cmpint (text->type, ==, HABLA_COMMAND_TEXT_INPUT);
  g_assert_cmpstr (text->text, ==, "¿Qué \"tal\"?\n 😀");
  g_assert_cmpstr (text->speaker_id, ==, "S1");
  g_assert_cmpstr (manual->speaker_id, ==, "MANUAL");
  g_assert_cmpint (direction->type, ==, HABLA_COMMAND_TOGGLE_DIRECTION);
  g_assert_cmpstr (direction->direction, ==, "en_to_es");
  g_assert_cmpint (mode->type, ==, HABLA_COMMAND_SET_MODE);
  g_assert_cmpint (mode->mode, ==, HABLA_MODE_CLASSROOM);
  g_assert_cmpint (rename->type, ==, HABLA_COMMAND_RENAME_SPEAKER);
  g_assert_cmpstr (rename->speaker_id, ==, "S1");
  g_assert_cmpstr (rename->name, ==, "Señora Ruiz");
  g_assert_cmpint (hello->type, ==, HABLA_COMMAND_HELLO);
  g_assert_cmpstr (hello->token, ==, "t0k");
  g_assert_null (hello->code);
  g_assert_cmpstr (listener->code, ==, "ABCD-EFGH");
  g_assert_null (listener->token);
  g_assert_null (no_token->token);
  g_assert_cmpint (language->type, ==, HABLA_COMMAND_SET_LANGUAGE);
  g_assert_cmpstr (language->language, ==, "pt-BR");
}

static void
test_parse_start_listening (void)
{
  g_autoptr (HablaCommand) bare = parse ("{\"type\":\"start_listening\"}");
  g_autoptr (HablaCommand) source =
      parse ("{\"type\":\"start_listening\",\"source\":\"microphone\",\"format\":null}");
  g_autoptr (HablaCommand) pcm =
      parse ("{\"type\":\"start_listening\",\"format\":\"pcm\",\"rate\":16000}");

  g_assert_cmpint (bare->type, ==, HABLA_COMMAND_START_LISTENING);
  g_assert_null (bare->source);
  g_assert_cmpuint (bare->rate, ==, 0);
  g_assert_cmpstr (source->source, ==, "microphone");
  g_assert_cmpuint (pcm->rate, ==, 16000);
}

static void
test_parse_languages (void)
{
  g_autoptr (HablaCommand) both = parse ("{\"type\":\"set_languages\",\"source_language\":\"en\","
                                         "\"target_languages\":[\"es\",\" pt-BR \"]}");
  g_autoptr (HablaCommand) source =
      parse ("{\"type\":\"set_languages\",\"source_language\":\"es-419\","
             "\"target_languages\":null}");
  g_autoptr (HablaCommand) start =
      parse ("{\"type\":\"start_listening\",\"source\":\"microphone\","
             "\"source_language\":\"en\",\"target_languages\":[\"fr\"]}");
  g_autoptr (HablaCommand) old = parse ("{\"type\":\"start_listening\"}");
  g_autoptr (HablaCommand) offered =
      parse ("{\"type\":\"set_languages\",\"offered_languages\":[\"fr\"]}");
  g_autoptr (HablaCommand) all = parse ("{\"type\":\"set_languages\",\"offered_languages\":[]}");

  g_assert_cmpstr (offered->offered_languages[0], ==, "fr");
  g_assert_null (offered->target_languages);
  g_assert_cmpuint (g_strv_length (all->offered_languages), ==, 0);
  g_assert_null (both->offered_languages);
  g_assert_cmpint (both->type, ==, HABLA_COMMAND_SET_LANGUAGES);
  g_assert_cmpstr (both->source_language, ==, "en");
  g_assert_cmpuint (g_strv_length (both->target_languages), ==, 2);
  g_assert_cmpstr (both->target_languages[0], ==, "es");
  g_assert_cmpstr (both->target_languages[1], ==, "pt-BR");
  g_assert_cmpstr (source->source_language, ==, "es-419");
  g_assert_null (source->target_languages);
  g_assert_cmpstr (start->source, ==, "microphone");
  g_assert_cmpstr (start->source_language, ==, "en");
  g_assert_cmpstr (start->target_languages[0], ==, "fr");
  g_assert_null (old->source_language);
  g_assert_null (old->target_languages);
}

static void
test_parse_engines (void)
{
  g_autoptr (HablaCommand) both = parse ("{\"type\":\"set_engines\",\"transcriber\":\"\","
                                         "\"translator\":\" mariantranslator \"}");
  g_autoptr (HablaCommand) one = parse ("{\"type\":\"set_engines\",\"translator\":null,"
                                        "\"transcriber\":\"x-y_z.1\"}");

  g_assert_cmpint (both->type, ==, HABLA_COMMAND_SET_ENGINES);
  g_assert_cmpstr (both->transcriber, ==, "");
  g_assert_cmpstr (both->translator, ==, "mariantranslator");
  g_assert_cmpstr (one->transcriber, ==, "x-y_z.1");
  g_assert_null (one->translator);
}

/* Each is refused, and the error names the field. */
static void
test_hostile (void)
{
  static const struct {
    const char *text;
    const char *message;
  } cases[] = {
    { "", "Invalid JSON" },
    { "ping", "Invalid JSON" },
    { "{", "Invalid JSON" },
    { "{}", "“type” is missing" },
    { "{}}", "Invalid JSON" },
    { "{} {}", "Invalid JSON" },
    { "[]", "must be a JSON object" },
    { "[{\"type\":\"ping\"}]", "must be a JSON object" },
    { "null", "must be a JSON object" },
    { "\"ping\"", "must be a JSON object" },
    { "{\"type\":\"ping\"", "Invalid JSON" },
    { "{\"type\":\"ping}", "Invalid JSON" },
    { "{\"type\":\"ping\",}", "Invalid JSON" },
    { "{\"type\":}", "Invalid JSON" },
    { "{'type':'ping'}", "Invalid JSON" },
    { "{\"type\":\"ping\"} // note", "Invalid JSON" },
    { "{\"type\":/**/\"ping\"}", "Invalid JSON" },
    { "var a = {\"type\":\"ping\"};", "Invalid JSON" },
    { "{\"type\":\"pi\nng\"}", "Invalid JSON" },
    { "\xef\xbb\xbf{\"type\":\"ping\"}", "Invalid JSON" },
    { "{\"type\":\"\xff\"}", "not valid UTF-8" },
    { "{\"type\":\"\xed\xa0\x80\"}", "not valid UTF-8" },
    { "{\"type\":1}", "“type” must be a string" },
    { "{\"type\":null}", "“type” is missing" },
    { "{\"type\":{\"type\":\"ping\"}}", "“type” must be a string" },
    { "{\"type\":[\"ping\"]}", "“type” must be a string" },
    { "{\"type\":\"\"}", "“type” is empty" },
    { "{\"type\":\"PING\"}", "Unknown message type “PING”" },
    { "{\"type\":\"ping\\u0000\"}", "Invalid JSON" },
    { "{\"type\":\"audio_chunk\"}", "Unknown message type “audio_chunk”" },
    { "{\"type\":\"ping\",\"a\":[[[[1]]]]}", "deeper than 4 levels" },

    { "{\"type\":\"text_input\"}", "“text” is missing" },
    { "{\"type\":\"text_input\",\"text\":null}", "“text” is missing" },
    { "{\"type\":\"text_input\",\"text\":7}", "“text” must be a string" },
    { "{\"type\":\"text_input\",\"text\":\" \\n\\t \"}", "“text” is empty" },
    { "{\"type\":\"text_input\",\"text\":\"a\\u0000b\"}", "Invalid JSON" },
    { "{\"type\":\"text_input\",\"text\":\"a\\u0007b\"}", "“text” has a control character" },
    { "{\"type\":\"text_input\",\"text\":\"a\\u009fb\"}", "“text” has a control character" },
    { "{\"type\":\"text_input\",\"text\":\"a\",\"speaker_id\":7}",
        "“speaker_id” must be a string" },
    { "{\"type\":\"text_input\",\"text\":\"a\",\"speaker_id\":\"\"}", "“speaker_id” is empty" },

    { "{\"type\":\"toggle_direction\"}", "“direction” is missing" },
    { "{\"type\":\"toggle_direction\",\"direction\":\"es_to_fr\"}", "“direction” must be" },
    { "{\"type\":\"toggle_direction\",\"direction\":true}", "“direction” must be a string" },
    { "{\"type\":\"set_mode\"}", "“mode” is missing" },
    { "{\"type\":\"set_mode\",\"mode\":\"lecture\"}", "“mode” must be" },
    { "{\"type\":\"rename_speaker\",\"name\":\"a\"}", "“speaker_id” is missing" },
    { "{\"type\":\"rename_speaker\",\"speaker_id\":\"S1\"}", "“name” is missing" },
    { "{\"type\":\"rename_speaker\",\"speaker_id\":\"S1\",\"name\":\"  \"}", "“name” is empty" },
    { "{\"type\":\"hello\",\"token\":7}", "“token” must be a string" },
    { "{\"type\":\"hello\",\"code\":[]}", "“code” must be a string" },
    { "{\"type\":\"set_engines\"}", "“transcriber”, “translator” or “auto_language” is missing" },
    { "{\"type\":\"set_engines\",\"transcriber\":null,\"auto_language\":null}", "is missing" },
    { "{\"type\":\"set_engines\",\"auto_language\":1}", "“auto_language” must be true or false" },
    { "{\"type\":\"set_engines\",\"transcriber\":7}", "“transcriber” must be a string" },
    { "{\"type\":\"set_engines\",\"translator\":[\"a\"]}", "“translator” must be a string" },
    { "{\"type\":\"set_engines\",\"translator\":{}}", "“translator” must be a string" },
    { "{\"type\":\"set_engines\",\"translator\":\" \"}", "“translator” is empty" },
    { "{\"type\":\"set_engines\",\"translator\":\"a model=/etc/passwd\"}",
        "“translator” must be the name of an element" },
    { "{\"type\":\"set_engines\",\"transcriber\":\"fakesink!a\"}",
        "“transcriber” must be the name of an element" },
    { "{\"type\":\"set_languages\"}", "“source_language” or “target_languages” is missing" },
    { "{\"type\":\"set_languages\",\"source_language\":[\"en\"]}",
        "“source_language” must be a string" },
    { "{\"type\":\"set_languages\",\"source_language\":\"e n\"}",
        "“source_language” must be a language code" },
    { "{\"type\":\"set_languages\",\"target_languages\":\"es\"}",
        "“target_languages” must be an array" },
    { "{\"type\":\"set_languages\",\"target_languages\":[]}",
        "“target_languages” must have 1 to 16 languages" },
    { "{\"type\":\"set_languages\",\"target_languages\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\","
      "\"h\",\"i\",\"j\",\"k\",\"l\",\"m\",\"n\",\"o\",\"p\",\"q\"]}",
        "“target_languages” must have 1 to 16 languages" },
    { "{\"type\":\"set_languages\",\"target_languages\":[\"es\",7]}",
        "“target_languages” must be a string" },
    { "{\"type\":\"set_languages\",\"target_languages\":[\"es\",null]}",
        "“target_languages” must be a string" },
    { "{\"type\":\"set_languages\",\"target_languages\":[\"es\",\"\"]}",
        "“target_languages” is empty" },
    { "{\"type\":\"set_languages\",\"target_languages\":[\"en>es\"]}",
        "“target_languages” must be a language code" },
    { "{\"type\":\"start_listening\",\"source_language\":7}",
        "“source_language” must be a string" },
    { "{\"type\":\"start_listening\",\"target_languages\":{}}",
        "“target_languages” must be an array" },
    { "{\"type\":\"set_language\"}", "“language” is missing" },
    { "{\"type\":\"set_language\",\"language\":\"../fr\"}", "“language” must be a language code" },
    { "{\"type\":\"set_language\",\"language\":\"fr>en\"}", "“language” must be a language code" },

    { "{\"type\":\"start_listening\",\"source\":7}", "“source” must be a string" },
    { "{\"type\":\"start_listening\",\"format\":\"mp3\"}", "“format” must be “pcm”" },
    { "{\"type\":\"start_listening\",\"format\":\"pcm\"}", "“rate” is missing" },
    { "{\"type\":\"start_listening\",\"format\":\"pcm\",\"rate\":\"16000\"}", "“rate” must be" },
    { "{\"type\":\"start_listening\",\"format\":\"pcm\",\"rate\":16000.5}", "“rate” must be" },
    { "{\"type\":\"start_listening\",\"format\":\"pcm\",\"rate\":0}", "“rate” must be" },
    { "{\"type\":\"start_listening\",\"format\":\"pcm\",\"rate\":-16000}", "“rate” must be" },
    { "{\"type\":\"start_listening\",\"format\":\"pcm\",\"rate\":7999}", "“rate” must be" },
    { "{\"type\":\"start_listening\",\"format\":\"pcm\",\"rate\":192001}", "“rate” must be" },
    { "{\"type\":\"start_listening\",\"format\":\"pcm\",\"rate\":4294983296}", "“rate” must be" },
    { "{\"type\":\"start_listening\",\"format\":\"pcm\",\"rate\":[16000]}", "“rate” must be" },
    { "{\"type\":\"start_listening\",\"rate\":16000}", "“rate” goes with" },
    { "{\"type\":\"start_listening\",\"source\":\"m\",\"format\":\"pcm\",\"rate\":16000}",
        "exclude each other" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    /* A copy without a terminating NUL, so that valgrind and asan find a read beyond its end. */
    gsize length = strlen (cases[i].text);
    g_autofree char *copy = g_memdup2 (cases[i].text, length);
    g_autofree char *shown = g_strescape (cases[i].text, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (HablaCommand) command =
        habla_protocol_parse (copy != NULL ? copy : "", length, &error);

    g_test_message ("%s", shown);
    g_assert_null (command);
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    g_assert_nonnull (strstr (error->message, cases[i].message));
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  }
  g_assert_null (habla_protocol_parse (NULL, 0, NULL));
}

/* JSON-GLib may replace or keep an escaped lone surrogate; the text must be valid UTF-8. */
static void
test_surrogates (void)
{
  static const char *const texts[] = { "{\"type\":\"text_input\",\"text\":\"a\\ud800b\"}",
    "{\"type\":\"text_input\",\"text\":\"a\\udc00b\"}",
    "{\"type\":\"text_input\",\"text\":\"\\ud800\\ud800\"}",
    "{\"type\":\"text_input\",\"text\":\"\\ud83d\"}" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (HablaCommand) command = habla_protocol_parse (texts[i], strlen (texts[i]), NULL);

    g_assert_true (command == NULL || g_utf8_validate (command->text, -1, NULL));
  }
}

static HablaCommand *
parse_padded (guint characters, GError **error)
{
  g_autofree char *text = g_strnfill (characters, 'x');
  g_autofree char *message = g_strdup_printf ("{\"type\":\"text_input\",\"text\":\"%s\"}", text);

  return habla_protocol_parse (message, strlen (message), error);
}

static void
test_bounds (void)
{
  g_autoptr (GError) too_long = NULL;
  g_autoptr (GError) too_large = NULL;
  g_autoptr (GError) too_deep = NULL;
  g_autoptr (HablaCommand) most = parse_padded (HABLA_MAX_TEXT, NULL);
  g_autofree char *deep = g_strnfill (HABLA_PROTOCOL_MAX_MESSAGE, '[');

  g_assert_nonnull (most);
  g_assert_null (parse_padded (HABLA_MAX_TEXT + 1, &too_long));
  g_assert_nonnull (strstr (too_long->message, "“text” has 10001 characters"));
  g_assert_null (parse_padded (HABLA_PROTOCOL_MAX_MESSAGE, &too_large));
  g_assert_nonnull (strstr (too_large->message, "bytes; at most"));
  g_assert_null (habla_protocol_parse (deep, HABLA_PROTOCOL_MAX_MESSAGE, &too_deep));
  g_assert_nonnull (strstr (too_deep->message, "deeper than 4 levels"));
}

static void
assert_token (const char *text, const char *token)
{
  g_autofree char *found = habla_protocol_find_token (text, strlen (text));

  g_assert_cmpstr (found, ==, token);
}

/* The limits are narrower than those of an authenticated client. */
static void
test_find_token (void)
{
  g_autofree char *padding = g_strnfill (HABLA_PROTOCOL_MAX_HELLO, ' ');
  g_autofree char *largest = g_strconcat ("{\"token\":\"a\"}", padding, NULL);

  assert_token ("{\"type\":\"hello\",\"token\":\"secret\"}", "secret");
  assert_token (" { \"token\" : \"a\\u00e9\\\"\\/\\ud83d\\ude00\" , \"x\":1}", "aé\"/😀");
  assert_token ("{\"token\":\"a\",\"token\":\"b\"}", "b");
  assert_token ("{\"token\":\" a \"}", "a");
  assert_token ("{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"token\":\"a\"}", "a");
  assert_token (
      "{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"token\":\"a\"}", NULL);
  assert_token ("{\"tokens\":\"a\",\"toke\":\"b\",\"x\":\"token\"}", NULL);
  assert_token ("{\"token\":1}", NULL);
  assert_token ("{\"token\":null}", NULL);
  assert_token ("{\"x\":{\"token\":\"a\"}}", NULL);
  assert_token ("{\"token\":\"a\"", NULL);
  assert_token ("[\"token\",\"a\"]", NULL);
  assert_token ("\"token\"", NULL);
  assert_token ("{}", NULL);
  assert_token ("", NULL);
  assert_token ("{\"token\":\"\xff\"}", NULL);
  assert_token (largest, NULL);
  largest[HABLA_PROTOCOL_MAX_HELLO] = '\0';
  assert_token (largest, "a");
  g_assert_null (habla_protocol_find_token ("{\"token\":\"a\0\"}", 14));
}

static void
assert_in_range (const HablaCommand *command)
{
  switch (command->type) {
  case HABLA_COMMAND_TEXT_INPUT:
    g_assert_cmpint (g_utf8_strlen (command->text, -1), <=, HABLA_MAX_TEXT);
    g_assert_true (g_utf8_validate (command->text, -1, NULL));
    g_assert_true (*command->text != '\0' && *command->speaker_id != '\0');
    break;
  case HABLA_COMMAND_START_LISTENING:
    g_assert_true (command->rate == 0 || (command->rate >= HABLA_MIN_SAMPLE_RATE &&
                                             command->rate <= HABLA_MAX_SAMPLE_RATE));
    break;
  case HABLA_COMMAND_TOGGLE_DIRECTION:
    g_assert_nonnull (command->direction);
    break;
  default:
    g_assert_nonnull (habla_command_type_get_name (command->type));
    break;
  }
}

/* Messages with random damage give a command with all values in range, or an error. */
static void
test_random (void)
{
  static const char *const seeds[] = {
    "{\"type\":\"text_input\",\"text\":\"¿Qué \\\"tal\\\"? \\ud83d\\ude00\",\"speaker_id\":\"S\"}",
    "{\"type\":\"start_listening\",\"format\":\"pcm\",\"rate\":16000}",
    "{\"type\":\"toggle_direction\",\"direction\":\"en_to_es\"}",
    "{\"type\":\"rename_speaker\",\"speaker_id\":\"S1\",\"name\":\"Ana\"}",
    "{\"type\":\"set_language\",\"language\":\"fr\"}",
    "{\"type\":\"set_engines\",\"transcriber\":\"a\",\"translator\":\"\"}",
    "{\"type\":\"set_languages\",\"source_language\":\"en\",\"target_languages\":[\"es\",\"fr\"]}",
    "{\"type\":\"ping\"}",
  };
  guint taken = 0, refused = 0;

  for (guint i = 0; i < 20000; i++) {
    g_autoptr (GString) text =
        g_string_new (seeds[g_test_rand_int_range (0, G_N_ELEMENTS (seeds))]);
    g_autoptr (GError) error = NULL;
    g_autoptr (HablaCommand) command = NULL;

    for (int n = g_test_rand_int_range (0, 4); n > 0; n--) {
      gssize at = g_test_rand_int_range (0, text->len + 1);
      gssize length = g_test_rand_int_range (0, 6);

      length = MIN (length, (gssize) text->len - at);
      switch (g_test_rand_int_range (0, 3)) {
      case 0:
        g_string_erase (text, at, length);
        break;
      case 1:
        g_string_insert_c (text, at, (char) g_test_rand_int_range (0, 256));
        break;
      default: {
        g_autofree char *again = g_strndup (text->str + at, length);

        g_string_insert (text, at, again);
        break;
      }
      }
    }
    command = habla_protocol_parse (text->str, text->len, &error);
    g_assert_true ((command == NULL) == (error != NULL));
    if (command != NULL)
      assert_in_range (command);
    *(command != NULL ? &taken : &refused) += 1;
  }
  g_assert_cmpuint (taken, >, 5000);
  g_assert_cmpuint (refused, >, 5000);
}

/* The room in the examples of docs/protocol.md. */
typedef struct {
  HablaSpeaker ana;
  HablaSpeaker typed;
  HablaExchange exchange;
  HablaRoomView view;
} Fixture;

static const char *const targets[] = { "es", NULL };
static const char *const offered[] = { "es", "en", "fr", NULL };
static const char *const transcribers[] = { "sherpatranscriber", "pocketsphinxtranscriber", NULL };
static const char *const translators[] = { "mariantranslator", "apertiumtranslator", NULL };
static const HablaLanguages available = {
  .heard = (char *[]){ "en", NULL },
  .translated = (char *[]){ "en>es", "es>en", "en>es>fr", NULL },
  .spoken = (char *[]){ "en", "es", NULL },
  .readable = (char *[]){ "es", "en", "fr", NULL },
};

static void
fixture_set_up (Fixture *self)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 ("2026-11-25T08:30:00.25Z", NULL);

  self->ana = (HablaSpeaker){ "S1", "Speaker 1", "Ana", "teacher", "#1f77b4", 3 };
  self->typed = (HablaSpeaker){ "MANUAL", "Typed", NULL, NULL, "#ff7f0e", 1 };
  self->exchange = (HablaExchange){ 12, &self->ana, "en", "es", "Good morning.",
    g_hash_table_new (g_str_hash, g_str_equal), 0.75,
    g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time) };
  self->exchange.end = self->exchange.timestamp;
  self->exchange.begin = self->exchange.end - 1250000;
  self->exchange.origin = self->exchange.end - 8500000;
  g_hash_table_insert (self->exchange.translations, "es", "Buenos días.");
  self->view = (HablaRoomView){
    .can_hear = TRUE,
    .session_id = 7,
    .direction = "en_to_es",
    .source_language = "en",
    .target_languages = targets,
    .mode = HABLA_MODE_CONVERSATION,
    .speakers = g_ptr_array_new (),
    .name = "room-1",
    .is_owner = TRUE,
    .is_language_offered = TRUE,
    .languages = offered,
    .language = "es",
    .available = &available,
    .translator = "mariantranslator",
    .transcribers = transcribers,
    .translators = translators,
    .has_webrtc = TRUE,
    .join_code = "ABCDEFGH",
    .join_url = "https://192.0.2.7:8443/?room=room-1&listen=1#code=ABCDEFGH",
  };
  g_ptr_array_add (self->view.speakers, &self->ana);
  g_ptr_array_add (self->view.speakers, &self->typed);
}

static void
fixture_tear_down (Fixture *self)
{
  g_hash_table_unref (self->exchange.translations);
  g_ptr_array_unref (self->view.speakers);
}

static char *
to_text (GBytes *message)
{
  gsize size;
  const char *data = g_bytes_get_data (message, &size);
  char *text = g_strndup (data, size);

  g_assert_true (g_utf8_validate (text, size, NULL));
  g_bytes_unref (message);
  return text;
}

static char *
encode (const Fixture *self, const HablaEvent *event)
{
  return to_text (habla_protocol_encode (event, &self->view));
}

#define SPEAKER \
  "{\"id\":\"S1\",\"label\":\"Speaker 1\",\"custom_name\":\"Ana\",\"role_hint\":\"teacher\"," \
  "\"color\":\"#1f77b4\",\"utterance_count\":3}"

/* By type of event. */
static const struct {
  const char *type;
  const char *text;
} messages[] = {
  [HABLA_EVENT_STATUS] = { "status",
      "{\"type\":\"status\",\"pipeline_ready\":true,\"session_id\":7,\"direction\":\"en_to_es\","
      "\"mode\":\"conversation\",\"speaker_count\":2,\"role\":\"owner\","
      "\"owner_elsewhere\":false,\"room\":\"room-1\","
      "\"language\":\"es\","
      "\"language_offered\":true,\"languages\":[\"es\",\"en\",\"fr\"],\"source_language\":\"en\","
      "\"target_languages\":[\"es\"],\"available_languages\":{\"heard\":[\"en\"],"
      "\"translated\":[\"en>es\",\"es>en\",\"en>es>fr\"],\"spoken\":[\"en\",\"es\"]},"
      "\"headphones\":[\"webrtc\",\"mp3\"],"
      "\"transcriber\":\"\",\"translator\":\"mariantranslator\","
      "\"available_engines\":{"
      "\"transcribers\":[\"sherpatranscriber\",\"pocketsphinxtranscriber\"],"
      "\"translators\":[\"mariantranslator\",\"apertiumtranslator\"]},"
      "\"auto_language\":false,\"can_detect_language\":false,"
      "\"join\":{\"code\":\"ABCDEFGH\","
      "\"url\":\"https://192.0.2.7:8443/?room=room-1&listen=1#code=ABCDEFGH\"}}" },
  [HABLA_EVENT_PARTIAL] = { "partial",
      "{\"type\":\"partial\",\"text\":\"good mor\",\"speaker_id\":null}" },
  [HABLA_EVENT_PARTIAL_TRANSLATION] = { "partial_translation",
      "{\"type\":\"partial_translation\",\"text\":\"good mor\",\"speaker_id\":null}" },
  [HABLA_EVENT_TRANSCRIPT] = { "transcript_final",
      "{\"type\":\"transcript_final\",\"text\":\"Good morning.\",\"speaker\":" SPEAKER
      ",\"direction\":\"en_to_es\",\"exchange_id\":12}" },
  [HABLA_EVENT_TRANSLATION] = { "translation",
      "{\"type\":\"translation\",\"exchange_id\":12,\"speaker\":" SPEAKER
      ",\"source\":\"Good morning.\",\"corrected\":\"Good morning.\","
      "\"translated\":\"Buenos días.\",\"idioms\":[],\"is_correction\":false,"
      "\"correction_detail\":null,\"corrections\":[],\"confidence\":0.75,\"has_audio\":false,"
      "\"timestamp\":\"2026-11-25T08:30:00.250000+00:00\",\"language\":\"es\",\"failed\":false,"
      "\"untranslated\":false,\"begin\":7.25,\"end\":8.5}" },
  [HABLA_EVENT_SPEAKERS] = { "speakers_updated",
      "{\"type\":\"speakers_updated\",\"speakers\":[" SPEAKER
      ",{\"id\":\"MANUAL\",\"label\":\"Typed\",\"custom_name\":null,\"role_hint\":null,"
      "\"color\":\"#ff7f0e\",\"utterance_count\":1}]}" },
  [HABLA_EVENT_LANGUAGES] = { "direction_changed",
      "{\"type\":\"direction_changed\",\"direction\":\"en_to_es\"}" },
  [HABLA_EVENT_MODE] = { "mode_changed", "{\"type\":\"mode_changed\",\"mode\":\"conversation\"}" },
  [HABLA_EVENT_LISTENING_STARTED] = { "listening_started",
      "{\"type\":\"listening_started\",\"mode\":\"continuous\",\"recording\":false}" },
  [HABLA_EVENT_LISTENING_STOPPED] = { "listening_stopped",
      "{\"type\":\"listening_stopped\",\"segments_processed\":4,\"total_speech_seconds\":9.5}" },
  [HABLA_EVENT_SESSION_RESET] = { "session_reset",
      "{\"type\":\"session_reset\",\"session_id\":7,\"direction\":\"en_to_es\","
      "\"mode\":\"conversation\"}" },
  [HABLA_EVENT_OVERLOAD] = { "overload", "{\"type\":\"overload\",\"level\":2}" },
  [HABLA_EVENT_PLAYBACK_STARTED] = { "playback_started",
      "{\"type\":\"playback_started\",\"recording_id\":\"20261125-a\",\"total_chunks\":5,"
      "\"speed\":0.5,\"mode\":\"full\"}" },
  [HABLA_EVENT_PLAYBACK_PROGRESS] = { "playback_progress",
      "{\"type\":\"playback_progress\",\"chunk_index\":3,\"total_chunks\":5}" },
  [HABLA_EVENT_PLAYBACK_FINISHED] = { "playback_finished",
      "{\"type\":\"playback_finished\",\"recording_id\":\"20261125-a\",\"chunks_processed\":3}" },
  [HABLA_EVENT_PLAYBACK_STOPPED] = { "playback_stopped", "{\"type\":\"playback_stopped\"}" },
  [HABLA_EVENT_STORED] = { "exchange_stored", "{\"type\":\"exchange_stored\",\"exchange_id\":12}" },
  [HABLA_EVENT_AUDIENCE] = { "audience",
      "{\"type\":\"audience\",\"listeners\":12,\"languages\":{\"es\":9,\"fr\":3}}" },
  [HABLA_EVENT_ROOM_ENDED] = { "room_ended", "{\"type\":\"room_ended\",\"session_id\":7}" },
  [HABLA_EVENT_MOVED...
      HABLA_EVENT_ERROR] = { "error", "{\"type\":\"error\",\"message\":\"good mor\"}" },
  /* Not events of a room. */
  [HABLA_EVENT_ERROR + 1] = { "pong", "{\"type\":\"pong\"}" },
  [HABLA_EVENT_ERROR + 2] = { "languages_changed",
      "{\"type\":\"languages_changed\",\"source_language\":\"en\","
      "\"target_languages\":[\"es\"]}" },
  [HABLA_EVENT_ERROR + 3] = { "waiting", "{\"type\":\"waiting\",\"room\":\"physics\"}" },
};

static char *
encode_type (const Fixture *self, guint type)
{
  HablaEvent event = { .type = type,
    .text = "good mor",
    .exchange = &self->exchange,
    .language = "es",
    .overload = 2,
    .exchange_id = 12,
    .segments = 4,
    .speech_time = 9500000000,
    .recording = "20261125-a",
    .speed = 0.5,
    .playback_mode = "full",
    .chunk = 3,
    .total_chunks = 5,
    .listeners = 12 };
  const HablaReaders readers[] = { { "es", 9 }, { "fr", 3 } };
  g_autoptr (GArray) languages = g_array_new (FALSE, FALSE, sizeof (HablaReaders));

  g_array_append_vals (languages, readers, G_N_ELEMENTS (readers));
  event.languages = languages;
  if (type == HABLA_EVENT_ERROR + 3)
    return to_text (habla_protocol_encode_waiting ("physics"));
  if (type == HABLA_EVENT_ERROR + 1)
    return to_text (habla_protocol_encode_pong ());
  if (type == HABLA_EVENT_ERROR + 2)
    return to_text (habla_protocol_encode_languages_changed ("en", targets));
  return encode (self, &event);
}

static void
test_encode (void)
{
  Fixture fixture;

  fixture_set_up (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (messages); i++) {
    g_autofree char *text = encode_type (&fixture, i);

    g_assert_cmpstr (text, ==, messages[i].text);
  }
  fixture_tear_down (&fixture);
}

static void
assert_has (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("%s has no %s", text, part);
}

/* A failed translation completes a card, too. */
static void
test_encode_awkward (void)
{
  Fixture fixture;
  HablaEvent event = { .type = HABLA_EVENT_TRANSLATION, .language = "fr" };
  g_autofree char *failed = NULL;
  g_autofree char *untranslated = NULL;
  g_autofree char *failed_earlier = NULL;
  g_autofree char *unknown = NULL;
  g_autofree char *early = NULL;
  g_autofree char *same = NULL;
  g_autofree char *regional = NULL;
  g_autofree char *translated = NULL;
  g_autofree char *error = to_text (habla_protocol_encode_error ("no file “\xff\"\n”"));
  static const struct {
    double confidence;
    const char *text;
  } confidences[] = { { NAN, "\"confidence\":null" }, { -1, "\"confidence\":null" },
    { 7, "\"confidence\":1" } };

  assert_has (error, "\"no file “\xef\xbf\xbd\\\"\\n”\"");

  fixture_set_up (&fixture);
  fixture.exchange.speaker = NULL;
  event.exchange = &fixture.exchange;
  failed = encode (&fixture, &event);
  assert_has (failed, "\"speaker\":null,\"source\":\"Good morning.\"");
  assert_has (failed, "\"translated\":\"\"");
  assert_has (failed, "\"failed\":true");

  /* A member that joined later reads the words spoken before anybody read its language. */
  event.is_replayed = TRUE;
  untranslated = encode (&fixture, &event);
  assert_has (untranslated, "\"translated\":\"Good morning.\"");
  assert_has (untranslated, "\"language\":\"en\",\"failed\":false,\"untranslated\":true");
  event.language = "es";
  g_hash_table_remove_all (fixture.exchange.translations);
  failed_earlier = encode (&fixture, &event);
  assert_has (failed_earlier, "\"language\":\"es\",\"failed\":true,\"untranslated\":false");
  event.is_replayed = FALSE;

  /* A session may be unknown, or have begun after an exchange that was finished late. */
  fixture.exchange.origin = 0;
  unknown = encode (&fixture, &event);
  assert_has (unknown, "\"begin\":null,\"end\":null");
  fixture.exchange.origin = fixture.exchange.begin + 1;
  early = encode (&fixture, &event);
  assert_has (early, "\"begin\":0.0,");

  event.language = "en";
  same = encode (&fixture, &event);
  assert_has (same, "\"translated\":\"Good morning.\"");
  assert_has (same, "\"failed\":false");

  /* So does a variety of the source language, unless it is a target of its own. */
  event.language = "en-US";
  regional = encode (&fixture, &event);
  assert_has (regional, "\"translated\":\"Good morning.\"");
  assert_has (regional, "\"failed\":false");
  g_hash_table_insert (fixture.exchange.translations, "en-US", "Mornin’.");
  translated = encode (&fixture, &event);
  assert_has (translated, "\"translated\":\"Mornin’.\"");

  for (guint i = 0; i < G_N_ELEMENTS (confidences); i++) {
    g_autofree char *text = NULL;
    g_autoptr (JsonNode) node = NULL;

    fixture.exchange.confidence = confidences[i].confidence;
    text = encode (&fixture, &event);
    assert_has (text, confidences[i].text);
    node = json_from_string (text, NULL);
    g_assert_nonnull (node);
  }
  fixture_tear_down (&fixture);
}

/* Each "```json client" example parses, and each "```json server" example equals the data sent.
 * There is at least one of each type. */
static void
test_document (void)
{
  g_autofree char *path =
      g_build_filename (g_getenv ("G_TEST_SRCDIR"), "..", "docs", "protocol.md", NULL);
  g_autofree char *page = NULL;
  g_auto (GStrv) lines = NULL;
  gboolean parsed[HABLA_COMMAND_N_TYPES] = { FALSE };
  gboolean sent[G_N_ELEMENTS (messages)] = { FALSE };
  g_autoptr (GString) example = NULL;
  gboolean of_server = FALSE;
  Fixture fixture;

  g_assert_true (g_file_get_contents (path, &page, NULL, NULL));
  lines = g_strsplit (page, "\n", -1);
  fixture_set_up (&fixture);
  for (guint i = 0; lines[i] != NULL; i++) {
    if (example == NULL && g_str_has_prefix (lines[i], "```json ")) {
      of_server = g_str_equal (lines[i], "```json server");
      g_assert_true (of_server || g_str_equal (lines[i], "```json client"));
      example = g_string_new (NULL);
    } else if (example != NULL && !g_str_equal (lines[i], "```")) {
      g_string_append_printf (example, "%s\n", lines[i]);
    } else if (example != NULL && of_server) {
      g_autoptr (JsonNode) node = json_from_string (example->str, NULL);
      const char *type = json_object_get_string_member (json_node_get_object (node), "type");
      guint t = 0;

      while (t < G_N_ELEMENTS (messages) && !g_str_equal (messages[t].type, type))
        t++;
      g_assert_cmpuint (t, <, G_N_ELEMENTS (messages));
      {
        g_autofree char *text = encode_type (&fixture, t);
        g_autofree char *flat = json_to_string (node, FALSE);

        g_assert_cmpstr (flat, ==, text);
      }
      sent[t] = TRUE;
      g_string_free (g_steal_pointer (&example), TRUE);
    } else if (example != NULL) {
      g_autoptr (HablaCommand) command = parse (example->str);

      parsed[command->type] = TRUE;
      g_string_free (g_steal_pointer (&example), TRUE);
    }
  }
  fixture_tear_down (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (parsed); i++)
    if (!parsed[i])
      g_error ("%s has no example of %s", path, habla_command_type_get_name (i));
  for (guint i = 0; i < G_N_ELEMENTS (sent); i++)
    if (!sent[i] && i != HABLA_EVENT_ERROR) /* as HABLA_EVENT_MOVED */
      g_error ("%s has no example of %s", path, messages[i].type);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/protocol/parse", test_parse);
  g_test_add_func ("/protocol/find-token", test_find_token);
  g_test_add_func ("/protocol/parse/fields", test_parse_fields);
  g_test_add_func ("/protocol/parse/start-listening", test_parse_start_listening);
  g_test_add_func ("/protocol/parse/languages", test_parse_languages);
  g_test_add_func ("/protocol/parse/engines", test_parse_engines);
  g_test_add_func ("/protocol/hostile", test_hostile);
  g_test_add_func ("/protocol/surrogates", test_surrogates);
  g_test_add_func ("/protocol/bounds", test_bounds);
  g_test_add_func ("/protocol/random", test_random);
  g_test_add_func ("/protocol/encode", test_encode);
  g_test_add_func ("/protocol/encode/awkward", test_encode_awkward);
  g_test_add_func ("/protocol/document", test_document);
  return habla_test_run ();
}
