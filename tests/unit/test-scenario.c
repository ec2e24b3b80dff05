/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "simulate/scenario-find.h"
#include "simulate/scenario.h"
#include "suite.h"

#define MIB ((uint64_t)1024)
#define GIB ((uint64_t)1024 * 1024)

static char path[256];

static int set_up(void **state)
{
	const char *directory = getenv("TMPDIR");
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "%s/memcoord-scenario-XXXXXX",
		 directory ? directory : "/tmp");
	fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int tear_down(void **state)
{
	(void)state;
	return unlink(path);
}

static int load(const char *text, struct scenario *scenario, char **error)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	*error = NULL;
	return scenario_load(path, scenario, error);
}

/* The scenarios of the tables begin and end like this; the guests stand in line 3. */
#define HEAD "name = \"x\"; description = \"a test\"; duration = 60;\n"
#define HOST "host = { memory = \"8 GiB\"; base = \"1 GiB\"; };\n"
#define SIZES "name = \"g\"; maximum = \"2 GiB\"; start = \"1 GiB\";\n"
#define DEMAND "demand = ( { shape = \"constant\"; amount = \"100 MiB\"; } ); "
#define GUEST(more) "guests = ( { " SIZES DEMAND more " } );\n"
#define TERM(term) "guests = ( { " SIZES "demand = ( { " term " } ); } );\n"
#define SCENARIO(more) HEAD HOST GUEST(more)

static const char *const good[] = {
	SCENARIO(""),
	SCENARIO("cooperates = false; oneshot = true; warm = false; hopeless = true;"),
	SCENARIO("io = \"1 MiB\"; cache_max = \"1.5 GiB\"; swap = \"0 B\"; weight = "
		 "10000;"),
	SCENARIO("stale_at = 0; boot = 0.5; driver = 86400;"),
	SCENARIO("count = 999; boot_stride = 0.001;"),
	HEAD "begin = 8.5;\n" HOST GUEST(""),
	"# a comment\n" HEAD HOST GUEST("") "// the end",
	HEAD HOST TERM("shape = \"ramp\"; amount = \"-1 GiB\"; from = 0; to = 0.25;"),
	HEAD HOST TERM("shape = \"growth\"; amount = \"1 KiB\";"),
	HEAD HOST TERM("shape = \"sine\"; amount = \"1 B\"; period = 1;"),
	HEAD HOST TERM(
		"shape = \"sawtooth\"; amount = \"1 M\"; period = 9; delay = -3.5;"),
	HEAD HOST TERM("shape = \"constant\"; amount = \"1 M\"; delays = ( 1, 2.5 );"),
	HEAD HOST TERM("shape = \"constant\"; amount = \"1 M\"; delays = [ 1, 2 ];"),
};

