/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include <curses.h>

#include "paint/view.h"
#include "system/output.h"
#include "top/screen.h"

/* A lone Esc must not seem to do nothing; terminals send their sequences at once. */
#define ESCAPE_DELAY_MS 25

struct top_screen {
	SCREEN *curses;
	mbstate_t part; /* of a character whose other bytes are still to come */
	attr_t attributes[TOP_N_STYLES];
};

/* Without colours as well, no two classes look the same: there are letters, too. */
static const struct {
	short color; /* -1: the terminal's own */
	attr_t colored, plain;
} looks[TOP_N_STYLES] = {
	[TOP_PLAIN] = { -1, A_NORMAL, A_NORMAL },
	[TOP_DIM] = { -1, A_DIM, A_DIM },
	[TOP_BOLD] = { -1, A_BOLD, A_BOLD },
	[TOP_HEADING] = { -1, A_REVERSE, A_REVERSE },
	[TOP_SORTED] = { -1, A_BOLD, A_BOLD },
	[TOP_NOTICE] = { COLOR_RED, A_REVERSE | A_BOLD, A_REVERSE | A_BOLD },
	[TOP_STARVING] = { COLOR_RED, A_BOLD, A_BOLD },
	[TOP_WASTING] = { COLOR_YELLOW, A_NORMAL, A_NORMAL },
	[TOP_BALANCED] = { COLOR_GREEN, A_NORMAL, A_NORMAL },
	[TOP_OTHER_CLASS] = { -1, A_DIM, A_DIM },
	[TOP_USED_BAR] = { COLOR_GREEN, A_NORMAL, A_NORMAL },
	[TOP_IDLE_BAR] = { COLOR_YELLOW, A_NORMAL, A_NORMAL },
	[TOP_PROMISED_BAR] = { COLOR_MAGENTA, A_NORMAL, A_NORMAL },
	[TOP_RESERVE_BAR] = { COLOR_BLUE, A_NORMAL, A_NORMAL },
	[TOP_OTHER_BAR] = { COLOR_CYAN, A_NORMAL, A_NORMAL },
};

static void choose_attributes(struct top_screen *screen)
{
	bool is_colored = output_has_colors() && has_colors() && start_color() == OK &&
			  use_default_colors() == OK;

	for (int style = 0; style < TOP_N_STYLES; style++) {
		short pair = (short)(style + 1);
		bool has_pair = is_colored && looks[style].color >= 0 &&
				init_pair(pair, looks[style].color, -1) == OK;

		screen->attributes[style] =
			has_pair ? looks[style].colored | COLOR_PAIR(pair)
				 : looks[style].plain;
	}
}

/* Ctrl-S would block the next frame, and with it the answer to signals. */
static void switch_flow_control_off(void)
{
	struct termios termios;

	if (tcgetattr(STDIN_FILENO, &termios) < 0)
		return;
	termios.c_iflag &= ~(tcflag_t)IXON;
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &termios) == 0)
		def_prog_mode();
}

/* Keys come as they are pressed, nothing waits for them, and none is echoed. */
static void prepare(struct top_screen *screen)
{
	cbreak();
	noecho();
	nonl();
	set_escdelay(ESCAPE_DELAY_MS);
	nodelay(stdscr, TRUE);
	keypad(stdscr, TRUE);
	curs_set(0);
	switch_flow_control_off();
	choose_attributes(screen);
}

void top_screen_close(struct top_screen *screen)
{
	if (!screen)
		return;
	if (screen->curses) {
		/* Not all terminals have a second screen: the prompt comes here. */
		move(LINES - 1, 0);
		clrtoeol();
		refresh();
		endwin();
		delscreen(screen->curses);
	}
	free(screen);
}

int top_screen_open(struct top_screen **ret_screen)
{
	struct top_screen *screen;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return -ENOTTY;
	screen = calloc(1, sizeof(*screen));
	if (!screen)
		return -ENOMEM;
	screen->curses = newterm(NULL, stdout, stdin);
	/* A teletype is a terminal, too, but cannot move its cursor. */
	if (!screen->curses || !tigetstr("cup")) {
		top_screen_close(screen);
		return -ENODEV;
	}
	prepare(screen);
	*ret_screen = screen;
	return 0;
}

