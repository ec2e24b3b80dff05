/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/file.h"
#include "core/defaults.h"
#include "core/policy.h"
#include "suite.h"

enum { NOBODY = 65534, FIELD_LENGTH = 80, N_FIELDS = 15 };

#define MIB ((size_t)1024 * 1024)

static char directory[256];

/* The path of @name in the directory of this run; valid until the next call. */
static const char *path_of(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

static const char *write_file(const void *content, size_t length)
{
	const char *path = path_of("memcoord.conf");
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(content, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
	return path;
}

/* Settings */

struct fields {
	char texts[N_FIELDS][FIELD_LENGTH]; /* "key=value" */
};

static void format_reserve(const struct reserve *reserve, char *text)
{
	if (reserve->is_percent)
		snprintf(text, FIELD_LENGTH, "host_reserve=%u%%", reserve->percent);
	else
		snprintf(text, FIELD_LENGTH, "host_reserve=%" PRIu64, reserve->size_kib);
}

/* "match/floor/ceiling/weight/managed,...", 0 for what is not there. */
static void format_rules(const struct settings *settings, char *text)
{
	FILE *file = fmemopen(text, FIELD_LENGTH, "we");

	assert_non_null(file);
	fputs("domains=", file);
	for (size_t i = 0; i < settings->n_rules; i++) {
		const struct domain_rule *rule = &settings->rules[i];
		const struct domain_choices *choices = &rule->choices;

		fprintf(file, "%s%s", i ? "," : "", rule->match);
		fprintf(file, "/%" PRIu64 "/%" PRIu64 "/%u/%d", choices->floor_kib,
			choices->ceiling_kib, choices->weight, !choices->is_left_out);
	}
	assert_int_equal(fclose(file), 0);
}

static struct fields format_settings(const struct settings *settings)
{
	struct fields fields;
	size_t n = 0;

#define ADD(...) snprintf(fields.texts[n++], FIELD_LENGTH, __VA_ARGS__)
	ADD("uri=%s", settings->uri ? settings->uri : "-");
	ADD("period=%u", settings->period_s);
	ADD("stats_period=%u", settings->stats_period_s);
	ADD("policy=%s", settings->policy->name);
	ADD("starvation_threshold=%u", settings->starvation_threshold_percent);
	ADD("waste_threshold=%u", settings->waste_threshold_percent);
	ADD("rate_threshold=%" PRIu64, settings->rate_threshold_bytes);
	format_reserve(&settings->host_reserve, fields.texts[n++]);
	ADD("host_capacity=%" PRIu64,
	    settings->has_host_capacity ? settings->host_capacity_kib : 0);
	ADD("domain_floor=%" PRIu64, settings->domain_floor_kib);
	ADD("idle_reclaim=%d", settings->idle_reclaim);
	ADD("metric=%s", metric_name(settings->metric));
	ADD("on_exit=%s", on_exit_name(settings->on_exit));
	ADD("metrics_file=%s", settings->metrics_file ? settings->metrics_file : "-");
	format_rules(settings, fields.texts[n++]);
#undef ADD
	assert_int_equal(n, N_FIELDS);
	return fields;
}

/* The value that @expected, "key=value key=value ...", has for the key of @field. */
static const char *expected_field(const char *expected, const char *field, char *buffer)
{
	size_t key_length = strcspn(field, "=") + 1;

	for (const char *p = expected; *p; p += strspn(p, " ")) {
		size_t length = strcspn(p, " ");

		if (strncmp(p, field, key_length) == 0) {
			snprintf(buffer, FIELD_LENGTH, "%.*s", (int)length, p);
			return buffer;
		}
		p += length;
	}
	return NULL;
}

/* @settings are the defaults but for what @expected says. */
static void assert_settings(const struct settings *settings, const char *expected)
{
	struct settings defaults;
	struct fields got = format_settings(settings), want;

	defaults_init(&defaults);
	want = format_settings(&defaults);
	for (size_t i = 0; i < N_FIELDS; i++) {
		char buffer[FIELD_LENGTH];
		const char *other = expected_field(expected, want.texts[i], buffer);

		assert_string_equal(got.texts[i], other ? other : want.texts[i]);
	}
}

static void assert_valid_choices(const struct domain_choices *choices)
{
	assert_in_range(choices->weight, 0, 10000);
	assert_true(choices->floor_kib == 0 || choices->floor_kib >= 50 * 1024);
	assert_true(choices->ceiling_kib == 0 || choices->ceiling_kib >= 50 * 1024);
	assert_true(choices->ceiling_kib == 0 ||
		    choices->floor_kib <= choices->ceiling_kib);
}

static void assert_valid_rule(const struct domain_rule *rule)
{
	assert_true(rule->match && *rule->match);
	assert_valid_choices(&rule->choices);
}

/* Whoever holds settings need not check them again. */
static void assert_valid(const struct settings *settings)
{
	assert_true(!settings->uri || *settings->uri);
	assert_in_range(settings->period_s, 1, 3600);
	assert_in_range(settings->stats_period_s, 1, 60);
	assert_non_null(settings->policy);
	assert_in_range(settings->starvation_threshold_percent, 1, 99);
	assert_in_range(settings->waste_threshold_percent, 1, 99);
	assert_true(settings->starvation_threshold_percent <
		    settings->waste_threshold_percent);
	if (settings->host_reserve.is_percent)
		assert_in_range(settings->host_reserve.percent, 1, 90);
	else
		assert_true(settings->host_reserve.size_kib >= 64 * 1024);
	if (settings->has_host_capacity)
		assert_true(settings->host_capacity_kib >= 64 * 1024);
	assert_true(settings->domain_floor_kib >= 50 * 1024);
	assert_in_range(settings->metric, METRIC_AUTO, METRIC_UNUSED);
	assert_in_range(settings->on_exit, ON_EXIT_KEEP, ON_EXIT_RESTORE);
	for (size_t i = 0; i < settings->n_rules; i++)
		assert_valid_rule(&settings->rules[i]);
}

/* Loading @path must fail with @result and "PATH@suffix", and leave settings alone. */
static void assert_refused(const char *path, int result, const char *suffix)
{
	struct settings settings, before;
	char *error = NULL, expected[1024];

	memset(&settings, 0x5a, sizeof(settings));
	memcpy(&before, &settings, sizeof(before));
	assert_int_equal(config_load(path, &settings, &error), result);
	assert_non_null(error);
	snprintf(expected, sizeof(expected), "%s%s", path, suffix);
	assert_string_equal(error, expected);
	assert_memory_equal(&settings, &before, sizeof(before));
	free(error);
}

static void assert_accepted(const char *path, const char *expected)
{
	struct settings settings;
	char *error = NULL;
	int r = config_load(path, &settings, &error);

	if (error)
		print_error("%s\n", error);
	assert_int_equal(r, 0);
	assert_null(error);
	assert_settings(&settings, expected);
	assert_valid(&settings);
	settings_clear(&settings);
}

/* Good files */

static const struct good_row {
	const char *content, *expected;
} good_rows[] = {
	{ "", "" },
	{ "\n\n", "" },
	{ "# nothing but a comment\n", "" },
	{ "# nothing but a comment", "" },
	{ "#", "" },
	{ "period = 3; // three", "period=3" },
	{ "/* nothing but\n a comment */", "" },
	{ "// nothing but a comment\r\n", "" },

	{ "uri = \"test:///default\";", "uri=test:///default" },
	{ "uri = \"x\";", "uri=x" },
	{ "period = 1;", "period=1" },
	{ "period = 3600;", "period=3600" },
	{ "period = 0xE10;", "period=3600" },
	{ "period = 7L;", "period=7" },
	{ "stats_period = 1;", "stats_period=1" },
	{ "stats_period = 60;", "stats_period=60" },
	{ "policy = \"classic\";", "policy=classic" },
	{ "policy = \"fair\";", "policy=fair" },
	{ "idle_reclaim = true;", "idle_reclaim=1" },
	{ "idle_reclaim = FALSE;", "idle_reclaim=0" },
	{ "starvation_threshold = 1;", "starvation_threshold=1" },
	{ "starvation_threshold = 98; waste_threshold = 99;",
	  "starvation_threshold=98 waste_threshold=99" },
	{ "waste_threshold = 99; starvation_threshold = 98;",
	  "starvation_threshold=98 waste_threshold=99" },
	{ "waste_threshold = 16;", "waste_threshold=16" },
	{ "waste_threshold = 99;", "waste_threshold=99" },
	{ "starvation_threshold = 1; waste_threshold = 2;",
	  "starvation_threshold=1 waste_threshold=2" },
	{ "rate_threshold = \"0 B\";", "rate_threshold=0" },
	{ "rate_threshold = \"1.5 MiB\";", "rate_threshold=1572864" },
	{ "rate_threshold = \"18446744073709551615 B\";",
	  "rate_threshold=18446744073709551615" },
	{ "host_reserve = \"1 %\";", "host_reserve=1%" },
	{ "host_reserve = \"90%\";", "host_reserve=90%" },
	{ "host_reserve = \"64 MiB\";", "host_reserve=65536" },
	{ "host_reserve = \"16777215 TiB\";", "host_reserve=18014397435740160" },
	{ "host_capacity = \"64 MiB\";", "host_capacity=65536" },
	{ "host_capacity = \"16777215 TiB\";", "host_capacity=18014397435740160" },
	{ "host_capacity = \"65 MiB\"; host_reserve = \"64 MiB\";",
	  "host_capacity=66560 host_reserve=65536" },
	{ "host_reserve = \"90 %\"; host_capacity = \"64 MiB\";",
	  "host_capacity=65536 host_reserve=90%" },
	{ "domain_floor = \"50 MiB\";", "domain_floor=51200" },
	{ "domain_floor = \"1 TiB\";", "domain_floor=1073741824" },
	{ "metric = \"auto\";", "metric=auto" },
	{ "metric = \"usable\";", "metric=usable" },
	{ "metric = \"unused\";", "metric=unused" },
	{ "on_exit = \"keep\";", "on_exit=keep" },
	{ "on_exit = \"restore\";", "on_exit=restore" },
	{ "metrics_file = \"\";", "metrics_file=" },
	{ "metrics_file = \"/run/memcoord/memcoord.prom\";",
	  "metrics_file=/run/memcoord/memcoord.prom" },

	{ "domains = ( );", "" },
	{ "domains = ( { match = \"db-*\"; } );", "domains=db-*/0/0/0/1" },
	{ "domains = ( { match = \"a\"; floor = \"50 MiB\"; ceiling = \"50 MiB\"; } );",
	  "domains=a/51200/51200/0/1" },
	{ "domains = ( { match = \"a\"; ceiling = \"1024 TiB\"; } );",
	  "domains=a/0/1099511627776/0/1" },
	{ "domains = ( { weight = 1; match = \"a\"; }, { match = \"b\"; "
	  "weight = 10000; } );",
	  "domains=a/0/0/1/1,b/0/0/10000/1" },
	{ "domains = ( { match = \"a\"; managed = false; }, { match = \"a\"; } );",
	  "domains=a/0/0/0/0,a/0/0/0/1" },
	{ "domains = ( { match = \"a\"; ceiling = \"1 GiB\"; } ); "
	  "domain_floor = \"2 GiB\";",
	  "domains=a/0/1048576/0/1 domain_floor=2097152" },

	{ "period: 5,", "period=5" },
	{ "period=5", "period=5" },
	{ "period = 5 stats_period = 6", "period=5 stats_period=6" },
	{ "uri = \"test:///\" \"default\";", "uri=test:///default" },
	{ "uri = \"a\\\"b\\\\\"; period = 5;", "uri=a\"b\\ period=5" },

	/* What looks too large, but is no number. */
	{ "uri = \"test:///4294967299\";", "uri=test:///4294967299" },
	{ "uri = \"\\\"4294967299\"; period = 3;", "uri=\"4294967299 period=3" },
	{ "# 4294967299\nperiod = 3;", "period=3" },
	{ "period = 3; // 4294967299\n", "period=3" },
	{ "/* 4294967299\n 4294967299 */ period = 3;", "period=3" },
	{ "/*/ 4294967299 */ period = 3;", "period=3" },
	{ "period = 000000003;", "period=3" },
	{ "uri = \"user@host\"; # @include \"x\"\n", "uri=user@host" },
	{ "uri = \"#4294967299\"; period = 3;", "uri=#4294967299 period=3" },
};

static void good(void **state)
{
	const struct good_row *row = *state;

	assert_accepted(write_file(row->content, strlen(row->content)), row->expected);
}

static void everything_at_once(void **state)
{
	static const char content[] = "uri = \"qemu:///system\";\n"
				      "period = 10;\n"
				      "stats_period = 2;\n"
				      "policy = \"classic\";\n"
				      "starvation_threshold = 20;\n"
				      "waste_threshold = 60;\n"
				      "rate_threshold = \"4 KiB\";\n"
				      "host_reserve = \"1 GiB\";\n"
				      "host_capacity = \"32 GiB\";\n"
				      "domain_floor = \"256 MiB\";\n"
				      "metric = \"usable\";\n"
				      "on_exit = \"restore\";\n"
				      "metrics_file = \"/a.prom\";\n";

	(void)state;
	assert_accepted(write_file(content, sizeof(content) - 1),
			"uri=qemu:///system period=10 stats_period=2 policy=classic "
			"starvation_threshold=20 waste_threshold=60 rate_threshold=4096 "
			"host_reserve=1048576 host_capacity=33554432 "
			"domain_floor=262144 metric=usable on_exit=restore "
			"metrics_file=/a.prom");
}

/* Bad content */

#define URI_EXPECTED "a libvirt URI such as \"qemu:///system\""
#define PERIOD_EXPECTED "a whole number from 1 to 3600"
#define STATS_PERIOD_EXPECTED "a whole number from 1 to 60"
#define PERCENT_EXPECTED "a whole number from 1 to 99"
#define RATE_EXPECTED "a size per second with its unit, such as \"1 KiB\""
#define RESERVE_EXPECTED "\"1 %\" to \"90 %\" or a size from \"64 MiB\" on"
#define CAPACITY_EXPECTED "a size from \"64 MiB\" on"
#define FLOOR_EXPECTED "a size from \"50 MiB\" on"
#define METRIC_EXPECTED "\"auto\", \"usable\" or \"unused\""
#define ON_EXIT_EXPECTED "\"keep\" or \"restore\""
#define METRICS_EXPECTED "the absolute path of a file, or \"\" for none"
#define DOMAINS_EXPECTED                                                                 \
	"a list of groups, such as ( { match = \"db-*\"; floor = \"1 GiB\"; } )"
#define RULE_SIZE_EXPECTED "a size from \"50 MiB\" to \"1024 TiB\""
#define WEIGHT_EXPECTED "a whole number from 1 to 10000"

/* Each key with what must be said of a wrong value, whatever is wrong with it. */
static const struct key {
	const char *name, *expected;
	bool is_integer;
} keys[] = {
	{ "uri", URI_EXPECTED, false },
	{ "period", PERIOD_EXPECTED, true },
	{ "stats_period", STATS_PERIOD_EXPECTED, true },
	{ "policy", "one of \"fair\", \"classic\"", false },
	{ "starvation_threshold", PERCENT_EXPECTED, true },
	{ "waste_threshold", PERCENT_EXPECTED, true },
	{ "rate_threshold", RATE_EXPECTED, false },
	{ "host_reserve", RESERVE_EXPECTED, false },
	{ "host_capacity", CAPACITY_EXPECTED, false },
	{ "domain_floor", FLOOR_EXPECTED, false },
	{ "metric", METRIC_EXPECTED, false },
	{ "on_exit", ON_EXIT_EXPECTED, false },
	{ "on_exit", ON_EXIT_EXPECTED, false },
};

static const char *const wrong_types[] = {
	"true", "2.5",	 "2e1",	  "{ }",	   "{ period = 5; }",
	"( )",	"( 5 )", "[ 5 ]", "[ \"5 MiB\" ]",
};

static const char *const wrong_for_integers[] = {
	"0",	  "-1",	   "-999999999", "3601",      "999999999",
	"0x7FF0", "\"5\"", "\"\"",	 "\"5 MiB\"",
};

static const char *const wrong_for_strings[] = { "5", "0", "-5", "5L", "\"\"" };

struct value_row {
	const struct key *key;
	const char *value;
};

static void wrong_value(void **state)
{
	const struct value_row *row = *state;
	char content[256], suffix[256];
	int length = snprintf(content, sizeof(content), "\n%s = %s;\n", row->key->name,
			      row->value);

	snprintf(suffix, sizeof(suffix), ":2: %s must be %s", row->key->name,
		 row->key->expected);
	assert_refused(write_file(content, (size_t)length), -EINVAL, suffix);
}

static void add_wrong_values(struct suite *suite, const struct key *key,
			     const char *const *values, size_t n)
{
	static struct value_row rows[SUITE_TESTS_MAX];
	static size_t n_rows;

	for (size_t i = 0; i < n; i++) {
		rows[n_rows] = (struct value_row){ key, values[i] };
		suite_add(suite, wrong_value, &rows[n_rows++], "bad: %s = %s", key->name,
			  values[i]);
	}
}

#define UNKNOWN(name) "unknown setting '" name "' (memcoord.conf(5) lists them)"

static const struct bad_row {
	const char *content, *suffix;
} bad_rows[] = {
	/* unknown keys, among them those of later versions */
	{ "no_such_key = 1;", ":1: " UNKNOWN("no_such_key") },
	{ "Period = 1;", ":1: " UNKNOWN("Period") },
	{ "period_4294967299 = 1;", ":1: " UNKNOWN("period_4294967299") },
	{ "# first\n\non_exits = \"keep\";", ":3: " UNKNOWN("on_exits") },
	{ "idle_reclaim = 1;", ":1: idle_reclaim must be true or false" },
	{ "idle_reclaim = \"yes\";", ":1: idle_reclaim must be true or false" },
	{ "idle_reclaim = { };", ":1: idle_reclaim must be true or false" },
	{ "fair = { };", ":1: " UNKNOWN("fair") },
	{ "period = 5;\nstats_period = 5;\nwhat = 1;", ":3: " UNKNOWN("what") },

	/* values just beyond their borders, and of the wrong form */
	{ "uri = \"\";", ":1: uri must be " URI_EXPECTED },
	{ "period = 3601;", ":1: period must be " PERIOD_EXPECTED },
	{ "stats_period = 61;", ":1: stats_period must be " STATS_PERIOD_EXPECTED },
	{ "starvation_threshold = 100;",
	  ":1: starvation_threshold must be " PERCENT_EXPECTED },
	{ "waste_threshold = 100;", ":1: waste_threshold must be " PERCENT_EXPECTED },
	{ "policy = \"Classic\";", ":1: policy must be one of \"fair\", \"classic\"" },
	{ "rate_threshold = \"1\";", ":1: rate_threshold must be " RATE_EXPECTED },
	{ "rate_threshold = \"-1 KiB\";", ":1: rate_threshold must be " RATE_EXPECTED },
	{ "rate_threshold = \"16777216 TiB\";",
	  ":1: rate_threshold must be " RATE_EXPECTED },
	{ "host_reserve = \"0 %\";", ":1: host_reserve must be " RESERVE_EXPECTED },
	{ "host_reserve = \"91 %\";", ":1: host_reserve must be " RESERVE_EXPECTED },
	{ "host_reserve = \"100 %\";", ":1: host_reserve must be " RESERVE_EXPECTED },
	{ "host_reserve = \"-5 %\";", ":1: host_reserve must be " RESERVE_EXPECTED },
	{ "host_reserve = \"4294967301 %\";",
	  ":1: host_reserve must be " RESERVE_EXPECTED },
	{ "host_reserve = \"5.5 %\";", ":1: host_reserve must be " RESERVE_EXPECTED },
	{ "host_reserve = \"5 %%\";", ":1: host_reserve must be " RESERVE_EXPECTED },
	{ "host_reserve = \"5\";", ":1: host_reserve must be " RESERVE_EXPECTED },
	{ "host_reserve = \"%\";", ":1: host_reserve must be " RESERVE_EXPECTED },
	{ "host_reserve = \"67108863 B\";",
	  ":1: host_reserve must be " RESERVE_EXPECTED },
	{ "host_capacity = \"5 %\";", ":1: host_capacity must be " CAPACITY_EXPECTED },
	{ "host_capacity = \"67108863 B\";",
	  ":1: host_capacity must be " CAPACITY_EXPECTED },
	{ "host_capacity = \"16777216 TiB\";",
	  ":1: host_capacity must be " CAPACITY_EXPECTED },
	{ "domain_floor = \"52428799 B\";", ":1: domain_floor must be " FLOOR_EXPECTED },
	{ "domain_floor = \"0 B\";", ":1: domain_floor must be " FLOOR_EXPECTED },
	{ "metric = \"available\";", ":1: metric must be " METRIC_EXPECTED },
	{ "metrics_file = \"memcoord.prom\";",
	  ":1: metrics_file must be " METRICS_EXPECTED },
	{ "metrics_file = \"./memcoord.prom\";",
	  ":1: metrics_file must be " METRICS_EXPECTED },
	{ "metrics_file = \"/\";", ":1: metrics_file must be " METRICS_EXPECTED },
	{ "metrics_file = \"/run/\";", ":1: metrics_file must be " METRICS_EXPECTED },
	{ "metrics_file = false;", ":1: metrics_file must be " METRICS_EXPECTED },
	{ "metrics_file = 5;", ":1: metrics_file must be " METRICS_EXPECTED },
	{ "metrics_file = ( \"/a\" );", ":1: metrics_file must be " METRICS_EXPECTED },

	/* rules for single domains: the line is that of the member, or of its group */
	{ "domains = 5;", ":1: domains must be " DOMAINS_EXPECTED },
	{ "domains = \"db-*\";", ":1: domains must be " DOMAINS_EXPECTED },
	{ "\ndomains = { match = \"a\"; };", ":2: domains must be " DOMAINS_EXPECTED },
	{ "domains = [ ];", ":1: domains must be " DOMAINS_EXPECTED },
	{ "domains = ( { match = \"a\"; },\n5 );",
	  ":2: domains must be " DOMAINS_EXPECTED },
	{ "domains = ( ( ) );", ":1: domains must be " DOMAINS_EXPECTED },
	{ "domains = (\n{ weight = 5; } );", ":2: match is missing" },
	{ "domains = ( { } );", ":1: match is missing" },
	{ "domains = ( { match = \"a\";\nweigth = 5; } );",
	  ":2: unknown setting 'weigth'" },
	{ "domains = ( { match = 5; } );", ":1: match must be a text in quotes" },
	{ "domains = ( { match = \"\"; } );", ":1: match must be a text in quotes" },
	{ "domains = ( { match = \"a\";\nweight = 0; } );",
	  ":2: weight must be " WEIGHT_EXPECTED },
	{ "domains = ( { match = \"a\"; weight = 10001; } );",
	  ":1: weight must be " WEIGHT_EXPECTED },
	{ "domains = ( { match = \"a\"; weight = \"100\"; } );",
	  ":1: weight must be " WEIGHT_EXPECTED },
	{ "domains = ( { match = \"a\"; floor = \"52428799 B\"; } );",
	  ":1: floor must be " RULE_SIZE_EXPECTED },
	{ "domains = ( { match = \"a\"; floor = 1024; } );",
	  ":1: floor must be " RULE_SIZE_EXPECTED },
	{ "domains = ( { match = \"a\"; ceiling = \"1025 TiB\"; } );",
	  ":1: ceiling must be " RULE_SIZE_EXPECTED },
	{ "domains = ( { match = \"a\"; ceiling = \"1 MiB\"; } );",
	  ":1: ceiling must be " RULE_SIZE_EXPECTED },
	{ "domains = ( { match = \"a\"; },\n{ match = \"b\"; floor = \"2 GiB\"; "
	  "ceiling = \"1 GiB\"; } );",
	  ":2: floor must not be above ceiling" },
	{ "domains = ( { match = \"a\"; managed = 1; } );",
	  ":1: managed must be true or false" },
	{ "domains = ( { match = \"a\"; match = \"b\"; } );",
	  ":1: duplicate setting name" },

	/* integers that libconfig 1.5 cuts to 32 bits without a word */
	{ "period = 4294967299;", ":1: '4294967299' is too large a number" },
	{ "period = -4294967293;", ":1: '4294967293' is too large a number" },
	{ "period = 4294967299L;", ":1: '4294967299L' is too large a number" },
	{ "period = 0x100000003;", ":1: '0x100000003' is too large a number" },
	{ "period = 18446744073709551619;",
	  ":1: '18446744073709551619' is too large a number" },
	{ "/* a\n b */ uri = \"\n\n\"; # c\nperiod = 4294967299;",
	  ":5: '4294967299' is too large a number" },
	{ "uri = \"\\\\\"; period = 4294967299; # \"",
	  ":1: '4294967299' is too large a number" },
	{ "period = 2147483647;", ":1: '2147483647' is too large a number" },
	{ "period = -2147483648;", ":1: '2147483648' is too large a number" },
	{ "/**/ period = 4294967299;", ":1: '4294967299' is too large a number" },

	/* what libconfig would end the process for */
	{ "@include \"other.conf\"", ":1: @include is not supported" },
	{ "period = 5;\n\t@include \"/dev/null\"\n", ":2: @include is not supported" },
	{ "@", ":1: @include is not supported" },

	/* duplicates */
	{ "period = 5;\nperiod = 5;", ":2: duplicate setting name" },
	{ "uri = \"a\";\nperiod = 5;\nuri = \"b\";", ":3: duplicate setting name" },

	/* syntax */
	{ "period", ":2: syntax error" },
	{ "period = ;", ":1: syntax error" },
	{ "period = 5;\nstats_period = = 5;", ":2: syntax error" },
	{ "= 5;", ":1: syntax error" },
	{ "5;", ":1: syntax error" },
	{ "period = 5;;", ":1: syntax error" },
	{ "\n\n[section]\n", ":3: syntax error" },
	{ "uri = test;", ":1: syntax error" },
	{ "uri = 'test';", ":1: syntax error" },
	{ "fair = {\n period = 5;\n", ":3: syntax error" },
	{ "period = 5; }", ":1: syntax error" },
	{ "uri = \"\nnever closed", ":3: syntax error" },
	{ "\xef\xbb\xbf", ":1: syntax error" },

	/* what no single key can tell */
	{ "starvation_threshold = 50;",
	  ": starvation_threshold (50) must be below waste_threshold (50)" },
	{ "waste_threshold = 15;",
	  ": starvation_threshold (15) must be below waste_threshold (15)" },
	{ "starvation_threshold = 60;\nwaste_threshold = 40;",
	  ": starvation_threshold (60) must be below waste_threshold (40)" },
	{ "host_reserve = \"1 GiB\"; host_capacity = \"1 GiB\";",
	  ": host_reserve must be below host_capacity" },
	{ "host_capacity = \"1 GiB\"; host_reserve = \"2 GiB\";",
	  ": host_reserve must be below host_capacity" },
};

static void bad(void **state)
{
	const struct bad_row *row = *state;

	assert_refused(write_file(row->content, strlen(row->content)), -EINVAL,
		       row->suffix);
}

/* Files that are none */

static void missing(void **state)
{
	(void)state;
	assert_refused(path_of("missing.conf"), -ENOENT, ": No such file or directory");
	assert_refused(path_of("missing/memcoord.conf"), -ENOENT,
		       ": No such file or directory");
	assert_refused("", -ENOENT, ": No such file or directory");
}

static void below_a_file(void **state)
{
	(void)state;
	write_file("", 0);
	assert_refused(path_of("memcoord.conf/x"), -ENOTDIR, ": Not a directory");
}

static void is_directory(void **state)
{
	(void)state;
	assert_refused(directory, -EINVAL, ": not a regular file");
}

static void is_fifo(void **state)
{
	const char *path = path_of("fifo");

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	alarm(30); /* waiting for a writer would be for ever */
	assert_refused(path, -EINVAL, ": not a regular file");
	alarm(0);
	assert_int_equal(unlink(path), 0);
}

static void is_device(void **state)
{
	(void)state;
	struct settings settings;
	char *error = NULL;

	/* how one says "no configuration" */
	assert_int_equal(config_load("/dev/null", &settings, &error), 0);
	assert_int_equal(settings.period_s, 2);
	settings_clear(&settings);
	assert_refused("/dev/zero", -EINVAL, ": larger than 1 MiB");
}

static void is_link(void **state)
{
	char target[sizeof(directory) + 32];
	const char *path;

	(void)state;
	snprintf(target, sizeof(target), "%s", write_file("period = 9;", 11));
	path = path_of("link");
	assert_int_equal(symlink(target, path), 0);
	assert_accepted(path, "period=9");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("link", path), 0);
	assert_refused(path, -ELOOP, ": Too many levels of symbolic links");
	assert_int_equal(unlink(path), 0);
}

/* Root may read everything, so root has to become somebody else here. */
static void unreadable(void **state)
{
	const char *path = write_file("period = 5;", 11);
	uid_t user = geteuid();

	(void)state;
	assert_int_equal(chmod(path, 0), 0);
	if (user == 0)
		assert_int_equal(seteuid(NOBODY), 0);
	assert_refused(path, -EACCES, ": Permission denied");
	assert_int_equal(seteuid(user), 0);
	assert_int_equal(unlink(path), 0);
}

/* A comment of @length bytes around @tail. */
static const char *write_long_file(size_t length, const char *tail)
{
	char *content = malloc(length);
	size_t tail_length = strlen(tail);
	const char *path;

	assert_non_null(content);
	memset(content, '#', length);
	memcpy(content + length - tail_length, tail, tail_length);
	path = write_file(content, length);
	free(content);
	return path;
}

static void largest(void **state)
{
	(void)state;
	assert_accepted(write_long_file(MIB, "\nperiod = 8;"), "period=8");
}

static void too_large(void **state)
{
	(void)state;
	assert_refused(write_long_file(MIB + 1, "\nperiod = 8;"), -EINVAL,
		       ": larger than 1 MiB");
	assert_refused(write_long_file(5 * MIB, ""), -EINVAL, ": larger than 1 MiB");
}

static void nul_bytes(void **state)
{
	static const char behind[] = "period = 5;\0";
	static const char inside[] = "uri = \"a\0b\";";

	(void)state;
	assert_refused(write_file(behind, sizeof(behind)), -EINVAL, ": not a text file");
	assert_refused(write_file(inside, sizeof(inside) - 1), -EINVAL,
		       ": not a text file");
	assert_refused(write_file("\0", 1), -EINVAL, ": not a text file");
}

/* Deep nesting must end in an error, not on the end of the stack. */
static void deep_nesting(void **state)
{
	static const struct {
		const char *open;
		size_t n;
	} rows[] = {
		{ "(", MIB / 2 },
		{ "{a=", MIB / 4 },
		{ "(", 1000 },
		{ "{a=", 1000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *content = NULL, *error = NULL;
		size_t length = 0;
		struct settings settings;
		FILE *file = open_memstream(&content, &length);

		assert_non_null(file);
		fputs("period=", file);
		for (size_t j = 0; j < rows[i].n; j++)
			fputs(rows[i].open, file);
		fclose(file);
		assert_int_equal(
			config_load(write_file(content, length), &settings, &error),
			-EINVAL);
		assert_non_null(error);
		free(error);
		free(content);
	}
}

/* Random bytes: always the same ones, so that a failure can be found again. */

static uint64_t random_state;

static uint32_t next_random(void)
{
	random_state ^= random_state << 13; /* xorshift64 (Marsaglia) */
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 32);
}

/* valgrind is slow: check-valgrind asks for fewer rounds. */
static unsigned rounds(unsigned n)
{
	return getenv("MEMCOORD_TEST_QUICK") ? n / 20 : n;
}

/* An error that names the file, or valid settings; nothing else, and no end of us. */
static void assert_survives(const char *content, size_t length)
{
	const char *path = write_file(content, length);
	struct settings settings, before;
	char *error = NULL;
	int r;

	memset(&settings, 0x5a, sizeof(settings));
	memcpy(&before, &settings, sizeof(before));
	r = config_load(path, &settings, &error);
	if (r == 0) {
		assert_null(error);
		assert_valid(&settings);
		settings_clear(&settings);
		return;
	}
	assert_int_equal(r, -EINVAL);
	assert_non_null(error);
	assert_int_equal(strncmp(error, path, strlen(path)), 0);
	assert_null(strchr(error, '\n'));
	assert_memory_equal(&settings, &before, sizeof(before));
	free(error);
}

static void random_bytes(void **state)
{
	char content[512];

	(void)state;
	random_state = 0x2545f4914f6cdd1d;
	for (unsigned round = 0; round < rounds(10000); round++) {
		size_t length = next_random() % sizeof(content);
		/* A NUL ends the test of most files, so have some without. */
		unsigned lowest = round % 2;

		for (size_t i = 0; i < length; i++)
			content[i] = (char)(lowest + next_random() % (256 - lowest));
		assert_survives(content, length);
	}
}

static void random_words(void **state)
{
	static const char *const words[] = {
		"uri",
		"period",
		"stats_period",
		"policy",
		"host_reserve",
		"metric",
		"domain_floor",
		"host_capacity",
		"rate_threshold",
		"domains",
		"match",
		"floor",
		"weight",
		"x",
		" = ",
		" = ",
		" = ",
		": ",
		";",
		";\n",
		";\n",
		",",
		"{",
		"}",
		"(",
		")",
		"[",
		"]",
		"\"",
		"\"5 %\"",
		"\"1 GiB\"",
		"\"classic\"",
		"\"auto\"",
		"\"a\\\"b\"",
		"5",
		"-1",
		"0x",
		"2L",
		"4294967299",
		"1.5",
		"1e9",
		"true",
		"\\",
		"\\x00",
		"#",
		"//",
		"/*",
		"*/",
		"\n",
		"@include",
		"\t",
		"*",
		"-",
		"\x80",
	};
	char content[512];

	(void)state;
	random_state = 0x9e3779b97f4a7c15;
	for (unsigned round = 0; round < rounds(10000); round++) {
		unsigned n = 1 + next_random() % 20;
		size_t length = 0;

		for (unsigned i = 0; i < n; i++)
			length += (size_t)snprintf(
				content + length, sizeof(content) - length, "%s",
				words[next_random() %
				      (sizeof(words) / sizeof(words[0]))]);
		assert_survives(content, length);
	}
}

static void random_damage(void **state)
{
	static const char good_content[] =
		"uri = \"qemu:///system\"; // where\nperiod = 10;\nstats_period = 2;\n"
		"/* the original\n rules */ policy = \"classic\";\nwaste_threshold=60;\n"
		"host_reserve = \"5 %\"; # kept\nhost_capacity = \"32 GiB\";\n";

	(void)state;
	random_state = 0xd1342543de82ef95;
	for (unsigned round = 0; round < rounds(10000); round++) {
		char content[sizeof(good_content)];
		size_t length = sizeof(good_content) - 1;
		unsigned n = 1 + next_random() % 4;

		memcpy(content, good_content, sizeof(content));
		for (unsigned i = 0; i < n; i++)
			content[next_random() % length] = (char)next_random();
		if (round % 3 == 0)
			length = next_random() % length;
		assert_survives(content, length);
	}
}

static int set_up(void **state)
{
	const char *parent = getenv("TMPDIR");

	(void)state;
	snprintf(directory, sizeof(directory), "%s/memcoord-test-XXXXXX",
		 parent && *parent ? parent : "/tmp");
	/* Others may look, so that "unreadable" is about the file. */
	return mkdtemp(directory) && chmod(directory, 0755) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path_of("memcoord.conf"));
	return rmdir(directory);
}

