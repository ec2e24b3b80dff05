/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 'memcoord simulate' with other programs' policies to compare with. */
#include <argp.h>

#include "command/simulation.h"
#include "system/output.h"
#include "rival.h"

int main(int argc, char **argv)
{
	static char name[] = "simulate-all";
	struct contender rivals[] = { rival_prototype, rival_mom,    rival_proxmox,
				      rival_qubes,     rival_oracle, { 0 } };
	struct invocation invocation = { 0 };

	output_init();
	argv[0] = name;
	argp_err_exit_status = EX_USAGE;
	return simulate_command_run(rivals, &invocation, argc, argv);
}
