/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole screens, as text; and that nothing breaks them. */
#include <locale.h>
#include <wctype.h>

#include "paint/paint.h"
#include "paint/row.h"
#include "top-screens.h"
#include "top-world.h"

static struct top_world top;
static struct top_view view;
static struct top_frame frame;
static struct top_words words;

static int set_up(void **state)
{
	(void)state;
	top_world_init(&top);
	view = (struct top_view){ 0 };
	frame = (struct top_frame){ .is_unicode = true };
	words = (struct top_words){
		.uri = "qemu:///system",
		.policy = "fair",
		.clock = "12:34:56",
		.period_s = 2,
	};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	top_frame_clear(&frame);
	top_view_clear(&view);
	top_world_clear(&top);
	return 0;
}

/* A starving, a wasting, a balanced one; one that is paused, one that has no balloon. */
static void make_domains(void)
{
	static char names[][16] = { "db-1", "web-1", "web-2", "old", "appliance" };
	struct world *world = &top.world;

	world->snapshot.host.available_kib = 6 * GIB;

	world_add(world, 2 * GIB, 8 * GIB, 512 * MIB)->present |= DOMAIN_SWAP_OUT;
	world_add(world, 4 * GIB, 8 * GIB, 3 * GIB);
	world_add(world, 1 * GIB, 2 * GIB, 300 * MIB);
	world_add(world, 512 * MIB, 512 * MIB, 0)->state = DOMAIN_PAUSED;
	world_add(world, 1 * GIB, 1 * GIB, 0)->has_balloon = false;
	world->domains[4].present &= ~(unsigned)(DOMAIN_USABLE | DOMAIN_UNUSED);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		world->domains[i].name = names[i];
	top_world_look(&top, 2);
	/* web-1 gives, then db-1 grows, consumes and swaps */
	world->domains[1].current_kib -= 512 * MIB;
	world->domains[1].usable_kib -= 512 * MIB;
	top_world_look(&top, 2);
	world->domains[0].current_kib += 512 * MIB;
	world->domains[0].usable_kib = 200 * MIB;
	world->domains[0].swap_out_kib += 5 * MIB;
	top_world_look(&top, 40);
	world->domains[0].usable_kib = 180 * MIB;
	world->domains[0].swap_out_kib += 1 * MIB;
	top_world_look(&top, 2);
}

static void paint(unsigned width, unsigned height)
{
	assert_int_equal(top_frame_reset(&frame, width, height), 0);
	assert_int_equal(top_view_arrange(&view, &top.model), 0);
	top_paint(&frame, &top.model, &view, &words);
}

/* The line as UTF-8, without spaces at its end; the caller's until the next call. */
static const char *line(unsigned y)
{
	static char text[4096];
	size_t n = 0;

	for (unsigned x = 0; x < frame.width; x++)
		if (top_frame_at(&frame, x, y)->c)
			n += (size_t)wctomb(text + n, top_frame_at(&frame, x, y)->c);
	while (n > 0 && text[n - 1] == ' ')
		n--;
	text[n] = '\0';
	return text;
}

static void assert_lines(const char *const *lines, size_t n)
{
	assert_int_equal(frame.height, n);
	for (unsigned y = 0; y < n; y++)
		assert_string_equal(line(y), lines[y]);
}

#define ASSERT_SCREEN(lines) assert_lines(lines, sizeof(lines) / sizeof(*(lines)))

static void everything_is_told_on_a_large_screen(void **state)
{
	(void)state;
	make_domains();
	paint(145, 24);
	ASSERT_SCREEN(large_screen);
}

static void a_usual_screen(void **state)
{
	(void)state;
	make_domains();
	paint(80, 24);
	ASSERT_SCREEN(usual_screen);
}

static void a_small_screen(void **state)
{
	(void)state;
	make_domains();
	paint(40, 10);
	ASSERT_SCREEN(small_screen);
}

static void a_tiny_screen(void **state)
{
	(void)state;
	make_domains();
	paint(15, 3);
	ASSERT_SCREEN(tiny_screen);
}

static void a_screen_of_ascii(void **state)
{
	(void)state;
	make_domains();
	frame.is_unicode = false;
	top.world.domains[2].name = (char *)(uintptr_t) "gr\xc3\xbcn";
	top_world_take(&top);
	paint(80, 15);
	ASSERT_SCREEN(ascii_screen);
}

