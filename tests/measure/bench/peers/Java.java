// SPDX-License-Identifier: MIT
// What Java's two calls cost, timed inside Java: lines of JSON.

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.LongSupplier;

public class Java {
	static final long BATCH = 300000;
	static long sink;

	static long batch(LongSupplier call, int calls) {
		long begin = System.nanoTime();

		for (int i = 0; i < calls; i++)
			sink += call.getAsLong();
		return System.nanoTime() - begin;
	}

	static void measure(String name, LongSupplier call, int rounds) {
		double[] each = new double[rounds];
		int calls = 1;

		/* Until it is compiled. */
		batch(call, 20000);
		while (batch(call, calls) < BATCH)
			calls *= 2;
		for (int i = 0; i < rounds; i++)
			each[i] = (double) batch(call, calls) / calls;
		Arrays.sort(each);
		System.out.printf(Locale.ROOT, "{\"section\": \"peers\", "
			+ "\"row\": \"Java %s\", \"unit\": \"ns\", "
			+ "\"min\": %.2f, \"median\": %.2f, \"batches\": %d, "
			+ "\"calls\": %d}%n", name, each[0], each[rounds / 2],
			rounds, calls);
	}

	public static void main(String[] args) {
		OperatingSystemMXBean bean = (OperatingSystemMXBean)
			ManagementFactory.getOperatingSystemMXBean();
		int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 100;

		measure("getTotalMemorySize", bean::getTotalMemorySize, rounds);
		measure("getFreeMemorySize", bean::getFreeMemorySize, rounds);
	}
}
