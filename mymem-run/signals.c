/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <strings.h>

#include "../mymem-free/size.h"
#include "signals.h"

static const struct {
	const char *name;
	int number;
} signals[] = {
#define SIGNAL(name) { #name, SIG##name }
	SIGNAL(HUP),  SIGNAL(INT),  SIGNAL(QUIT), SIGNAL(ILL),	 SIGNAL(TRAP),
	SIGNAL(ABRT), SIGNAL(BUS),  SIGNAL(FPE),  SIGNAL(KILL),	 SIGNAL(USR1),
	SIGNAL(SEGV), SIGNAL(USR2), SIGNAL(PIPE), SIGNAL(ALRM),	 SIGNAL(TERM),
	SIGNAL(CONT), SIGNAL(STOP), SIGNAL(TSTP), SIGNAL(TTIN),	 SIGNAL(TTOU),
	SIGNAL(URG),  SIGNAL(XCPU), SIGNAL(XFSZ), SIGNAL(VTALRM), SIGNAL(PROF),
	SIGNAL(IO),   SIGNAL(PWR),  SIGNAL(SYS),  SIGNAL(WINCH),
#undef SIGNAL
};

int signal_named(const char *name)
{
	int64_t number;

	if (parse_whole(name, 1, SIGRTMAX, &number))
		return (int)number;
	if (strncasecmp(name, "SIG", 3) == 0)
		name += 3;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		if (strcasecmp(signals[i].name, name) == 0)
			return signals[i].number;
	}
	return 0;
}
