/* SPDX-License-Identifier: MIT */
/*
 * Numbers that are read together, while one thread writes them: lib/latch.c.
 *
 * Each load and each store is a step of its own, in the order of the program.
 */
#define NUMBERS 2 /* two show as much as three */
#define PUTS 3
#define TAKES 2

typedef copy { byte number[NUMBERS] };
copy copies[2];
byte sequence;

byte complete; /* how many puts have returned */
bool taking;

/* The writer stops for ever, wherever it is. */
bool halted;
active proctype stop()
{
	halted = true
}

/* mym__latch_put() */
active proctype writer() provided (!halted)
{
	byte put, half, i;

	do
	:: put < PUTS ->
		put++;
		half = 0;
		do
		:: half < 2 ->
#ifndef RAISED_AFTERWARDS
			sequence++;
#endif
			i = 0;
			do
			:: i < NUMBERS ->
				copies[half].number[i] = put;
				i++
			:: else -> break
			od;
#ifdef RAISED_AFTERWARDS
			sequence++;
#endif
			half++
		:: else -> break
		od;
		complete = put
	:: else -> break
	od
}

/* mym__latch_take() with mym__latch_load() */
active proctype reader()
{
	byte takes, before, again, seen, i;
	byte numbers[NUMBERS];

	do
	:: takes < TAKES ->
		takes++;
		atomic { before = complete; taking = true };
		again = sequence;
		do
		:: seen = again;
#ifdef WAITS_FOR_THE_WRITER
			do
			:: seen % 2 == 1 -> seen = sequence
			:: else -> break
			od;
#endif
			i = 0;
			do
			:: i < NUMBERS ->
#ifdef ONE_COPY
				numbers[i] = copies[0].number[i];
#else
				numbers[i] = copies[seen & 1].number[i];
#endif
				i++
			:: else -> break
			od;
			again = sequence;
#ifdef NEVER_LOOKS_AGAIN
			again = seen;
#endif
			if
			:: again == seen -> break
			:: else
			fi
		od;
		/* Of one put, and of none before the last that was complete. */
		assert(numbers[0] == numbers[1]);
		assert(numbers[0] >= before);
		taking = false
	:: else -> break
	od
}

/* Nobody waits for the writer. */
ltl returns { [] (taking -> <> !taking) }
