/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "habla-test.h"

#include <pipeline/pipeline.h>

G_BEGIN_DECLS

/* A pipeline, with a record of its signals. */
typedef struct {
  HablaPipeline *pipeline;
  GString *states;      /* "starting listening …" */
  GHashTable *captions; /* language -> GString: final texts, each followed by " / " */
  guint n_partials;     /* in all languages */
  GPtrArray *failures;  /* of char: messages of `failed` */
  GPtrArray *bad;       /* of char: languages that failed, with the reason */
  guint n_lost;         /* number of `audio-lost` */
  guint n_closed;
  guint overload; /* the highest level */
} PipelineFixture;

/* Recorded speech, from Debian's pocketsphinx-testdata. */
#define SPEECH_DIR "/usr/share/pocketsphinx/test/data/"
#define LIBRIVOX SPEECH_DIR "librivox/sense_and_sensibility_01_austen_64kb-"

gboolean pipeline_fixture_has_engines (void);
GstElement *pipeline_fixture_keep_models (void);

PipelineFixture *pipeline_fixture_new (
    HablaPipelineInput input, const char *source, const char *from, const char *to);
PipelineFixture *pipeline_fixture_new_full (const HablaPipelineOptions *options);
void pipeline_fixture_free (PipelineFixture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PipelineFixture, pipeline_fixture_free)

void pipeline_fixture_wait_for_state (PipelineFixture *self, HablaPipelineState state);
void pipeline_fixture_wait_for_captions (
    PipelineFixture *self, const char *language, guint n_captions);
const char *pipeline_fixture_get_captions (PipelineFixture *self, const char *language);
guint pipeline_fixture_count_captions (PipelineFixture *self, const char *language);
void pipeline_fixture_stop (PipelineFixture *self);
void pipeline_fixture_spin (guint milliseconds);

/* The chunks of a recorder, of a second each. */
GPtrArray *pipeline_fixture_record (const char *source, const char *encoder);
void pipeline_fixture_push (PipelineFixture *self, GPtrArray *chunks);
/* Pushes all chunks, with a stop before the last one, as browsers do. */
void pipeline_fixture_say (PipelineFixture *self, GPtrArray *chunks);
/* Transcribes the chunks in a pipeline without HablaPipeline. */
char *pipeline_fixture_transcribe (GPtrArray *chunks);

G_END_DECLS
