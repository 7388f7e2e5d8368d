/* SPDX-License-Identifier: MIT */
/*
 * Who refreshes an answer of the simple calls: lib/fast.c, with lib/base/fork.c.
 *
 * Threads of a process ask; another sets the age to 0, or has seen an event; the
 * process forks at any moment, and its child asks.  Time goes on at any moment.  A
 * latch is read and written in one step: latch.pml is about that.  There is one kind
 * of answer, and what it says is when it was found.
 *
 * Left out: answer_of(), cpu_time(), which are about the numbers;
 * limit_unwritten(), publish_unwritten(), which ask inotify; mym__fast_seal(),
 * is_sealed(), which go before a sandbox that is entered once; forget(), which ends
 * it all.
 *
 * The comment before each piece names what it is in C.
 */
/* All at once would be too much.  One is looked at at a time: */
#if defined CLOCK /* one thread, and what the clocks say */
#define COST
#define TIMES 4
#define ASKS run asker(0, PARENT, 3)
#elif defined FRESH /* an age of 0 */
#define FIRST_AGE 0
#define ASKS run asker(0, PARENT, 2); run asker(1, PARENT, 1)
#elif defined AGES /* an age of 0 that is set meanwhile */
#define TIMES 1
#define ASKS run asker(0, PARENT, 1); run asker(1, PARENT, 1); run set(PARENT)
#elif defined EVENTS /* an event meanwhile */
#define TIMES 1
#define COST
#define ASKS run asker(0, PARENT, 1); run asker(1, PARENT, 1); run see(PARENT)
#elif defined FORKS /* a fork meanwhile */
#define ASKS run asker(0, PARENT, 1); run fork()
#elif defined STOPS /* a thread that stops in a refresh, for ever */
#define ASKS run asker(0, PARENT, 2); run asker(1, PARENT, 1)
#endif
#ifndef TIMES
#define TIMES 2
#endif
#ifndef FIRST_AGE
#define FIRST_AGE AGE
#endif

#define EVER 2 /* when it begins, so that an answer that expired at 1 exists */
#define END (EVER + TIMES)
#define AGE 2
#define TICK 1 /* how far the coarse clock may be behind; behind() */
#define PART 2 /* a refresh of 1 is paid for after this */
#define YIELDS 1

#define PARENT 0
#define CHILD 1
#define NEVER 255

typedef answer {
	byte expires, coarse;
	/* When the pass that found it began, and until when that is paid for. */
	byte begun, paid;
	/* What the pass began after: the calls of which threads, which event.  Which
	 * process made it. */
	byte after, generation, maker;
};

/* What a fork wipes (mym__fast_state()), and what it does not. */
typedef space {
	answer now;
	bool locked;
	byte seen, by_age, owner, not_before, begun;
	/* Inherited. */
	byte age, generation;
	bool in_use;
	/* What was promised to those who ask: no older than this, unless a refresh
	 * was going on; nothing from before this event. */
	byte promised, event;
	byte busy; /* how many threads have or want to give back the lock */
	byte asking; /* which threads do, now and since the pass began */
	byte began_before;
};
space at[2];
byte time = EVER;
bool halted; /* one thread, in a refresh, for ever */
byte ended;

#define S at[p]
#define BIT(thread) (1 << (thread))

/* mym__fast_now(), now() */
active proctype clock()
{
	do
	:: time < END -> time++
	:: break
	od
}

/* publish(); values stay */
inline publish(from, until)
{
	d_step {
		S.now.expires = until;
		S.now.coarse = 0;
		if
		:: until > from ->
#ifdef COARSE_IS_EXACT
			S.now.coarse = until;
#else
			S.now.coarse = until - TICK;
#endif
			if
			:: (until - from) / 2 >= TICK ->
				S.now.expires = S.now.coarse
			:: else
			fi
		:: else
		fi
	}
}

/* try_lock() */
inline try_lock()
{
	atomic {
		got = !S.locked;
		if
		:: got -> S.locked = true; S.busy++
		:: else
		fi
	}
}

