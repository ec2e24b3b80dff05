/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sorting, filtering and scrolling, and the keys for that. */
#include <locale.h>

#include "paint/view.h"
#include "suite.h"
#include "testing.h"

enum { ROWS = 6, N_LINES = 3 };

static struct top_row rows[ROWS];
static struct top_model model;
static struct top_view view;

static void set_size(struct top_row *row, enum top_column column, uint64_t mib)
{
	row->values[column] = (struct value){ .type = VALUE_SIZE, .number = mib * MIB };
}

static void set_rate(struct top_row *row, enum top_column column, int64_t mib)
{
	row->values[column] =
		(struct value){ .type = VALUE_RATE, .difference = mib * 1024 * 1024 };
}

/* One row: what is 0 is not known. */
static void make_row(size_t i, const char *name, enum domain_class class,
		     unsigned free_percent, uint64_t current_mib, int64_t rate_mib,
		     int changed_s)
{
	struct top_row *row = &rows[i];

	*row = (struct top_row){ .name = (char *)(uintptr_t)name,
				 .verdict = { .class = class } };
	snprintf(row->uuid, sizeof(row->uuid), "%zu", i);
	set_size(row, TOP_MAXIMUM, 4096);
	if (free_percent)
		row->values[TOP_FREE_PERCENT] =
			(struct value){ .type = VALUE_PERCENT,
					.number = free_percent * 1000 };
	if (current_mib) {
		set_size(row, TOP_CURRENT, current_mib);
		set_size(row, TOP_USED, 5000 - current_mib);
	}
	if (rate_mib) {
		set_rate(row, TOP_RATE, rate_mib);
		set_rate(row, TOP_SWAP, -rate_mib);
	}
	if (changed_s) {
		row->values[TOP_CHANGE] = (struct value){ .type = VALUE_CHANGE };
		row->change.changed_ms = changed_s * 1000;
	}
}

static int set_up(void **state)
{
	(void)state;
	make_row(0, "web-10", CLASS_BALANCED, 30, 2048, -5, 50);
	make_row(1, "web-9", CLASS_STARVING, 5, 1024, 20, 90);
	make_row(2, "DB", CLASS_WASTING, 80, 4096, -1, 70);
	make_row(3, "gr\xc3\xbcn", CLASS_UNMANAGED, 0, 512, 0, 0);
	make_row(4, "db-2", CLASS_STARVING, 3, 3072, 2, 0);
	make_row(5, "a[1]", CLASS_FROZEN, 0, 0, 0, 0);
	model = (struct top_model){ .rows = rows, .n_rows = ROWS };
	view = (struct top_view){ 0 };
	assert_int_equal(top_view_arrange(&view, &model), 0);
	top_scroll_fit(&view.list, N_LINES, view.list.n_all);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	top_view_clear(&view);
	return 0;
}

/* The numbers of the rows in their order. */
static const char *order(void)
{
	static char text[ROWS + 1];

	assert_int_equal(top_view_arrange(&view, &model), 0);
	for (size_t i = 0; i < view.list.n_all; i++)
		text[i] = (char)('0' + view.order[i]);
	text[view.list.n_all] = '\0';
	return text;
}

static enum top_request press(uint32_t key)
{
	enum top_request request = top_view_key(&view, key);

	assert_int_equal(top_view_arrange(&view, &model), 0);
	return request;
}

static void type(const char *text)
{
	for (; *text; text++)
		press((unsigned char)*text);
}

/* By each column: its own direction, and reversed; unknown ones are last in both. */
static const struct sort_row {
	char key;
	const char *title, *order, *reversed;
	bool is_descending;
} sort_rows[] = {
	{ '2', "class, the urgent ones first", "412053", "350241", false },
	{ '3', "free percent", "410253", "201453", false },
	{ '4', "used", "310425", "240135", true },
	{ '5', "current", "240135", "310425", true },
	{ '6', "maximum, which is the same", "254310", "254310", true },
	{ '7', "rate", "142053", "024153", true },
	{ '8', "swap", "024153", "142053", true },
	{ '9', "change, the latest first", "120543", "021543", false },
};

