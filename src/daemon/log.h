/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <daemon/settings.h>

G_BEGIN_DECLS

void habla_log_init (HablaLogFormat format);

G_END_DECLS
