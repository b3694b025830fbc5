/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the library exports; everything else in it is hidden. */
#define HABLA_API __attribute__ ((visibility ("default"))) extern