static void sort_by(void **state)
{
	const struct sort_row *row = *state;

	press((uint32_t)row->key);
	assert_string_equal(order(), row->order);
	assert_int_equal(top_view_is_descending(&view), row->is_descending);
	press('r');
	assert_string_equal(order(), row->reversed);
	assert_int_equal(top_view_is_descending(&view), !row->is_descending);
}

static void at_first_they_are_sorted_by_name(void **state)
{
	(void)state;
	assert_string_equal(order(), "254310");
	press('r');
	assert_string_equal(order(), "013452");
	press('2');
	press('1');
	assert_string_equal(order(), "254310");
}

static void neighbours_are_sorted_by_in_a_circle(void **state)
{
	(void)state;
	for (unsigned i = 1; i <= TOP_N_SORTS; i++) {
		press(i % 2 ? 's' : '>');
		assert_int_equal(view.sort, i % TOP_N_SORTS);
	}
	for (unsigned i = 1; i <= TOP_N_SORTS; i++) {
		press(i % 2 ? 'S' : '<');
		assert_int_equal(view.sort, TOP_N_SORTS - i);
	}
}

static void the_same_column_again_turns_round(void **state)
{
	(void)state;
	press('5');
	assert_string_equal(order(), "240135");
	press('5');
	assert_string_equal(order(), "310425");
	press('5');
	assert_string_equal(order(), "240135");
	/* another one begins its own way */
	press('r');
	press('3');
	assert_false(view.is_reversed);
}

static const struct filter_row {
	const char *filter, *order;
} filter_rows[] = {
	{ "", "254310" },	{ "db", "24" },	   { "DB", "24" },
	{ "WEB-1", "0" },	{ "nothing", "" }, { "db*", "24" },
	{ "*b", "2" },		{ "web-?", "1" },  { "[dg]*", "243" },
	{ "*", "254310" },	{ "-", "410" },	   { "a[1]", "" },
	{ "1]", "5" },		{ "\\", "" },	   { "gr\xc3\xbcn", "3" },
	{ "GR\xc3\x9cN", "3" }, { "gr?n", "3" },   { ".", "" },
};

static void filter(void **state)
{
	const struct filter_row *row = *state;

	strcpy(view.filter, row->filter);
	assert_string_equal(order(), row->order);
}

static void a_filter_is_typed_and_shows_at_once(void **state)
{
	(void)state;
	press('/');
	assert_int_equal(view.mode, TOP_PROMPT);
	type("qD");
	assert_string_equal(order(), "");
	press(TOP_KEY_BACKSPACE);
	press(TOP_KEY_BACKSPACE);
	press(TOP_KEY_BACKSPACE);
	type("b-");
	assert_string_equal(order(), "410");
	assert_int_equal(press(TOP_KEY_ENTER), TOP_NOTHING);
	assert_int_equal(view.mode, TOP_LIST);
	assert_string_equal(order(), "410");
}

static void escape_takes_back_what_was_typed_and_then_the_filter(void **state)
{
	(void)state;
	press('/');
	type("web");
	press(TOP_KEY_ENTER);
	press('/');
	type("-9");
	assert_string_equal(order(), "1");
	press(TOP_KEY_ESCAPE);
	assert_string_equal(view.filter, "web");
	assert_string_equal(order(), "10");
	press(TOP_KEY_ESCAPE);
	assert_string_equal(order(), "254310");
}

static void a_filter_has_an_end(void **state)
{
	(void)state;
	press('/');
	for (int i = 0; i < 2 * TOP_FILTER_SIZE; i++)
		press(0x20ac); /* three bytes */
	assert_int_equal(strlen(view.filter), TOP_FILTER_SIZE - 1);
	press(TOP_KEY_BACKSPACE);
	assert_int_equal(strlen(view.filter), TOP_FILTER_SIZE - 4);
	press(0x1f427);
	assert_int_equal(strlen(view.filter), TOP_FILTER_SIZE - 4);
	press('x');
	press(0xfc);
	assert_int_equal(strlen(view.filter), TOP_FILTER_SIZE - 1);
	press('U' & 0x1f);
	assert_string_equal(view.filter, "");
	press(TOP_KEY_BACKSPACE);
	assert_string_equal(view.filter, "");
}