/* expire() with seen_generation() */
inline expire()
{
	if
	:: S.seen != S.generation ->
#ifndef PAID_BEFORE_EVENTS
		S.not_before = 0
#endif
	:: else
	fi;
	S.seen = S.generation;
	S.by_age = S.age;
	if
	:: S.now.expires > 0 -> publish(1, 1)
	:: else
	fi
}

/* unlock() with max_age() */
inline unlock()
{
	do
	:: atomic { age = S.by_age; S.locked = false };
#ifdef NEVER_LOOKS_AGAIN
		S.busy--;
		break
#endif
		if
		:: S.age != age || S.seen != S.generation
		:: else -> S.busy--; break
		fi;
		atomic {
			if
			:: S.locked -> S.busy--; break
			:: else -> S.locked = true
			fi;
			expire()
		}
	od
}

/* own() with mym__fork_number() */
inline own()
{
	if
	:: S.owner == 0 ->
#ifndef KEEPS_WHAT_WAS_IN_USE
		S.in_use = false;
#endif
		S.owner = p + 1
	:: else -> assert(S.owner == p + 1)
	fi
}

/* refresh(), as long as it takes: nobody else does */
inline refresh()
{
	assert(!S.in_use);
	S.in_use = true;
	S.by_age = age;
	S.began_before = 0;
	generation = S.generation;
#ifdef STOPS
	if
	:: true
	:: !halted && age > 0 -> halted = true; goto end_stop
	fi
#endif
}

/* What it found is no older than its beginning. */
inline refreshed()
{
	S.in_use = false;
#ifdef COST
	if
	:: true
	:: age > 0 -> cost = 1
	fi;
#endif
	S.not_before = now + cost * PART;
	expires = now + age;
	if
	:: expires < S.not_before -> expires = S.not_before
	:: else
	fi;
	if
	:: age == 0 -> expires = 1
	:: else
	fi;
	S.begun = now;
	S.now.begun = now;
	S.now.paid = now + cost * PART;
	S.now.after = S.asking & ~S.began_before;
	S.now.generation = generation;
	S.now.maker = p;
	publish(now, expires);
	cost = 0;
	expires = 0;
	generation = 0
}

/* mym__latch_take(), also by take() */
inline take(numbers)
{
	d_step {
		numbers.expires = S.now.expires;
		numbers.coarse = S.now.coarse;
		numbers.begun = S.now.begun;
		numbers.paid = S.now.paid;
		numbers.after = S.now.after;
		numbers.generation = S.now.generation;
		numbers.maker = S.now.maker
	}
}

/* renew(): of what this thread waited for, only a pass that began after the call
 * is as good as one of its own */
inline renew()
{
#ifndef KEEPS_ANOTHER_AGE
	if
	:: S.by_age != age -> expire()
	:: else
	fi;
#endif
	take(numbers);
	if
	:: now < numbers.expires
#ifdef TAKES_ANY_PASS
	:: asked != NEVER
#else
	:: asked < S.begun
#endif
	:: else ->
		if
		:: age == 0 || numbers.expires == 0 || now >= S.not_before ->
			refresh();
			goto refreshing
		:: else -> publish(now, S.not_before)
		fi
	fi
}

/* What was promised about an answer that this thread is given. */
inline check()
{
	d_step {
		assert(numbers.maker == p);
		if
		:: numbers.after & BIT(me)
		:: else ->
			assert(excused || numbers.generation >= event);
			assert(excused || now < numbers.begun + age_promised ||
			       now < numbers.begun + S.promised ||
			       now < numbers.paid)
		fi
	}
}

