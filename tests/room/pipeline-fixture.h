/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "habla-test.h"

#include <pipeline/pipeline.h>

G_BEGIN_DECLS

/* A session and what it told. */
typedef struct {
  HablaPipeline *session;
  GString *states;      /* "starting listening …" */
  GHashTable *captions; /* language -> GString: final texts, each with " / " behind it */
  guint n_partials;     /* in all languages */
  GPtrArray *failures;  /* of char: messages of `failed` */
  GPtrArray *bad;       /* of char: languages that failed, and why */
  guint n_lost;         /* times that `audio-lost` came */
  guint n_closed;
  guint overload; /* the highest level */
} SessionFixture;

/* Recorded speech, from Debian's pocketsphinx-testdata. */
#define SPEECH_DIR "/usr/share/pocketsphinx/test/data/"
#define LIBRIVOX SPEECH_DIR "librivox/sense_and_sensibility_01_austen_64kb-"

gboolean session_fixture_has_engines (void);
GstElement *session_fixture_keep_models (void);

SessionFixture *session_fixture_new (
    HablaPipelineInput input, const char *source, const char *from, const char *to);
SessionFixture *session_fixture_new_full (const HablaPipelineOptions *options);
void session_fixture_free (SessionFixture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SessionFixture, session_fixture_free)

void session_fixture_wait_for_state (SessionFixture *self, HablaPipelineState state);
void session_fixture_wait_for_captions (
    SessionFixture *self, const char *language, guint n_captions);
const char *session_fixture_get_captions (SessionFixture *self, const char *language);
guint session_fixture_count_captions (SessionFixture *self, const char *language);
void session_fixture_push_nothing (SessionFixture *self);
void session_fixture_spin (guint milliseconds);

/* A recorder's pieces of a second each. */
GPtrArray *session_fixture_record (const char *source, const char *encoder);
void session_fixture_push (SessionFixture *self, GPtrArray *pieces);
/* All of them and a stop, which comes, as from a browser, before the last. */
void session_fixture_say (SessionFixture *self, GPtrArray *pieces);
/* What a bare pipeline hears in them. */
char *session_fixture_transcribe (GPtrArray *pieces);

G_END_DECLS
