/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <recording/recording-budget.h>
#include <recording/recording.h>

G_BEGIN_DECLS

/* A recording may have at most this many bytes for each second of decoded audio, besides
 * max_undecoded and HABLA_RECORDING_SLACK. 48 kHz audio in two channels of 32 bits has 384,000
 * bytes per second, and its segments have 32,000. */
#define HABLA_RECORDING_BYTES_PER_SECOND 500000

/* Bytes for headers, pictures and audio that decoders hold back. */
#define HABLA_RECORDING_SLACK (16 * 1024 * 1024)

/**
 * HablaRecordingLimits:
 * @max_undecoded: bytes of the stream that may be written before they are decoded; see
 *   %HABLA_RECORDING_BYTES_PER_SECOND
 * @max_size: of the recording, in bytes; 0 = no limit
 * @budget: (nullable): of all recordings together; %NULL = no limit
 */
typedef struct {
  gsize max_undecoded;
  guint64 max_size;
  HablaRecordingBudget *budget;
} HablaRecordingLimits;

/**
 * HablaRecordingWriter:
 *
 * Writes the files of one recording, within limits and without buffers, so that all that was
 * written survives a crash of the process. The first error ends the recording: everything
 * after it is ignored. For one worker thread, except where noted.
 */
typedef struct _HablaRecordingWriter HablaRecordingWriter;

/**
 * habla_recording_writer_new:
 * @root: the folder of recordings; created if it is missing
 * @recording: (transfer full): its metadata
 * @limits: copied, with a reference to the budget
 *
 * Does not access the disk yet.
 *
 * Returns: (transfer full): a writer
 */
HablaRecordingWriter *habla_recording_writer_new (
    const char *root, HablaRecording *recording, const HablaRecordingLimits *limits);

/**
 * habla_recording_writer_free:
 * @self: (transfer full): a writer that was not opened, or is closed
 */
void habla_recording_writer_free (HablaRecordingWriter *self);

/**
 * habla_recording_writer_open:
 * @self: a writer
 *
 * Creates the recording's folder and its first files.
 */
void habla_recording_writer_open (HablaRecordingWriter *self);

/**
 * habla_recording_writer_set_error:
 * @self: a writer
 * @cause: (transfer none): why the recording must end
 *
 * No-op after the first error.
 */
void habla_recording_writer_set_error (HablaRecordingWriter *self, const GError *cause);

/**
 * habla_recording_writer_get_error:
 * @self: a writer
 *
 * Returns: (transfer none) (nullable): the first error, if any
 */
const GError *habla_recording_writer_get_error (const HablaRecordingWriter *self);

/**
 * habla_recording_writer_add_decoded:
 * @self: a writer
 * @n_samples: of %HABLA_RECORDING_RATE that were decoded
 *
 * Raises the number of bytes that may be written, and the recording's duration.
 */
void habla_recording_writer_add_decoded (HablaRecordingWriter *self, gsize n_samples);

/**
 * habla_recording_writer_add_stream:
 * @self: a writer
 * @audio: the next bytes of the stream
 * @rate: of @audio without a container, S16LE and one channel, in Hz; 0 = it has a container
 *
 * Appends to the stream, which is created by the first call.
 */
void habla_recording_writer_add_stream (HablaRecordingWriter *self, GBytes *audio, guint rate);

/**
 * habla_recording_writer_add_segment:
 * @self: a writer
 * @segment: an utterance; its index is set by the writer, its translations are ignored
 * @audio: (nullable): its samples, S16LE with one channel and %HABLA_RECORDING_RATE
 */
void habla_recording_writer_add_segment (
    HablaRecordingWriter *self, HablaRecordingSegment *segment, GBytes *audio);

/**
 * habla_recording_writer_add_translation:
 * @self: a writer
 * @exchange_id: of a segment; others are ignored
 * @language: BCP 47 code
 * @text: the translation
 */
void habla_recording_writer_add_translation (
    HablaRecordingWriter *self, guint64 exchange_id, const char *language, const char *text);

/**
 * habla_recording_writer_close:
 * @self: a writer
 *
 * Completes the files, or deletes the recording if it has no stream.
 *
 * Returns: whether the recording is kept
 */
gboolean habla_recording_writer_close (HablaRecordingWriter *self);

/**
 * habla_recording_writer_get_id:
 * @self: a writer
 *
 * Thread-safe.
 *
 * Returns: (transfer none): the recording's id
 */
const char *habla_recording_writer_get_id (const HablaRecordingWriter *self);

/**
 * habla_recording_writer_get_bytes:
 * @self: a writer
 *
 * Thread-safe.
 *
 * Returns: bytes written, rounded down to a multiple of 1,000
 */
guint64 habla_recording_writer_get_bytes (HablaRecordingWriter *self);

/**
 * habla_recording_writer_count_segments:
 * @self: a writer
 *
 * Thread-safe.
 *
 * Returns: the number of segments that were written
 */
guint habla_recording_writer_count_segments (HablaRecordingWriter *self);

G_END_DECLS