/* The text that begins at column @x. */
static const char *text_at(unsigned x, unsigned y)
{
	static char text[4096];
	size_t n = 0;

	for (; x < frame.width; x++)
		if (top_frame_at(&frame, x, y)->c)
			n += (size_t)wctomb(text + n, top_frame_at(&frame, x, y)->c);
	text[n] = '\0';
	return text;
}

static bool begins_with(const char *text, const char *beginning)
{
	return strncmp(text, beginning, strlen(beginning)) == 0;
}

/* The line that begins so; fails if there is none. */
static unsigned line_of(const char *beginning)
{
	for (unsigned y = 0; y < frame.height; y++)
		if (begins_with(line(y), beginning))
			return y;
	fail_msg("no line begins with %s", beginning);
	return 0;
}

static void a_host_that_is_short_says_so(void **state)
{
	(void)state;
	make_domains();
	top.world.snapshot.host.available_kib = 1 * GIB;
	top_world_look(&top, 2);
	paint(80, 24);
	assert_non_null(strstr(line(3), " short     707.2M "));
	assert_int_equal(top_frame_at(&frame, 29, 3)->style, TOP_NOTICE);
}

static void who_has_just_moved_catches_the_eye(void **state)
{
	unsigned x = 0;

	(void)state;
	make_domains();
	paint(100, 24);
	while (!begins_with(text_at(x, line_of("db-1")), "\xe2\x86\x91"))
		x++;
	assert_int_equal(top_frame_at(&frame, x, line_of("db-1"))->style, TOP_BOLD);
	assert_int_equal(top_frame_at(&frame, x, line_of("web-1"))->style, TOP_PLAIN);
}

static void classes_have_colours(void **state)
{
	static const struct {
		const char *name;
		enum top_style style;
	} rows[] = {
		{ "db-1", TOP_STARVING },	  { "web-1", TOP_WASTING },
		{ "web-2", TOP_BALANCED },	  { "old", TOP_OTHER_CLASS },
		{ "appliance", TOP_OTHER_CLASS },
	};

	(void)state;
	make_domains();
	paint(80, 24);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(top_frame_at(&frame, 10, line_of(rows[i].name))->style,
				 rows[i].style);
}

static void it_says_when_it_is_paused(void **state)
{
	(void)state;
	make_domains();
	view.is_paused = true;
	paint(60, 24);
	assert_string_equal(line(0), "qemu:///system             "
				     "fair, every 2 s  PAUSED  12:34:56");
	assert_non_null(strstr(line(23), "p go on"));
	for (unsigned width = 16; width < 60; width++) {
		paint(width, 24);
		assert_non_null(strstr(line(0), "PAUSED  12:34:56"));
	}
}

static void it_says_when_the_domains_need_more_than_there_is(void **state)
{
	(void)state;
	make_domains();
	top.world.settings.has_host_capacity = true;
	top.world.settings.host_capacity_kib = 3 * GIB;
	top.world.domains[1].usable_kib = 100 * MIB;
	top_world_look(&top, 2);
	paint(60, 24);
	assert_string_equal(line(0), "qemu:///system           "
				     "fair, every 2 s  OVERLOAD  12:34:56");
	view.is_paused = true;
	paint(60, 24);
	assert_string_equal(line(0), "qemu:///system   "
				     "fair, every 2 s  OVERLOAD  PAUSED  12:34:56");
}

static void a_long_uri_gives_way(void **state)
{
	(void)state;
	make_domains();
	words.uri = "qemu+ssh://root@a-host-with-a-long-name.example.org/system";
	paint(60, 24);
	assert_string_equal(line(0), "qemu+ssh://root@a-host-with-a-lo\xe2\x80\xa6  "
				     "fair, every 2 s  12:34:56");
	paint(39, 24);
	assert_string_equal(line(0), "qemu+ssh://root@a-host-with-\xe2\x80\xa6"
				     "  12:34:56");
	paint(9, 24);
	assert_string_equal(line(0), " 12:34:56");
}

static void what_is_wrong_takes_the_last_line(void **state)
{
	(void)state;
	make_domains();
	words.notice = "connection lost";
	for (unsigned height = 1; height < 30; height++) {
		paint(60, height);
		assert_string_equal(line(height - 1), "connection lost");
	}
}

