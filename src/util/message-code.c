/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/message-code.h"

/* Messages that people can meet in a room, with * for what differs. The test web-files checks that
 * each still exists, and that the pages have a text for each code. */
static const struct {
  const char *code;
  const char *pattern;
} codes[] = {
  /* Getting in */
  { "wrong-code", "The code is not that of this room*" },
  { "code-renewed", "The speaker has changed the code of this room*" },
  { "wrong-token", "The token is not the server's*" },
  { "no-token", "Clients of other machines need the server's token*" },
  { "not-secure", "This address is for listeners*" },
  { "bad-origin", "Pages of other sites may not do this*" },
  { "unknown-proxy", "A proxy that hablad does not know*" },
  { "too-many-attempts", "Too many wrong tokens*" },
  { "too-many-requests", "Too many requests from this address*" },
  { "too-many-requests", "Rate limit exceeded*" },
  { "too-many-connections", "Too many connections from this address*" },
  { "room-full", "The room is full: *" },
  { "waiting-full", "* listeners wait for this room already*" },
  { "no-room", "There is no room of that name*" },
  { "no-room", "The room is not open yet*" },
  { "room-taken", "Another browser or device speaks in the room of that name*" },
  { "room-ending", "The room is ending*" },
  { "shutting-down", "The server is shutting down*" },
  { "too-many-rooms", "* rooms are active, as many as max-sessions allows*" },
  { "not-owner", "Listeners only read*" },
  { "not-owner", "Only a page of the room's owner*" },
  /* Languages and engines */
  { "language-not-offered", "This room is not translated into *" },
  { "language-not-heard", "* cannot be heard here*" },
  { "language-not-translated", "* cannot be translated into * here*" },
  { "language-not-translated", "Nothing is translated into *" },
  { "language-not-translated", "No translator here translates *" },
  { "language-not-spoken", "* cannot be spoken here*" },
  { "no-encoder", "There is no MP3 encoder*" },
  { "engine-missing", "no element for *" },
  { "engine-missing", "There is no element *" },
  { "engine-failed", "The pipeline cannot *" },
  { "engine-failed", "* cannot translate one word *" },
  { "engine-failed", "* did not translate one word *" },
  /* Speaking */
  { "playing", "A recording is being played*" },
  { "no-microphone", "The server has no microphone*" },
  { "no-microphone", "The server's microphone could not be opened*" },
  { "audio-dropped", "Audio dropped: *" },
  { "silence-warning", "Nothing was heard for *; listening stops in *" },
  { "silence-stopped", "Nothing was heard for *; listening has stopped*" },
  { "text-too-long", "A text must have at most *" },
  { "texts-waiting", "* texts are waiting for translation*" },
  /* Recordings and earlier lessons */
  { "recording-failed", "The recording has ended, but translation continues*" },
  { "playback-failed", "Playback failed: *" },
  { "no-store", "This server keeps no sessions*" },
  { "no-session", "There is no session *" },
  { "no-sentence", "There is no exchange *" },
  { "store-busy", "The queue of the store is full*" },
  { "store-busy", "Too many queries are pending*" },
  { "disk-full", "*; free some space on its disk" },
  /* Vocabulary */
  { "word-blank", "* must not be blank" },
  { "word-exists", "Vocabulary item * has this term*" },
  { "vocabulary-full", "The vocabulary is full: *" },
  { "no-word", "There is no vocabulary item *" },
};

const char *
habla_message_code_find (const char *message)
{
  for (guint i = 0; message != NULL && i < G_N_ELEMENTS (codes); i++)
    if (g_pattern_match_simple (codes[i].pattern, message))
      return codes[i].code;
  return NULL;
}
