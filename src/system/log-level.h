/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much a message matters. */
#pragma once

enum log_level {
	LOG_ERROR,   /* something failed */
	LOG_WARNING, /* it goes on, but somebody should look */
	LOG_INFO,    /* what was done */
	LOG_DEBUG,   /* how it came to that */
};