void top_screen_measure(struct top_screen *screen, unsigned *ret_width,
			unsigned *ret_height)
{
	struct winsize size;

	(void)screen;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 &&
	    size.ws_col > 0 && (size.ws_row != LINES || size.ws_col != COLS))
		resize_term(size.ws_row, size.ws_col);
	*ret_width = (unsigned)COLS;
	*ret_height = (unsigned)LINES;
}

/* Cells of one style in a row, from @x on. Returns how many columns. */
static unsigned show_run(const struct top_screen *screen, const struct top_frame *frame,
			 unsigned x, unsigned y)
{
	enum top_style style = top_frame_at(frame, x, y)->style;
	wchar_t text[128];
	int n = 0;
	unsigned i = x;

	for (; i < frame->width && n < (int)(sizeof(text) / sizeof(*text)); i++) {
		const struct top_cell *cell = top_frame_at(frame, i, y);

		if (cell->style != style)
			break;
		if (cell->c != 0)
			text[n++] = cell->c;
	}
	attrset((int)screen->attributes[style]);
	mvaddnwstr((int)y, (int)x, text, n);
	return i - x;
}

void top_screen_show(struct top_screen *screen, const struct top_frame *frame)
{
	erase();
	for (unsigned y = 0; y < frame->height; y++)
		for (unsigned x = 0; x < frame->width;)
			x += show_run(screen, frame, x, y);
	refresh();
}

void top_screen_forget(struct top_screen *screen)
{
	(void)screen;
	clearok(curscr, TRUE);
}

void top_screen_leave(struct top_screen *screen)
{
	(void)screen;
	endwin();
}

static uint32_t translate_special(wint_t code)
{
	switch (code) {
	case KEY_UP:
		return TOP_KEY_UP;
	case KEY_DOWN:
		return TOP_KEY_DOWN;
	case KEY_PPAGE:
		return TOP_KEY_PAGE_UP;
	case KEY_NPAGE:
		return TOP_KEY_PAGE_DOWN;
	case KEY_HOME:
		return TOP_KEY_HOME;
	case KEY_END:
		return TOP_KEY_END;
	case KEY_BACKSPACE:
		return TOP_KEY_BACKSPACE;
	case KEY_ENTER:
		return TOP_KEY_ENTER;
	default:
		return TOP_KEY_NONE;
	}
}

static uint32_t translate_character(wchar_t code)
{
	switch (code) {
	case '\r':
	case '\n':
		return TOP_KEY_ENTER;
	case '\b':
	case 0x7f:
		return TOP_KEY_BACKSPACE;
	case 0x1b:
		return TOP_KEY_ESCAPE;
	default:
		return (uint32_t)code;
	}
}

/*
 * Take in a byte. Returns whether @ret_character is complete. get_wch() would lose what
 * comes along with bytes that are no character, and a part of one whose rest comes later.
 */
static bool decode(struct top_screen *screen, char byte, wchar_t *ret_character)
{
	bool is_first = mbsinit(&screen->part);
	size_t n = mbrtowc(ret_character, &byte, 1, &screen->part);

	if (n != (size_t)-1)
		return n != (size_t)-2;
	screen->part = (mbstate_t){ 0 };
	/* No part of what was before: a character itself, perhaps. */
	return !is_first && decode(screen, byte, ret_character);
}

int top_screen_read(struct top_screen *screen, uint32_t *ret_key)
{
	wchar_t character = 0;
	int code;

	do {
		code = getch();
		/* None is there; or it is the end. */
		if (code == ERR)
			return poll(&(struct pollfd){ .fd = STDIN_FILENO,
						      .events = POLLIN },
				    1, 0) == 0
				       ? -EAGAIN
				       : -EIO;
	} while (code <= UCHAR_MAX && !decode(screen, (char)code, &character));
	*ret_key = code > UCHAR_MAX ? translate_special((wint_t)code)
				    : translate_character(character);
	return 0;
}
