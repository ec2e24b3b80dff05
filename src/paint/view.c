/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "paint/filter.h"
#include "paint/view.h"

/* Who needs help comes first. */
static int urgency(enum domain_class class)
{
	static const int ranks[] = {
		[CLASS_STARVING] = 0, [CLASS_WASTING] = 1, [CLASS_BALANCED] = 2,
		[CLASS_UNKNOWN] = 3,  [CLASS_FROZEN] = 4,  [CLASS_UNMANAGED] = 5,
	};

	return ranks[class];
}

static int compare_numbers(const struct value *a, const struct value *b)
{
	if (a->type == VALUE_RATE || a->type == VALUE_CHANGE)
		return (a->difference > b->difference) - (a->difference < b->difference);
	return (a->number > b->number) - (a->number < b->number);
}

static bool is_known(const struct top_row *row, enum top_column column)
{
	return column == TOP_NAME || column == TOP_CLASS ||
	       row->values[column].type != VALUE_ABSENT;
}

/* Both are known. */
static int compare_by(const struct top_row *a, const struct top_row *b,
		      enum top_column column)
{
	switch (column) {
	case TOP_NAME:
		return strverscmp(a->name, b->name); /* vm9 before vm10 */
	case TOP_CLASS:
		return urgency(a->verdict.class) - urgency(b->verdict.class);
	case TOP_CHANGE: /* how long ago */
		return (a->change.changed_ms < b->change.changed_ms) -
		       (a->change.changed_ms > b->change.changed_ms);
	default:
		return compare_numbers(&a->values[column], &b->values[column]);
	}
}

/* Names, urgency, little free memory and what is recent: the least first. */
static bool has_most_first(enum top_column column)
{
	return column != TOP_NAME && column != TOP_CLASS && column != TOP_FREE_PERCENT &&
	       column != TOP_CHANGE;
}

bool top_view_is_descending(const struct top_view *view)
{
	return has_most_first(view->sort) != view->is_reversed;
}

struct sorting {
	const struct top_view *view;
	const struct top_row *rows;
};

static int compare(const void *left, const void *right, void *data)
{
	const struct sorting *sorting = data;
	const struct top_row *a = &sorting->rows[*(const size_t *)left];
	const struct top_row *b = &sorting->rows[*(const size_t *)right];
	enum top_column column = sorting->view->sort;
	bool knows_a = is_known(a, column), knows_b = is_known(b, column);
	int order = 0;

	if (knows_a != knows_b)
		return knows_a ? -1 : 1;
	if (knows_a)
		order = compare_by(a, b, column);
	if (top_view_is_descending(sorting->view))
		order = -order;
	if (order == 0)
		order = compare_by(a, b, TOP_NAME);
	return order != 0 ? order : strcmp(a->uuid, b->uuid);
}

int top_view_arrange(struct top_view *view, const struct top_model *model)
{
	struct sorting sorting = { view, model->rows };
	size_t *order = reallocarray(view->order, model->n_rows + 1, sizeof(*order));
	size_t n = 0;

	if (!order)
		return -ENOMEM;
	for (size_t i = 0; i < model->n_rows; i++)
		if (top_filter_matches(view->filter, model->rows[i].name))
			order[n++] = i;
	qsort_r(order, n, sizeof(*order), compare, &sorting);
	view->order = order;
	top_scroll_fit(&view->list, view->list.n_lines, n);
	return 0;
}

void top_scroll_fit(struct top_scroll *scroll, size_t n_lines, size_t n_all)
{
	size_t last = n_all > n_lines ? n_all - n_lines : 0;

	scroll->n_lines = n_lines;
	scroll->n_all = n_all;
	if (scroll->first > last)
		scroll->first = last;
}

static void scroll_up(struct top_scroll *scroll, size_t n)
{
	scroll->first = scroll->first > n ? scroll->first - n : 0;
}

static void scroll_down(struct top_scroll *scroll, size_t n)
{
	scroll->first += n;
	top_scroll_fit(scroll, scroll->n_lines, scroll->n_all);
}

