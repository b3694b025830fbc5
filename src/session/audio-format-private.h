/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <session/audio-format.h>

G_BEGIN_DECLS

/* What a look at bytes says. Of the same bytes and more it says the same, unless it was
 * "more": so the cuts of the input make no difference. */
typedef enum {
  HABLA_AUDIO_NO,
  HABLA_AUDIO_YES,
  HABLA_AUDIO_MORE,
} HablaAudioAnswer;

/**
 * HablaAudioUnit:
 * @size: of the unit that begins here, in bytes: a box, a page, an element; or only the
 *   head of an element whose children are units
 * @is_media: audio, and the header has ended
 * @edit: so many of its first bytes are wanted whole by the format's edit(); 0 = none
 */
typedef struct {
  guint64 size;
  gboolean is_media;
  gsize edit;
} HablaAudioUnit;

/* Of recordings that go on: zero-initialised before the first unit. */
typedef struct {
  gboolean has_offset;
  guint64 offset;   /* subtracted from times, in units of the format */
  gint block_base;  /* WebM: subtracted from the blocks of the cluster that was made up */
  gint block_time;  /* WebM: time of the last block in its cluster */
  gint block_step;  /* WebM: between the last two */
  gboolean made_up; /* WebM: the cluster is made up */
} HablaAudioTimes;

/**
 * HablaAudioFormatClass:
 * @starts: whether a whole recording begins here
 * @resumes: whether audio can go on from here
 * @read: what unit begins here; %HABLA_AUDIO_NO: none
 * @begin: (nullable): bytes between the header and the first unit of one that goes on
 * @edit: (nullable): makes the times of a unit begin at 0, in place
 * @make_header: (nullable): one for a recording whose own is lost
 *
 * No function reads past @size, and each is satisfied with %HABLA_AUDIO_LOOK bytes, but for
 * @edit, which gets as much as it wanted.
 */
typedef struct {
  HablaAudioAnswer (*starts) (const guint8 *data, gsize size);
  HablaAudioAnswer (*resumes) (const guint8 *data, gsize size);
  HablaAudioAnswer (*read) (const guint8 *data, gsize size, HablaAudioUnit *unit);
  void (*begin) (HablaAudioTimes *times, const guint8 *data, gsize size, GByteArray *out);
  void (*edit) (HablaAudioTimes *times, guint8 *data, gsize size);
  void (*make_header) (const guint8 *data, gsize size, GByteArray *header);
} HablaAudioFormatClass;

#define HABLA_AUDIO_LOOK 282
/* Units that are edited are at most as large, and so is a header. */
#define HABLA_AUDIO_MAX_EDIT 65536

extern const HablaAudioFormatClass habla_audio_webm;
extern const HablaAudioFormatClass habla_audio_mp4;
extern const HablaAudioFormatClass habla_audio_ogg;

G_END_DECLS
