/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <pipeline/annotation/annotator.h>
#include <pipeline/audio-tap.h>
#include <pipeline/glossary-folder.h>

G_BEGIN_DECLS

/* Bytes that a chunk of queued audio counts in addition to its own. Without them, the number of
 * empty chunks would have no limit. */
#define HABLA_CHUNK_COST 512

/**
 * HablaPipelineInput:
 * @HABLA_PIPELINE_INPUT_TYPED: typed text only
 * @HABLA_PIPELINE_INPUT_PUSHED: audio from habla_pipeline_push_audio(), and typed text
 * @HABLA_PIPELINE_INPUT_SOURCE: audio from a source element, and typed text
 */
typedef enum {
  HABLA_PIPELINE_INPUT_TYPED,
  HABLA_PIPELINE_INPUT_PUSHED,
  HABLA_PIPELINE_INPUT_SOURCE,
} HablaPipelineInput;

/**
 * HablaPipelineOptions:
 * @label: names the pipeline in logs
 * @pipeline: name or path of the pipeline template; the one for daemons is "session"
 * @input: where audio comes from
 * @source: (nullable): launch fragment for %HABLA_PIPELINE_INPUT_SOURCE
 * @raw_caps: (nullable): caps of pushed audio without a container; %NULL if it is in a container,
 *   whose type is detected
 * @is_played: the pushed audio is a recording, and all of it is pushed before the stop
 * @header: (nullable): header of a recording that continues without it; see
 *   habla_pipeline_get_header()
 * @has_rival: whether an earlier recorder of the client may go on: see habla_decoder_expect_rival()
 * @from: BCP 47 code of the source language, spoken and typed
 * @detected: (nullable): @from and further BCP 47 codes, separated by commas: the transcriber
 * detects which of them is spoken, if it can; %NULL = @from
 * @to: (nullable) (array zero-terminated=1): BCP 47 codes of the first target languages
 * @transcriber: (nullable): launch fragment of the transcriber, see habla_engine_create_named();
 *   %NULL = the best installed one for the language
 * @translator: (nullable): launch fragment of the translators; %NULL = the best installed one for
 *   each pair of languages
 * @synthesizer: (nullable): launch fragment of the synthesizers; %NULL = the best installed one for
 *   each language
 * @preferred_transcriber: (nullable): the name of an element that recognises @from, if it is
 *   installed and has the language; see the property `preferred-transcriber` of hablainterpreter
 * @preferred_translator: (nullable): the name of an element that translates the pairs of languages
 *   that it has
 * @glossary: (nullable): path of a glossary for the translators, see #HablaTranslator:glossary
 * @glossaries: (nullable): has glossaries that take precedence over @glossary
 * @glossary_room: (nullable): whose glossaries of @glossaries are used
 * @topic: (nullable): of earlier pipelines of the session, see #HablaPipelineTopic
 * @drain_timeout: upper bound of the time without progress after a stop, in milliseconds. Draining
 *   continues as long as audio is recognised or text translated in each such interval
 * @max_drain: upper bound of the whole time of draining, in milliseconds, checked every
 *   @drain_timeout; 0 = no limit
 * @max_audio_backlog: upper bound of pushed audio that waits, in bytes as received plus
 *   %HABLA_CHUNK_COST for each chunk
 * @annotator: (nullable): looks for idioms and errors in each final text
 * @tap: (nullable): receives the pushed audio and the decoded audio
 */
typedef struct {
  const char *label;
  const char *pipeline;
  HablaPipelineInput input;
  const char *source;
  const char *raw_caps;
  gboolean is_played;
  GBytes *header;
  gboolean has_rival;
  const char *from;
  const char *detected;
  const char *const *to;
  const char *transcriber;
  const char *translator;
  const char *synthesizer;
  const char *preferred_transcriber;
  const char *preferred_translator;
  const char *glossary;
  HablaGlossaryFolder *glossaries;
  const char *glossary_room;
  const char *topic;
  guint drain_timeout;
  guint max_drain;
  gsize max_audio_backlog;
  HablaAnnotator *annotator;
  HablaAudioTap *tap;
} HablaPipelineOptions;

G_END_DECLS
