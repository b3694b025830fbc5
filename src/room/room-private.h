/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <room/language-check.h>
#include <room/exchange-log.h>
#include <recording/recording-library.h>
#include <room/room.h>
#include <room/room-manager.h>
#include <room/room-metrics.h>

G_BEGIN_DECLS

/* Of one room. */
#define HABLA_MAX_EXCHANGES 500
#define HABLA_MAX_WAITING_TEXTS 100
#define HABLA_MAX_TEXT 20000 /* bytes of one typed text */

typedef struct _HablaRoomContext HablaRoomContext;

/* What all playback of a daemon has come to. */
typedef struct {
  HablaMetric *active;
  HablaMetric *pieces;
  HablaMetric *ended;
} HablaPlaybackMetrics;

/**
 * HablaRoomContext:
 * @options: copied; its strings and tables live as long as the context
 * @languages: what engines here can do
 * @metrics: what sessions count
 * @recordings: (nullable): where lessons are recorded
 * @is_recording: whether they are
 * @playback: counts playback
 * @n_sessions: rooms that have a session or are between two
 * @next_session_id: of a room
 * @next_exchange_id: of all rooms
 * @observer: who wants to know what rooms do
 * @next_label: of a session
 * @session_began: called when a room that had none gets a session
 * @session_ended: called when it has none any more, or the next
 * @room_emptied: called when @room has neither members nor a session and waits for nobody;
 *   the room may be freed in it
 *
 * What all rooms of a manager share.
 */
struct _HablaRoomContext {
  HablaRoomManagerOptions options;
  HablaLanguages languages;
  HablaRoomMetrics *metrics;
  HablaRecordingLibrary *recordings;
  gboolean is_recording;
  HablaPlaybackMetrics playback;
  guint n_sessions;
  guint64 next_session_id;
  guint64 next_exchange_id;
  HablaRoomObserver observer;
  guint next_label;
  void (*session_began) (gpointer manager);
  void (*session_ended) (gpointer manager);
  void (*room_emptied) (HablaRoom *room, gpointer manager);
  gpointer manager;
};

/* Of a language that somebody reads, in the session that runs. */
typedef enum {
  HABLA_LANGUAGE_FRESH = 1, /* added, and nothing has come yet: the first may be missed */
  HABLA_LANGUAGE_FLOWS,
  HABLA_LANGUAGE_FAILED, /* not in it */
} HablaLanguageState;

typedef struct {
  char *text;
  char *speaker;
  HablaRoomSettings settings; /* when it was typed */
} HablaWaitingText;

struct _HablaMember {
  HablaRoom *room;
  char *language; /* NULL = the room's first target */
  guint64 next;   /* it has got the translations of all exchanges before this one */
  HablaMemberNotify notify;
  gpointer user_data;
};

struct _HablaRoom {
  HablaRoomContext *context;
  char *name;
  char *key; /* NULL = its owner does not come back */
  guint64 session_id;
  HablaRoomSettings settings;
  GPtrArray *speakers;
  HablaExchangeLog *exchanges;
  GPtrArray *members;
  HablaMember *owner;    /* one of them, or NULL */
  GSource *resume_timer; /* while it waits for its owner */
  gboolean is_closing;   /* no more members */
  gboolean was_reset;
  guint64 unfinished; /* exchanges before this one are finished, and that was told */
  gboolean is_delivering;

  /* The session that runs, or ends. */
  HablaPipeline *session;
  guint session_number; /* 0 = there has been none */
  HablaRoomSettings session_settings;
  gboolean is_typed;       /* it does not listen */
  gboolean is_played;      /* nor does this one: a recording is played */
  HablaRecorder *recorder; /* NULL = it is not recorded */
  gboolean is_stopping;    /* it has been told to */
  gboolean has_failed;     /* members have been told why */
  gboolean takes_trail;    /* the end of the recording belongs to it, although it stops */
  guint64 audio_taken;     /* bytes that it took */
  guint64 cleanup_time;    /* in microseconds */
  gint64 origin;           /* when its running time began, since 1970; 0 = not known yet */
  GHashTable *languages;   /* BCP 47 code -> HablaLanguageState */
  HablaPipelineStats counted;
  GSource *idle_timer;    /* while it is typed */
  GSource *late_timer;    /* while a translation may be late */
  GHashTable *unread;     /* from a language of the session to when its last reader left, gint64 */
  GSource *linger_timer;  /* while there are such */
  GSource *silence_timer; /* while it listens and may be silent for too long */
  gint64 heard_at;        /* when something was last heard, in monotonic time */
  gboolean is_silence_warned; /* since then */