static void what_is_typed_takes_the_last_line(void **state)
{
	(void)state;
	make_domains();
	words.notice = "connection lost";
	top_view_key(&view, '/');
	top_view_key(&view, 'w');
	for (unsigned height = 1; height < 30; height++) {
		paint(60, height);
		assert_string_equal(line(height - 1), "Filter: w");
	}
	/* once it is typed it shows elsewhere */
	assert_null(strstr(line(line_of("5 domains")), "/w"));
	top_view_key(&view, TOP_KEY_ENTER);
	top_view_key(&view, 'r');
	paint(80, 24);
	assert_non_null(strstr(line(line_of("5 domains")), "  /w  by NAME reversed"));
}

static void nothing_to_show_is_said(void **state)
{
	(void)state;
	top_world_look(&top, 2);
	paint(80, 24);
	line_of("No active domains.");
	make_domains();
	strcpy(view.filter, "nothing");
	paint(80, 24);
	line_of("No domain of such a name.");
}

static void a_part_of_the_rows_says_which(void **state)
{
	(void)state;
	make_domains();
	paint(80, 9);
	assert_non_null(strstr(line(8), "1-4 of 5"));
	top_view_key(&view, TOP_KEY_END);
	paint(80, 9);
	assert_non_null(strstr(line(8), "2-5 of 5"));
	paint(80, 10);
	assert_null(strstr(line(9), " of 5"));
}

static void help_is_scrolled(void **state)
{
	(void)state;
	top_world_look(&top, 2);
	top_view_key(&view, 'h');
	paint(80, 24);
	assert_string_equal(line(0), "Keys");
	assert_string_equal(line(1), "  q, Ctrl-C         quit");
	assert_string_equal(line(23), "Up, Down: scroll; any other key: back");
	top_view_key(&view, TOP_KEY_END);
	paint(80, 24);
	assert_string_equal(line(22), "  others            as in memcoord(1)");
}

static const struct {
	int64_t ms;
	const char *age;
} ages[] = {
	{ 0, "0s" },	      { 999, "0s" },	  { 59999, "59s" },
	{ 60000, "1m" },      { 3599999, "59m" }, { 3600000, "1h" },
	{ 86399999, "23h" },  { 86400000, "1d" }, { 99 * 86400000LL, "99d" },
	{ INT64_MAX, "99d" },
};

static void ages_are_short(void **state)
{
	char age[TOP_AGE_LENGTH];

	(void)state;
	for (size_t i = 0; i < sizeof(ages) / sizeof(*ages); i++)
		assert_string_equal(top_format_age(ages[i].ms, age), ages[i].age);
}

/* Large figures give up their decimal; absurd ones are cut and say so. */
static void figures_keep_to_their_columns(void **state)
{
	struct world *world = &top.world;

	(void)state;
	world_add(world, 1023 * MIB + 900, UINT64_MAX, 0);
	top_world_look(&top, 2);
	paint(80, 24);
	assert_non_null(strstr(line(line_of("vm0")), " 1023.9M 171798\xe2\x80\xa6 "));
	world->domains[0].current_kib = 10;
	top_world_look(&top, 2);
	paint(80, 24);
	assert_non_null(strstr(line(line_of("vm0")), "\xe2\x86\x93"
						     "1023M  0s ["));
}

static const char *const hostile_names[] = {
	"",
	"\033[2J\033[H\a\b\x9b\x7f",
	"\xff\xfe\xc0\xaf broken \xe2\x82",
	"\xe2\x80\xae"
	"backwards",
	"\xcc\x81"
	"combining"
	"\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85\xcc\x86",
	"\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad\xe6\x96\x87",
	"a\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad\xe6\x96\x87",
	"\xf0\x9f\x90\xa7\xe2\x80\x8d\xf0\x9f\x90\xa7\xef\xb8\x8f",
	"\t\n\r\v\f",
	"%s%n%s%n [ ] = ~ /",
	"a-name-that-is-a-good-deal-longer-than-any-column-of-a-table-would-like-it-to-"
	"be",
	"\xcd\xb8\xf4\x8f\xbf\xbf\xee\x80\x80",
};

enum { N_HOSTILE = sizeof(hostile_names) / sizeof(*hostile_names) };

