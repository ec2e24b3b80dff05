/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Screens of 'top', line by line; see test-top-paint.c. */
#pragma once

/* clang-format off */

static const char *const large_screen[] = {
	"qemu:///system                                                                                                          fair, every 2 s  12:34:56",
	"Host  [▚▚▚▚▚▚▚▚▚▚▚▚▚████████████████████████████████████████████████▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒░░░░░░░                                    ▁▁▁▁▁▁▁] 16G",
	"      ▚ other       1.5G   █ used        5.8G   ▒ idle        2.7G   ░ promised    912M     free        4.3G   ▁ reserve   819.2M",
	"5 domains  1 STARVING  1 WASTING  1 BALANCED  1 FROZEN  1 UNMANAGED                                                                       by NAME",
	"",
	"NAME↑     CLASS     FREE%    USED CURRENT MAXIMUM     RATE    SWAP      CHANGE MEMORY                       WHY",
	"appliance UNMANAGED     -       -      1G      1G        -       -           - [░░░░░░░░░░░░░░░░░░░░░░░░░░] it has no balloon device",
	"db-1      STARVING    7.0    2.3G    2.5G      8G   266M/s  512K/s   ↑512M  2s [███████▒··················] little free and consuming",
	"old       FROZEN      0.0    512M    512M    512M     0K/s       -           - [██████████████████████████] it is not running",
	"web-1     WASTING    71.4      1G    3.5G      8G     0K/s       -   ↓512M 42s [███▒▒▒▒▒▒▒▒···············] much free and not consuming",
	"web-2     BALANCED   29.2    724M      1G      2G     0K/s       -           - [█████████▒▒▒▒·············] enough free",
	"",
	"",
	"",
	"",
	"",
	"",
	"",
	"",
	"",
	"",
	"",
	"",
	"q quit  h help  / filter  s sort  r reverse  p pause",
};

static const char *const usual_screen[] = {
	"qemu:///system                                         fair, every 2 s  12:34:56",
	"Host  [▚▚▚▚▚▚█████████████████████████▒▒▒▒▒▒▒▒▒▒▒▒░░░░                  ▁▁▁] 16G",
	"      ▚ other       1.5G   █ used        5.8G   ▒ idle        2.7G",
	"      ░ promised    912M     free        4.3G   ▁ reserve   819.2M",
	"5 domains  1 STARVING  1 WASTING  1 BALANCED  1 FROZEN  1 UNMANAGED      by NAME",
	"",
	"NAME↑     C FREE% CURRENT MAXIMUM     RATE    SWAP      CHANGE MEMORY",
	"appliance U     -      1G      1G        -       -           - [░░░░░░░░░░░░░░░]",
	"db-1      S   7.0    2.5G      8G   266M/s  512K/s   ↑512M  2s [█████··········]",
	"old       F   0.0    512M    512M     0K/s       -           - [███████████████]",
	"web-1     W  71.4    3.5G      8G     0K/s       -   ↓512M 42s [██▒▒▒▒▒········]",
	"web-2     B  29.2      1G      2G     0K/s       -           - [█████▒▒········]",
	"",
	"",
	"",
	"",
	"",
	"",
	"",
	"",
	"",
	"",
	"",
	"q quit  h help  / filter  s sort  r reverse  p pause",
};

static const char *const small_screen[] = {
	"qemu:///syst…  fair, every 2 s  12:34:56",
	"[▚▚▚████████████▒▒▒▒▒▒░░         ▁▁] 16G",
	"5 domains  1 S  1 W  1 B  1 F    by NAME",
	"NAME↑     C FREE% CURRENT MEMORY",
	"appliance U     -      1G [░░░░░░░░░░░░]",
	"db-1      S   7.0    2.5G [████········]",
	"old       F   0.0    512M [████████████]",
	"web-1     W  71.4    3.5G [█▒▒▒▒·······]",
	"web-2     B  29.2      1G [████▒▒······]",
	"q quit  h help  / filter  s sort",
};

static const char *const tiny_screen[] = {
	"NAME↑         C",
	"appliance     U",
	"db-1          S",
};

static const char *const ascii_screen[] = {
	"qemu:///system                                         fair, every 2 s  12:34:56",
	"Host  [%%%%%%#########################============----                  ___] 16G",
	"      % other       1.5G   # used        5.8G   = idle        2.7G",
	"      - promised    912M     free        4.3G   _ reserve   819.2M",
	"5 domains  1 STARVING  1 WASTING  1 BALANCED  1 FROZEN  1 UNMANAGED      by NAME",
	"NAME^     C FREE% CURRENT MAXIMUM     RATE    SWAP      CHANGE MEMORY",
	"appliance U     -      1G      1G        -       -           - [:::::::::::::::]",
	"db-1      S   7.0    2.5G      8G   266M/s  512K/s   +512M  2s [#####..........]",
	"gr?n      B  29.2      1G      2G     0K/s       -           - [#####==........]",
	"old       F   0.0    512M    512M     0K/s       -           - [###############]",
	"web-1     W  71.4    3.5G      8G     0K/s       -   -512M 42s [##=====........]",
	"",
	"",
	"",
	"q quit  h help  / filter  s sort  r reverse  p pause",
};

/* clang-format on */