static const struct bad {
	const char *text, *error; /* behind the file's name */
} bad[] = {
	{ "", ": name is missing" },
	{ "name = \"x\";", ": description is missing" },
	{ "name = x;", ":1: syntax error" },
	{ "name = \"x\"\nguests = (;\n", ":2: syntax error" },
	{ "name = 1;", ":1: name must be a text in quotes" },
	{ "name = \"\";", ":1: name must be a text in quotes" },
	{ "\n\nnope = 1;", ":3: unknown setting 'nope'" },
	{ HEAD HOST, ": guests is missing" },
	{ HEAD GUEST(""), ": host is missing" },
	{ "name = \"x\"; description = \"y\";\nduration = 0;\n",
	  ":2: duration must be a number of seconds from 1 to 86400" },
	{ "name = \"x\"; description = \"y\";\nduration = 1e9;\n",
	  ":2: duration must be a number of seconds from 1 to 86400" },
	{ "name = \"x\"; description = \"y\";\nduration = \"60\";\n",
	  ":2: duration must be a number of seconds from 1 to 86400" },
	{ HEAD "host = 1;\n", ":2: host must be a group { ... }" },
	{ HEAD "host = { };\n", ":2: memory is missing" },
	{ HEAD "host = { memory = 8; };\n",
	  ":2: memory must be a size from \"256 MiB\" to \"16 TiB\"" },
	{ HEAD "host = { memory = \"8\"; };\n",
	  ":2: memory must be a size from \"256 MiB\" to \"16 TiB\"" },
	{ HEAD "host = { memory = \"17 TiB\"; };\n",
	  ":2: memory must be a size from \"256 MiB\" to \"16 TiB\"" },
	{ HEAD "host = { memory = \"-8 GiB\"; };\n",
	  ":2: memory must be a size from \"256 MiB\" to \"16 TiB\"" },
	{ HEAD "host = { memory = \"1 GiB\"; base = \"1 GiB\"; };\n",
	  ":2: base must be below memory" },
	{ HEAD HOST "guests = ();\n", ":3: guests must be a list of groups { ... }" },
	{ HEAD HOST "guests = { };\n", ":3: guests must be a list of groups { ... }" },
	{ HEAD HOST "guests = ( 1 );\n", ":3: guests must be a list of groups { ... }" },
	{ HEAD HOST "guests = ( { } );\n", ":3: name is missing" },
	{ HEAD HOST "guests = ( { " SIZES "} );\n", ":3: demand is missing" },
	{ HEAD HOST "guests = ( {\nname = \"g\";\n" DEMAND "} );\n",
	  ":3: maximum is missing" },
	{ SCENARIO("count = 0;"), ":4: count must be a whole number from 1 to 1000" },
	{ SCENARIO("count = 1001;"), ":4: count must be a whole number from 1 to 1000" },
	{ SCENARIO("count = 2.0;"), ":4: count must be a whole number from 1 to 1000" },
	{ SCENARIO("weight = 0;"), ":4: weight must be a whole number from 1 to 10000" },
	{ SCENARIO("cooperates = 1;"), ":4: cooperates must be true or false" },
	{ SCENARIO("swap = 512;"),
	  ":4: swap must be a size from \"0 KiB\" to \"16 TiB\"" },
	{ SCENARIO("boot = -1;"),
	  ":4: boot must be a number of seconds from 0 to 86400" },
	{ SCENARIO("base = \"1 GiB\";"), ":3: start must be at least 64 MiB above base" },
	{ SCENARIO("floor = \"1 GiB\";"), ":4: unknown setting 'floor'" },
	{ HEAD HOST
	  "guests = ( { name = \"g\"; maximum = \"1 GiB\"; start = \"2 GiB\"; " DEMAND
	  "} );\n",
	  ":3: start must not be above maximum" },
	{ HEAD HOST "guests = ( { " SIZES DEMAND "count = 600; },\n{ " SIZES DEMAND
		    "count = 600; } );\n",
	  ":5: more than 1000 guests" },
	{ HEAD HOST "guests = ( { " SIZES "demand = ( ); } );\n",
	  ":4: demand must be a list of 1 to 8 groups { ... }" },
	{ HEAD HOST "guests = ( { " SIZES "demand = ( 1 ); } );\n",
	  ":4: demand must be a list of groups { ... }" },
	{ HEAD HOST TERM(""), ":4: shape is missing" },
	{ HEAD HOST TERM("shape = \"square\";"),
	  ":4: shape must be \"constant\", \"ramp\", \"growth\", \"sawtooth\" or "
	  "\"sine\"" },
	{ HEAD HOST TERM("shape = \"constant\";"), ":4: amount is missing" },
	{ HEAD HOST TERM("shape = \"constant\"; amount = 1;"),
	  ":4: amount must be a size from \"-16 TiB\" to \"16 TiB\"" },
	{ HEAD HOST TERM("shape = \"constant\"; amount = \"1 M\"; from = 1;"),
	  ":4: a constant has no from" },
	{ HEAD HOST TERM("shape = \"ramp\"; amount = \"1 M\"; from = 1;"),
	  ":4: to of the ramp is missing" },
	{ HEAD HOST TERM("shape = \"ramp\"; amount = \"1 M\"; from = 1; to = 1;"),
	  ":4: to must be later than from" },
	{ HEAD HOST TERM("shape = \"ramp\"; amount = \"1 M\"; from = 1; to = 2; limit = "
			 "\"1 M\";"),
	  ":4: a ramp has no limit" },
	{ HEAD HOST TERM("shape = \"sine\"; amount = \"1 M\";"),
	  ":4: period of the sine is missing" },
	{ HEAD HOST TERM("shape = \"sine\"; amount = \"1 M\"; period = 0;"),
	  ":4: period must be a number of seconds from 1 to 86400" },
	{ HEAD HOST TERM("shape = \"growth\"; amount = \"1 M\"; drops = true;"),
	  ":4: drops needs a limit" },
	{ HEAD HOST TERM("shape = \"constant\"; amount = \"1 M\"; delays = 1;"),
	  ":4: delays must be a list of 1 to 64 numbers of seconds from -86400 to "
	  "86400" },
	{ HEAD HOST TERM("shape = \"constant\"; amount = \"1 M\"; delays = ( );"),
	  ":4: delays must be a list of 1 to 64 numbers of seconds from -86400 to "
	  "86400" },
	{ HEAD HOST TERM("shape = \"constant\"; amount = \"1 M\"; delays = ( \"1\" );"),
	  ":4: delays must be a list of 1 to 64 numbers of seconds from -86400 to "
	  "86400" },
	{ HEAD HOST "guests = ( { count = 9; " SIZES
		    "demand = ( { shape = \"constant\"; amount = \"1 M\"; step = \"3 "
		    "TiB\"; } ); } );",
	  ":3: delay, stride, stretch or step is too large for 9 guests" },
	{ HEAD HOST "guests = ( { count = 9; " SIZES
		    "demand = ( { shape = \"constant\"; amount = \"1 M\"; stride = "
		    "80000; } ); } );",
	  ":3: delay, stride, stretch or step is too large for 9 guests" },
	{ "@include \"x\"\n", ":1: @include is not supported" },
};