static void make_hostile_domains(void)
{
	for (size_t i = 0; i < N_HOSTILE; i++)
		world_add(&top.world, (i + 1) * 100 * MIB, 4 * GIB, 50 * MIB)->name =
			(char *)(uintptr_t)hostile_names[i];
	top_world_look(&top, 2);
	for (size_t i = 0; i < N_HOSTILE; i++)
		top.world.domains[i].current_kib += (i % 3) * 100 * MIB;
	top_world_look(&top, 2);
}

/* Each cell can be shown, and takes the columns that it is thought to take. */
static void assert_sound(void)
{
	for (unsigned y = 0; y < frame.height; y++)
		for (unsigned x = 0; x < frame.width; x++) {
			wchar_t c = top_frame_at(&frame, x, y)->c;

			if (c == 0) {
				assert_true(x > 0);
				c = top_frame_at(&frame, x - 1, y)->c;
				assert_int_equal(wcwidth(c), 2);
				continue;
			}
			assert_true(iswprint((wint_t)c));
			assert_true(frame.is_unicode || (c >= ' ' && c <= '~'));
			if (wcwidth(c) == 2) {
				assert_true(x + 1 < frame.width);
				assert_int_equal(top_frame_at(&frame, x + 1, y)->c, 0);
			} else {
				assert_int_equal(wcwidth(c), 1);
			}
		}
}

/* Names may be anything: the bars stand one below the other. */
static void assert_bars_in_a_row(void)
{
	unsigned heading_y = 0, x = 0;

	while (!begins_with(line(heading_y), "NAME"))
		heading_y++;
	while (x < frame.width && !begins_with(text_at(x, heading_y), "MEMORY"))
		x++;
	for (size_t i = 0; x < frame.width && i < view.list.n_lines &&
			   view.list.first + i < view.list.n_all;
	     i++)
		assert_int_equal(top_frame_at(&frame, x, heading_y + 1 + (unsigned)i)->c,
				 '[');
}

static void names_cannot_break_the_screen(void **state)
{
	(void)state;
	make_hostile_domains();
	for (int is_unicode = 0; is_unicode < 2; is_unicode++)
		for (unsigned width = 30; width < 200; width++) {
			frame.is_unicode = is_unicode;
			paint(width, 30);
			assert_sound();
			assert_bars_in_a_row();
		}
}

static void names_that_are_cut_say_so(void **state)
{
	(void)state;
	make_hostile_domains();
	paint(80, 30);
	assert_non_null(strstr(line(line_of("a-name-that-")), "\xe2\x80\xa6 "));
	frame.is_unicode = false;
	paint(80, 30);
	assert_non_null(strstr(line(line_of("a-name-that-")), "~ "));
}

/* Any size, any keys. */
static void nothing_breaks_the_screen(void **state)
{
	static const char keys[] = "sSr123456789hp /x";

	(void)state;
	make_hostile_domains();
	srand(1);
	for (int round = 0; round < 5000; round++) {
		unsigned large = rand() % 4 ? 100 : 12;

		top_view_key(&view,
			     rand() % 3
				     ? (uint32_t)keys[(size_t)rand() % (sizeof(keys) - 1)]
				     : TOP_KEY_NONE + (uint32_t)(rand() % 10));
		frame.is_unicode = rand() % 2;
		words.notice = rand() % 2 ? "\xe4\xb8\xad wrong" : NULL;
		paint((unsigned)rand() % large, (unsigned)rand() % large);
		assert_sound();
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(everything_is_told_on_a_large_screen),
		TEST(a_usual_screen),
		TEST(a_small_screen),
		TEST(a_tiny_screen),
		TEST(a_screen_of_ascii),
		TEST(a_host_that_is_short_says_so),
		TEST(who_has_just_moved_catches_the_eye),
		TEST(classes_have_colours),
		TEST(it_says_when_it_is_paused),
		TEST(it_says_when_the_domains_need_more_than_there_is),
		TEST(a_long_uri_gives_way),
		TEST(what_is_wrong_takes_the_last_line),
		TEST(what_is_typed_takes_the_last_line),
		TEST(nothing_to_show_is_said),
		TEST(a_part_of_the_rows_says_which),
		TEST(help_is_scrolled),
		TEST(ages_are_short),
		TEST(figures_keep_to_their_columns),
		TEST(names_cannot_break_the_screen),
		TEST(names_that_are_cut_say_so),
		TEST(nothing_breaks_the_screen),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("top-paint", tests, NULL, NULL);
}