static void nothing_is_typed_that_cannot_be_shown(void **state)
{
	static const uint32_t keys[] = { 0,	    1,	  0x1f,		0x7f,
					 0x9b,	    '\t', TOP_KEY_NONE, TOP_KEY_UP,
					 UINT32_MAX };

	(void)state;
	press('/');
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		press(keys[i]);
	assert_string_equal(view.filter, "");
	assert_int_equal(view.mode, TOP_PROMPT);
}

static const struct request_row {
	uint32_t key;
	enum top_request request;
} request_rows[] = {
	{ 'q', TOP_QUIT },
	{ '+', TOP_LONGER_PERIOD },
	{ '-', TOP_SHORTER_PERIOD },
	{ 'L' & 0x1f, TOP_REDRAW },
	{ 'x', TOP_NOTHING },
	{ '0', TOP_NOTHING },
	{ TOP_KEY_NONE, TOP_NOTHING },
	{ 0x1f427, TOP_NOTHING },
};

static void request(void **state)
{
	const struct request_row *row = *state;

	assert_int_equal(press(row->key), row->request);
	assert_string_equal(order(), "254310");
	/* while a filter is typed they are just characters */
	press('/');
	assert_int_equal(press(row->key), TOP_NOTHING);
	assert_int_equal(view.mode, TOP_PROMPT);
}

static void after_a_pause_there_is_a_look_at_once(void **state)
{
	(void)state;
	assert_int_equal(press('p'), TOP_NOTHING);
	assert_true(view.is_paused);
	assert_int_equal(press(' '), TOP_LOOK);
	assert_false(view.is_paused);
}

static void help_is_left_by_any_key_but_those_that_scroll(void **state)
{
	(void)state;
	press('h');
	assert_int_equal(view.mode, TOP_HELP);
	top_scroll_fit(&view.help, 10, 40);
	press(TOP_KEY_PAGE_DOWN);
	press(TOP_KEY_NONE);
	assert_int_equal(view.mode, TOP_HELP);
	assert_int_equal(view.help.first, 9);
	assert_int_equal(view.list.first, 0);
	assert_int_equal(press('q'), TOP_NOTHING);
	assert_int_equal(view.mode, TOP_LIST);
	/* the next time it begins at its beginning */
	press('?');
	assert_int_equal(view.help.first, 0);
}

/* Keys, and the first of six lines that is then shown by three. */
static const struct scroll_row {
	const char *title;
	uint32_t keys[4];
	size_t first;
} scroll_rows[] = {
	{ "down", { TOP_KEY_DOWN, 'j' }, 2 },
	{ "not beyond the end", { TOP_KEY_DOWN, 'j', 'j', 'j' }, 3 },
	{ "up", { 'j', 'j', TOP_KEY_UP, 'k' }, 0 },
	{ "not beyond the beginning", { 'j', 'k', 'k', 'k' }, 0 },
	{ "a page leaves a line to go on from", { TOP_KEY_PAGE_DOWN }, 2 },
	{ "two pages", { TOP_KEY_PAGE_DOWN, TOP_KEY_PAGE_DOWN }, 3 },
	{ "a page back", { TOP_KEY_END, TOP_KEY_PAGE_UP }, 1 },
	{ "the end", { TOP_KEY_END }, 3 },
	{ "the beginning", { TOP_KEY_END, TOP_KEY_HOME }, 0 },
	{ "another order begins at its beginning", { TOP_KEY_END, 's' }, 0 },
};

static void scroll(void **state)
{
	const struct scroll_row *row = *state;

	for (size_t i = 0; i < 4 && row->keys[i]; i++)
		press(row->keys[i]);
	assert_int_equal(view.list.first, row->first);
}

static void fewer_rows_are_not_scrolled_out_of_sight(void **state)
{
	(void)state;
	press(TOP_KEY_END);
	model.n_rows = 4;
	order();
	assert_int_equal(view.list.first, 1);
	model.n_rows = 0;
	order();
	assert_int_equal(view.list.first, 0);
	assert_int_equal(view.list.n_all, 0);
}

