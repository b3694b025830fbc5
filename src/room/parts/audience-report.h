/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <room/parts/audience.h>

G_BEGIN_DECLS

/**
 * HablaAudienceReport:
 *
 * Tells the owner of a room how many listen, and in which languages: after a change, at most twice
 * a second.
 */
typedef struct _HablaAudienceReport HablaAudienceReport;

/**
 * habla_audience_report_new:
 * @audience: (transfer none): outlives the report
 * @settings: (transfer none): of the room; outlive the report
 *
 * Returns: (transfer full): a report that has told nothing
 */
HablaAudienceReport *habla_audience_report_new (
    HablaAudience *audience, const HablaRoomSettings *settings);

/**
 * habla_audience_report_free:
 * @self: (transfer full): a report
 */
void habla_audience_report_free (HablaAudienceReport *self);

/**
 * habla_audience_report_update:
 * @self: a report
 *
 * Call it when members, or what they read, may have changed. The owner is notified later, by
 * %HABLA_EVENT_AUDIENCE, if it does not know it yet.
 */
void habla_audience_report_update (HablaAudienceReport *self);

/**
 * habla_audience_report_reset:
 * @self: a report
 *
 * Like habla_audience_report_update(), after another member became the owner, who knows nothing.
 */
void habla_audience_report_reset (HablaAudienceReport *self);

G_END_DECLS