static void is_accepted(void **state)
{
	struct scenario scenario;
	char *error;
	int r = load(*state, &scenario, &error);

	if (error)
		print_message("%s\n", error);
	assert_int_equal(r, 0);
	assert_null(error);
	scenario_clear(&scenario);
}

static void is_refused(void **state)
{
	const struct bad *row = *state;
	struct scenario scenario = { .duration_ms = 42 };
	char *error;

	assert_int_equal(load(row->text, &scenario, &error), -EINVAL);
	assert_non_null(error);
	assert_memory_equal(error, path, strlen(path));
	assert_string_equal(error + strlen(path), row->error);
	assert_int_equal(scenario.duration_ms, 42);
	free(error);
}

static void a_missing_file_is_told(void **state)
{
	struct scenario scenario;
	char *error = NULL;

	(void)state;
	assert_int_equal(scenario_load("./no-such-file", &scenario, &error), -ENOENT);
	assert_string_equal(error, "./no-such-file: No such file or directory");
	free(error);
}

static void everything_arrives(void **state)
{
	static const char text[] = HEAD
		"begin = 2.5;\n" HOST "guests = ( {\n"
		"name = \"web\"; count = 3; maximum = \"4 GiB\"; start = \"1 GiB\";\n"
		"base = \"110 MiB\"; weight = 200; io = \"5 MiB\"; cache_max = \"300 "
		"MiB\";\n"
		"swap = \"1 GiB\"; stale_at = 75; boot = 2; boot_stride = 1.5; driver = "
		"6;\n"
		"demand = ( { shape = \"ramp\"; amount = \"1 GiB\"; from = 10; to = 20;\n"
		"stretch = 5; stride = 0.5; delay = 1; delays = ( 0, 100 );\n"
		"step = \"-1 MiB\"; } ); },\n"
		"{ " SIZES DEMAND "oneshot = true; } );\n";
	struct scenario scenario;
	char *error;

	(void)state;
	assert_int_equal(load(text, &scenario, &error), 0);
	assert_string_equal(scenario.name, "x");
	assert_string_equal(scenario.description, "a test");
	assert_int_equal(scenario.duration_ms, 60000);
	assert_int_equal(scenario.begin_ms, 2500);
	assert_int_equal(scenario.host_kib, 8 * GIB);
	assert_int_equal(scenario.host_base_kib, 1 * GIB);
	assert_int_equal(scenario.n_guests, 4);

	const struct sim_guest_spec *third = &scenario.guests[2];

	assert_string_equal(scenario.guests[0].name, "web-1");
	assert_string_equal(third->name, "web-3");
	assert_int_equal(third->maximum_kib, 4 * GIB);
	assert_int_equal(third->start_kib, 1 * GIB);
	assert_int_equal(third->base_kib, 110 * MIB);
	assert_int_equal(third->weight, 200);
	assert_int_equal(third->io_kib, 5 * MIB);
	assert_int_equal(third->cache_max_kib, 300 * MIB);
	assert_int_equal(third->swap_kib, 1 * GIB);
	assert_true(third->falls_silent);
	assert_int_equal(third->silent_at_ms, 75000);
	assert_int_equal(third->boot_ms, 5000);
	assert_int_equal(third->driver_ms, 6000);
	assert_int_equal(third->n_terms, 1);
	assert_int_equal(third->terms[0].shape, SIM_RAMP);
	assert_int_equal(third->terms[0].amount_kib, 1022 * MIB);
	assert_int_equal(third->terms[0].from_ms, 10000);
	assert_int_equal(third->terms[0].to_ms, 30000);
	assert_int_equal(third->terms[0].delay_ms,
			 2000); /* the third has the first delay */
	assert_int_equal(scenario.guests[1].terms[0].delay_ms, 101500);
	scenario_clear(&scenario);
}