  /* From "listening started" to "listening stopped": may be several sessions. */
  gboolean is_listening;
  guint64 segments;
  guint64 speech_time;

  /* From the wish to play a recording to the end of its session. */
  HablaPlayer *player;
  gboolean wants_playing;  /* it has no session yet */
  gboolean is_all_played;  /* all of it has been given to its session */
  gboolean has_stopped_it; /* somebody did */
  guint n_played;          /* pieces */

  /* For the next session. */
  gboolean wants_listening;
  gboolean wants_stop; /* once it has got the audio that waits */
  char *source;        /* of the last one that listened; NULL = pushed audio */
  guint raw_rate;
  GBytes *header;
  GQueue waiting_audio; /* of GBytes */
  gsize waiting_bytes;
  GQueue waiting_texts; /* of HablaWaitingText */
  gboolean is_loss_told;
  gint64 warned_at;
  gint64 stopped_at;    /* when audio was last welcome, on the monotonic clock */
  gboolean is_silenced; /* the last session ended since it heard nothing */
};

/* room.c */
HablaRoom *habla_room_new (HablaRoomContext *context, const char *name, const char *key);
void habla_room_free (HablaRoom *self);
HablaMember *habla_room_join (HablaRoom *self, gboolean as_owner, const char *language,
    HablaMemberNotify notify, gpointer user_data, GError **error);
void habla_room_close (HablaRoom *self);

void habla_room_emit (HablaRoom *self, HablaEvent *event);
void habla_room_emit_type (HablaRoom *self, HablaEventType type);
void habla_room_emit_error (HablaRoom *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void habla_room_emit_in_language (HablaRoom *self, HablaEvent *event, const char *language);
const char *habla_room_get_language_of (
    const HablaMember *member, const HablaRoomSettings *settings);
void habla_room_deliver (HablaRoom *self);
void habla_room_tell_settings (HablaRoom *self);

/* room-utterances.c: what comes from its session */
void habla_room_on_utterance (HablaRoom *self, const char *language, HablaUtterance *utterance);
void habla_room_on_language_failed (HablaRoom *self, const char *language, const GError *error);
void habla_room_settle (HablaRoom *self);

/* room-languages.c */
void habla_room_update_languages (HablaRoom *self);
void habla_room_forget_unread (HablaRoom *self);
void habla_room_retry_language (HablaRoom *self, const char *language);
GStrv habla_room_choose_languages (HablaRoom *self);

/* room-commands.c */
gboolean habla_room_may_begin (HablaRoom *self, GError **error);

/* room-playback.c */
void habla_playback_metrics_init (HablaPlaybackMetrics *self, HablaMetrics *metrics);
void habla_room_get_played_settings (HablaRoom *self, HablaRoomSettings *settings);
void habla_room_begin_playing (HablaRoom *self);
void habla_room_end_playing (HablaRoom *self);

/* room-recording.c */
void habla_room_begin_recording (HablaRoom *self, HablaPipelineOptions *options);
void habla_room_end_recording (HablaRoom *self);
void habla_room_record_exchange (
    HablaRoom *self, HablaExchange *exchange, const HablaUtterance *utterance);
void habla_room_record_translation (
    HablaRoom *self, const HablaExchange *exchange, const char *language, const char *text);

/* room-silence.c */
void habla_room_watch_silence (HablaRoom *self);
void habla_room_break_silence (HablaRoom *self);
void habla_room_forget_silence (HablaRoom *self);

/* room-session.c */
gboolean habla_room_has_listener (HablaRoom *self);
void habla_room_advance (HablaRoom *self);
void habla_room_stop_session (HablaRoom *self, gboolean takes_trail);
void habla_room_hand_over_texts (HablaRoom *self);
gboolean habla_room_give_audio (HablaRoom *self, GBytes *audio);
void habla_room_emit_stopped (HablaRoom *self);
void habla_room_clear_waiting_audio (HablaRoom *self);
void habla_room_turn (HablaRoom *self);
void habla_room_end_session (HablaRoom *self);
void habla_room_cut (HablaRoom *self);
void habla_room_clear_waiting (HablaRoom *self);
void habla_room_keep_awake (HablaRoom *self);

G_END_DECLS