proctype asker(byte me; bool p; byte calls)
{
	byte now, coarse, age, asked, tries, cost, expires, generation;
	byte age_promised, event;
	bool got, excused;
	answer numbers;

	do
	:: calls > 0 ->
		atomic {
			calls--;
			S.asking = S.asking | BIT(me);
			S.began_before = S.began_before | BIT(me);
			S.now.after = S.now.after & ~BIT(me);
			age_promised = S.promised;
			event = S.event;
			excused = S.busy > 0;
			/* mym__fast_ask() */
			now = time;
			coarse = now;
#ifdef CLOCK
			if
			:: coarse = now - TICK
			:: true
			fi
#endif
		};
		atomic {
			take(numbers);
			if
			:: coarse < numbers.coarse -> goto answered
			:: else
			fi
		};
		/* mym__fast_ask_anew() and ask() */
		atomic {
			age = S.age;
			now = time;
			asked = NEVER;
			take(numbers);
			if
			:: now < numbers.expires -> goto answered
			:: else
			fi
		};
		atomic {
			try_lock();
			if
			:: got -> goto locked
			:: else ->
				/* A child has one thread, and nobody else's lock. */
				assert(p == PARENT);
				excused = true
			fi
		};
		if
		:: age > 0 && numbers.expires > 0 ->
#ifdef WAITS_FOR_THE_REFRESH
			!S.locked;
#endif
			goto answered
		:: else
		fi;
		/* await_lock(); with an age of 0 the last answer is not good enough */
		do
		:: tries < YIELDS ->
			atomic {
				tries++;
				try_lock();
				if
				:: got ->
					asked = now;
					now = time;
					excused = age > 0;
					goto locked
				:: else
				fi
			}
		:: else -> goto alone
		od;
locked:		atomic { own(); renew(); goto renewed };
refreshing:	atomic { refreshed(); goto renewed };
renewed:	take(numbers);
		unlock();
		assert(numbers.expires > 0);
answered:	skip;
		check();
alone:		skip; /* ask_alone() */
		d_step {
			S.asking = S.asking & ~BIT(me);
			numbers.expires = 0; numbers.coarse = 0;
			numbers.begun = 0; numbers.paid = 0;
			numbers.after = 0; numbers.generation = 0;
			numbers.maker = 0;
			now = 0; coarse = 0; age = 0; asked = 0; tries = 0;
			age_promised = 0; event = 0;
			got = false; excused = false
		}
	:: else -> break
	od;
	ended++;
	goto end;
end_stop: false;
end:	skip
}

/* expire_now(), which mym__fast_set_max_age() and mym__fast_expire() share. */
inline expire_if_free()
{
	atomic {
		try_lock();
		if
		:: got -> expire()
		:: else
		fi
	};
	if
	:: got -> unlock()
	:: else
	fi
}

/* mym__fast_set_max_age(): it holds for whoever asks afterwards */
proctype set(bool p)
{
	byte age;
	bool got;

	S.age = 0;
	expire_if_free();
	S.promised = 0
}

/* mym__fast_expire() */
proctype see(bool p)
{
	byte age;
	bool got;

	S.generation++;
	expire_if_free();
	S.event = 1
}

/* MADV_WIPEONFORK */
proctype fork()
{
	atomic {
		at[CHILD].age = at[PARENT].age;
		at[CHILD].generation = at[PARENT].generation;
		at[CHILD].in_use = at[PARENT].in_use;
		at[CHILD].promised = at[PARENT].promised;
		at[CHILD].event = at[PARENT].event;
#ifdef INHERITS_THE_STATE
		at[CHILD].locked = at[PARENT].locked;
		at[CHILD].owner = at[PARENT].owner;
		at[CHILD].now.expires = at[PARENT].now.expires;
		at[CHILD].now.coarse = at[PARENT].now.coarse;
		at[CHILD].now.begun = at[PARENT].now.begun;
		at[CHILD].now.maker = at[PARENT].now.maker;
#endif
		run asker(2, CHILD, 1)
	}
}

init
{
	atomic {
		at[PARENT].age = FIRST_AGE;
		at[PARENT].promised = FIRST_AGE;
		ASKS
	}
}

#ifdef STOPS
/* Nobody waits for it. */
ltl returns { <> (ended == 2 || (halted && ended == 1)) }
#endif
