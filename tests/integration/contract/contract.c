/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The contract with the clients of the first Habla: each row, driven as such a client does. */
#include "contract.h"

#include "habla-test.h"

Hablad *contract_hablad;
const char *const contract_speech[] = { HABLAD_SPEECH (880), NULL };

/* Each row of the contract, and the test that shows it; the last test ends the server. */
static const struct {
  const char *row;
  const char *path;
  void (*test) (void);
} rows[] = {
#define ROW(row, name, test) \
  { \
    (row), "/contract/" name, (test) \
  }
  /* Messages sent on open */
  ROW ("toggle_direction, set_mode, start_listening, texts, audio", "open", contract_test_open),
  ROW ("GET /api/system/status after that", "open", contract_test_open),
  ROW ("status is the first message", "open", contract_test_open),
  ROW ("toggle_direction, direction_changed", "open", contract_test_open),
  ROW ("set_mode, mode_changed", "open", contract_test_open),
  ROW ("ping, pong", "open", contract_test_open),
  ROW ("segment_end", "open", contract_test_open),
  ROW ("ping every 30 s; idle is closed with 1000", "idle", contract_test_idle),

  /* Messages */
  ROW ("text_input", "typed", contract_test_typed),
  ROW ("rename_speaker, speakers_updated", "typed", contract_test_typed),
  ROW ("new_session, session_reset", "typed", contract_test_typed),
  ROW ("start_listening, listening_started", "speech", contract_test_speech),
  ROW ("stop_listening, listening_stopped", "speech", contract_test_speech),
  ROW ("partial, partial_translation", "speech", contract_test_speech),
  ROW ("transcript_final, translation", "speech", contract_test_speech),
  ROW ("playback_started, _progress, _finished, _stopped", "playback", contract_test_playback),
  ROW ("error", "bad-messages", contract_test_bad_messages),

  /* Audio */
  ROW ("a chunk a second; audio/webm;codecs=opus", "speech", contract_test_speech),
  ROW ("audio/mp4, audio/ogg; the type is not sent", "containers", contract_test_containers),
  ROW ("a spool of 10 minutes in a burst", "spool", contract_test_spool),

  /* Traps */
  ROW ("1: no header after a reconnect", "reconnect", contract_test_reconnect),
  ROW ("2: the last chunk after stop_listening", "speech", contract_test_speech),
  ROW ("3: a translation for each transcript_final, in order", "speech", contract_test_speech),
  ROW ("4: the same speaker.id for the same speaker", "typed", contract_test_typed),
  ROW ("5: a reconnect, to the same room", "reconnect", contract_test_reconnect),
  ROW ("5: two tabs of one browser", "tabs", contract_test_tabs),
  ROW ("6: exchange_id", "typed", contract_test_typed),
  ROW ("7: what is wrong gets an error, and the connection lives on", "bad-messages",
      contract_test_bad_messages),
  ROW ("8: audio while nothing listens", "silence", contract_test_silence),
  ROW ("9: no listening_stopped on a toggle", "silence", contract_test_silence),
  ROW ("9: a second start replaces the stream", "second-start", contract_test_second_start),
  ROW ("9: the stream of an earlier recorder is dropped", "two-recorders",
      contract_test_two_recorders),
  ROW ("9: a damaged stream does not end the next one", "damaged-first",
      contract_test_damaged_first),
  ROW ("9: no listening_stopped at shutdown", "shutdown", contract_test_shutdown),
  ROW ("10: chunks of a second are no overload", "speech", contract_test_speech),
  ROW ("11: confidence", "speech", contract_test_speech),
  ROW ("12: counts after the utterance; names over a reconnect", "typed", contract_test_typed),

  /* REST */
  ROW ("GET /health", "system", contract_test_system),
  ROW ("GET /api/system/status", "system", contract_test_system),
  ROW ("GET /api/system/metrics", "system", contract_test_system),
  ROW ("POST /api/system/direction, /mode, /recording, /asr/language", "system",
      contract_test_system),
  ROW ("GET /api/recordings", "recordings", contract_test_recordings),
  ROW ("GET /api/recordings/{id}", "recordings", contract_test_recordings),
  ROW ("GET /api/recordings/{id}/audio, segments", "recordings", contract_test_recordings),
  ROW ("GET, PUT /api/recordings/{id}/ground-truth", "corrections", contract_test_corrections),
  ROW ("GET /api/corrections/stats", "corrections", contract_test_corrections),
  ROW ("POST /api/playback/start, /stop", "playback", contract_test_playback),
  ROW ("GET /api/sessions", "sessions", contract_test_sessions),
  ROW ("GET /api/sessions/search", "sessions", contract_test_sessions),
  ROW ("GET /api/sessions/{id}", "sessions", contract_test_sessions),
  ROW ("GET /api/sessions/{id}/exchanges", "sessions", contract_test_sessions),
  ROW ("GET /api/sessions/{id}/export", "sessions", contract_test_sessions),
  ROW ("POST /api/sessions/{id}/save", "sessions", contract_test_sessions),
  ROW ("DELETE /api/sessions/{id}", "sessions", contract_test_sessions),
  ROW ("GET /api/sessions/{id}/exchanges/{eid}/audio", "sessions", contract_test_sessions),
  ROW ("bounds of limit, offset and q; 404, 413, 422", "bounds", contract_test_bounds),
  ROW ("503", "no-store", contract_test_no_store),
  ROW ("vocabulary: items, duplicates, lists, search, statistics", "vocabulary",
      contract_test_vocabulary),
  ROW ("vocabulary: reviews by SM-2", "vocabulary", contract_test_vocabulary),
  ROW ("vocabulary: exports for Anki and as JSON", "vocabulary", contract_test_vocabulary),
  ROW ("POST /api/exchanges/{id}/bookmark, GET /api/bookmarks/recent, of a session", "bookmarks",
      contract_test_bookmarks),
  ROW ("idioms[] of a message; POST, GET, DELETE /api/idioms", "idioms", contract_test_idioms),
  ROW ("classroom: corrected, correction_detail, correction_json", "classroom",
      contract_test_classroom),
  ROW ("/, /static, /sw.js, /vocab, /history, /corrections", "paths", contract_test_paths),
};

static void
add_rows (void)
{
  g_autoptr (GHashTable) added = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].test != contract_test_shutdown && g_hash_table_add (added, (gpointer) rows[i].path))
      g_test_add_func (rows[i].path, rows[i].test);
  g_test_add_func ("/contract/shutdown", contract_test_shutdown);
}

/* The files of a client, as its server had them. */
static char *
write_client (void)
{
  static const char *const names[] = { "index.html", "sw.js", "app.js", "vocab.html",
    "history.html", "corrections.html" };
  g_autofree char *folder = g_build_filename (habla_test_get_dir (), "client", NULL);
  g_autofree char *text = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (folder, names[i], NULL);

    g_assert_true (g_file_set_contents (path, names[i], -1, NULL));
  }
  text = g_strdup_printf (
      "[client]\npath=%s\n[recording]\npath=%s/recordings\n", folder, habla_test_get_dir ());
  return hablad_write_config (text);
}

int
main (int argc, char *argv[])
{
  const char *options[2] = { NULL };
  g_autofree char *config = NULL;
  int result;

  habla_test_init (&argc, &argv);
  config = write_client ();
  options[0] = config;
  contract_hablad = hablad_start (options);
  add_rows ();
  result = habla_test_run ();
  g_clear_pointer (&contract_hablad, hablad_free);
  return result;
}
