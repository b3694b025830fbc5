/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * HablaAudioTrack:
 * @pad: (nullable): the pad with its samples; %NULL if there is no decoder for it
 * @stream_id: (nullable): its stream id, which begins with that of the file
 * @caps: (nullable): its caps; encoded if @pad is %NULL
 * @language: (nullable): BCP 47 tag; %NULL = not tagged
 * @flags: the flags of its stream
 *
 * An audio track of a file.
 */
typedef struct {
  GstPad *pad;
  char *stream_id;
  GstCaps *caps;
  char *language;
  GstStreamFlags flags;
} HablaAudioTrack;

/**
 * habla_audio_track_new:
 * @pad: a pad of the track, whose sticky events, or those of the pads before it, describe it
 * @is_decoded: whether @pad has raw samples
 *
 * Returns: (transfer full): a track
 */
HablaAudioTrack *habla_audio_track_new (GstPad *pad, gboolean is_decoded);

/**
 * habla_audio_track_free:
 * @self: (transfer full): a track
 */
void habla_audio_track_free (HablaAudioTrack *self);

/**
 * habla_audio_tracks_sort:
 * @tracks: (element-type HablaAudioTrack): tracks
 *
 * Sorts by stream id, which is the order in the file.
 */
void habla_audio_tracks_sort (GPtrArray *tracks);

/**
 * habla_audio_tracks_choose:
 * @tracks: (element-type HablaAudioTrack): tracks, sorted
 * @wanted: (nullable): number of a track from 1, or a language; %NULL or "" = no preference
 * @language: (nullable): BCP 47 tag of the expected language
 * @error: return location for a %HABLA_ERROR_PARAMETER if no track is as @wanted, a
 *   %HABLA_ERROR_NOT_INSTALLED if there is no decoder, or a %HABLA_ERROR_INPUT if @tracks is empty
 *
 * Without @wanted, chooses the first track in @language; if no track is tagged with it, the default
 * track; if there is none, the first one.
 *
 * Returns: (transfer none) (nullable): the track to decode
 */
HablaAudioTrack *habla_audio_tracks_choose (
    GPtrArray *tracks, const char *wanted, const char *language, GError **error);

/**
 * habla_audio_tracks_describe:
 * @tracks: (element-type HablaAudioTrack): tracks, sorted
 * @track: one of them
 *
 * Returns: (transfer full): text such as "audio track 2 of 3 (English)"
 */
char *habla_audio_tracks_describe (GPtrArray *tracks, HablaAudioTrack *track);

G_END_DECLS