static void add_bad_values(struct suite *suite)
{
#define ADD(values)                                                                      \
	add_wrong_values(suite, key, values, sizeof(values) / sizeof((values)[0]))
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const struct key *key = &keys[i];

		ADD(wrong_types);
		if (key->is_integer)
			ADD(wrong_for_integers);
		else
			ADD(wrong_for_strings);
	}
#undef ADD
}

int main(void)
{
	static struct suite suite;

	for (size_t i = 0; i < sizeof(good_rows) / sizeof(good_rows[0]); i++)
		suite_add(&suite, good, &good_rows[i], "good: %s", good_rows[i].content);
	suite_add(&suite, everything_at_once, NULL, "good: every key at once");
	for (size_t i = 0; i < sizeof(bad_rows) / sizeof(bad_rows[0]); i++)
		suite_add(&suite, bad, &bad_rows[i], "bad: %s", bad_rows[i].content);
	add_bad_values(&suite);
	suite_add(&suite, missing, NULL, "missing file");
	suite_add(&suite, below_a_file, NULL, "path through a file");
	suite_add(&suite, is_directory, NULL, "directory");
	suite_add(&suite, is_fifo, NULL, "FIFO");
	suite_add(&suite, is_device, NULL, "device");
	suite_add(&suite, is_link, NULL, "symbolic link");
	suite_add(&suite, unreadable, NULL, "unreadable file");
	suite_add(&suite, largest, NULL, "file of 1 MiB");
	suite_add(&suite, too_large, NULL, "file of more than 1 MiB");
	suite_add(&suite, nul_bytes, NULL, "NUL bytes");
	suite_add(&suite, deep_nesting, NULL, "deep nesting");
	suite_add(&suite, random_bytes, NULL, "random bytes");
	suite_add(&suite, random_words, NULL, "random words");
	suite_add(&suite, random_damage, NULL, "random damage to a good file");
	return suite_run("config-file", &suite, set_up, tear_down);
}