static void a_screen_without_lines_scrolls_all_the_same(void **state)
{
	(void)state;
	top_scroll_fit(&view.list, 0, ROWS);
	press(TOP_KEY_PAGE_DOWN);
	assert_int_equal(view.list.first, 1);
	press(TOP_KEY_END);
	assert_int_equal(view.list.first, ROWS);
	top_scroll_fit(&view.list, 100, ROWS);
	assert_int_equal(view.list.first, 0);
}

static uint32_t random_key(void)
{
	static const char often[] = "/sS<>r123456789pkj h?\\*[]ab-";

	switch (rand() % 3) {
	case 0:
		return TOP_KEY_NONE + (uint32_t)(rand() % 12);
	case 1:
		return (uint32_t)(rand() % 0x300);
	default:
		return (uint32_t)often[(size_t)rand() % (sizeof(often) - 1)];
	}
}

/* Every row is there at most once, in order, and what is on the screen exists. */
static void assert_in_order(void)
{
	bool is_seen[ROWS] = { false };

	for (size_t i = 0; i < view.list.n_all; i++) {
		assert_true(view.order[i] < model.n_rows);
		assert_false(is_seen[view.order[i]]);
		is_seen[view.order[i]] = true;
	}
	assert_true(view.list.first + view.list.n_lines <= view.list.n_all ||
		    view.list.first == 0);
	assert_true(view.sort < TOP_N_SORTS);
	assert_true(strlen(view.filter) < TOP_FILTER_SIZE);
}

static void any_keys_in_any_order(void **state)
{
	(void)state;
	srand(1);
	for (int round = 0; round < 50000; round++) {
		press(random_key());
		if (rand() % 10 == 0)
			model.n_rows = (size_t)rand() % (ROWS + 1);
		if (rand() % 10 == 0)
			top_scroll_fit(&view.list, (size_t)rand() % 9, view.list.n_all);
		order();
		assert_in_order();
	}
}

static struct suite suite;

static void add_tables(void)
{
	for (size_t i = 0; i < sizeof(sort_rows) / sizeof(*sort_rows); i++)
		suite_add(&suite, sort_by, &sort_rows[i], "sort by %s",
			  sort_rows[i].title);
	for (size_t i = 0; i < sizeof(filter_rows) / sizeof(*filter_rows); i++)
		suite_add(&suite, filter, &filter_rows[i], "filter '%s'",
			  filter_rows[i].filter);
	for (size_t i = 0; i < sizeof(request_rows) / sizeof(*request_rows); i++)
		suite_add(&suite, request, &request_rows[i], "key %#x",
			  request_rows[i].key);
	for (size_t i = 0; i < sizeof(scroll_rows) / sizeof(*scroll_rows); i++)
		suite_add(&suite, scroll, &scroll_rows[i], "scroll: %s",
			  scroll_rows[i].title);
}

#define ADD(test) suite_add(&suite, test, NULL, #test)

int main(void)
{
	setlocale(LC_CTYPE, "C.UTF-8"); /* upper and lower case beyond ASCII */
	add_tables();
	ADD(at_first_they_are_sorted_by_name);
	ADD(neighbours_are_sorted_by_in_a_circle);
	ADD(the_same_column_again_turns_round);
	ADD(a_filter_is_typed_and_shows_at_once);
	ADD(escape_takes_back_what_was_typed_and_then_the_filter);
	ADD(a_filter_has_an_end);
	ADD(nothing_is_typed_that_cannot_be_shown);
	ADD(after_a_pause_there_is_a_look_at_once);
	ADD(help_is_left_by_any_key_but_those_that_scroll);
	ADD(fewer_rows_are_not_scrolled_out_of_sight);
	ADD(a_screen_without_lines_scrolls_all_the_same);
	ADD(any_keys_in_any_order);
	for (size_t i = 0; i < suite.n; i++) {
		suite.tests[i].setup_func = set_up;
		suite.tests[i].teardown_func = tear_down;
	}
	return suite_run("top-view", &suite, NULL, NULL);
}
