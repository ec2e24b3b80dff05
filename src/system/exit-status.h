/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the program exits with; EX_USAGE (64) and EX_CONFIG (78) are the others. */
#pragma once

#include <sysexits.h>

enum { EXIT_OK = 0, EXIT_FAILED = 1 };