/* Returns whether @key was one of those. */
static bool scroll_by_key(struct top_scroll *scroll, uint32_t key)
{
	/* A page leaves one line to go on from. */
	size_t page = scroll->n_lines > 1 ? scroll->n_lines - 1 : 1;

	switch (key) {
	case TOP_KEY_UP:
	case 'k':
		scroll_up(scroll, 1);
		return true;
	case TOP_KEY_DOWN:
	case 'j':
		scroll_down(scroll, 1);
		return true;
	case TOP_KEY_PAGE_UP:
		scroll_up(scroll, page);
		return true;
	case TOP_KEY_PAGE_DOWN:
		scroll_down(scroll, page);
		return true;
	case TOP_KEY_HOME:
		scroll->first = 0;
		return true;
	case TOP_KEY_END:
		scroll_down(scroll, scroll->n_all);
		return true;
	default:
		return false;
	}
}

static void sort_by(struct top_view *view, enum top_column column)
{
	/* Asked for again it turns round, as a click on a heading does elsewhere. */
	view->is_reversed = view->sort == column && !view->is_reversed;
	view->sort = column;
	view->list.first = 0;
}

static void sort_by_neighbour(struct top_view *view, unsigned distance)
{
	view->sort = (enum top_column)((view->sort + distance) % TOP_N_SORTS);
	view->is_reversed = false;
	view->list.first = 0;
}

static void set_filter(struct top_view *view, const char *filter)
{
	memmove(view->filter, filter, strlen(filter) + 1);
	view->list.first = 0;
}

/* Returns whether @key was one that changes the order. */
static bool sort_by_key(struct top_view *view, uint32_t key)
{
	switch (key) {
	case 's':
	case '>':
		sort_by_neighbour(view, 1);
		return true;
	case 'S':
	case '<':
		sort_by_neighbour(view, TOP_N_SORTS - 1);
		return true;
	case 'r':
		view->is_reversed = !view->is_reversed;
		return true;
	default:
		if (key < '1' || key >= '1' + TOP_N_SORTS)
			return false;
		sort_by(view, (enum top_column)(key - '1'));
		return true;
	}
}

static enum top_request press_in_list(struct top_view *view, uint32_t key)
{
	if (scroll_by_key(&view->list, key) || sort_by_key(view, key))
		return TOP_NOTHING;
	switch (key) {
	case 'q':
		return TOP_QUIT;
	case 'h':
	case '?':
		view->mode = TOP_HELP;
		view->help.first = 0;
		return TOP_NOTHING;
	case '/':
		view->mode = TOP_PROMPT;
		memcpy(view->old_filter, view->filter, sizeof(view->old_filter));
		return TOP_NOTHING;
	case TOP_KEY_ESCAPE:
		set_filter(view, "");
		return TOP_NOTHING;
	case 'p':
	case ' ':
		view->is_paused = !view->is_paused;
		return view->is_paused ? TOP_NOTHING : TOP_LOOK;
	case '+':
		return TOP_LONGER_PERIOD;
	case '-':
		return TOP_SHORTER_PERIOD;
	case 'L' & 0x1f:
		return TOP_REDRAW;
	default:
		return TOP_NOTHING;
	}
}

static enum top_request press_in_prompt(struct top_view *view, uint32_t key)
{
	switch (key) {
	case TOP_KEY_ENTER:
		view->mode = TOP_LIST;
		break;
	case TOP_KEY_ESCAPE:
		view->mode = TOP_LIST;
		set_filter(view, view->old_filter);
		break;
	case TOP_KEY_BACKSPACE:
		top_filter_cut(view->filter);
		view->list.first = 0;
		break;
	case 'U' & 0x1f:
		set_filter(view, "");
		break;
	default:
		if (!scroll_by_key(&view->list, key >= TOP_KEY_NONE ? key : 0) &&
		    top_filter_append(view->filter, key))
			view->list.first = 0;
	}
	return TOP_NOTHING;
}

static enum top_request press_in_help(struct top_view *view, uint32_t key)
{
	if (scroll_by_key(&view->help, key) || key == TOP_KEY_NONE)
		return TOP_NOTHING;
	view->mode = TOP_LIST;
	return TOP_NOTHING;
}

enum top_request top_view_key(struct top_view *view, uint32_t key)
{
	switch (view->mode) {
	case TOP_PROMPT:
		return press_in_prompt(view, key);
	case TOP_HELP:
		return press_in_help(view, key);
	default:
		return press_in_list(view, key);
	}
}

void top_view_clear(struct top_view *view)
{
	free(view->order);
	*view = (struct top_view){ 0 };
}
