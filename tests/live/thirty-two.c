/* SPDX-License-Identifier: MIT */
/* A 32-bit program of x86, without a C library: it waits to be killed. */
void _start(void);

void _start(void)
{
	const int pause = 29;

	for (;;) {
		int r = pause;

		__asm__ volatile("int $0x80" : "+a"(r));
	}
}