static void defaults_are_those_of_the_page(void **state)
{
	struct scenario scenario;
	char *error;

	(void)state;
	assert_int_equal(load(SCENARIO(""), &scenario, &error), 0);

	const struct sim_guest_spec *guest = &scenario.guests[0];

	assert_int_equal(scenario.n_guests, 1);
	assert_int_equal(scenario.begin_ms, 0);
	assert_string_equal(guest->name, "g");
	assert_int_equal(guest->base_kib, 150 * MIB);
	assert_int_equal(guest->weight, 100);
	assert_int_equal(guest->io_kib, 0);
	assert_int_equal(guest->swap_kib, 0);
	assert_int_equal(guest->boot_ms, 0);
	assert_int_equal(guest->driver_ms, 0);
	assert_true(guest->cooperates);
	assert_true(guest->is_warm);
	assert_false(guest->is_oneshot);
	assert_false(guest->is_hopeless);
	assert_false(guest->falls_silent);
	scenario_clear(&scenario);
}

/* Needs MEMCOORD_SCENARIO_DIR, as make check sets it. */
static void shipped_scenarios_are_valid_and_have_the_names_of_their_files(void **state)
{
	char **names;
	size_t n = 0;

	(void)state;
	if (!getenv("MEMCOORD_SCENARIO_DIR"))
		skip();
	assert_int_equal(scenario_names(&names), 0);
	for (; names[n]; n++) {
		struct scenario scenario;
		char *error = NULL, *name = scenario_path(names[n]);

		assert_int_equal(scenario_load(name, &scenario, &error), 0);
		assert_string_equal(scenario.name, names[n]);
		if (n > 0)
			assert_true(strcmp(names[n - 1], names[n]) < 0);
		scenario_clear(&scenario);
		free(name);
	}
	assert_true(n >= 14);
	scenario_names_free(names);
}

int main(void)
{
	static struct suite suite;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		suite_add(&suite, is_accepted, good[i], "accepted: %s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		suite_add(&suite, is_refused, &bad[i], "%s in: %s", bad[i].error,
			  bad[i].text);
	suite_add(&suite, a_missing_file_is_told, NULL, "a missing file is told");
	suite_add(&suite, everything_arrives, NULL, "everything arrives");
	suite_add(&suite, defaults_are_those_of_the_page, NULL,
		  "defaults are those of the page");
	suite_add(&suite, shipped_scenarios_are_valid_and_have_the_names_of_their_files,
		  NULL, "shipped scenarios are valid and have the names of their files");
	return suite_run("scenario", &suite, set_up, tear_down);
}
