// SPDX-License-Identifier: MIT
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the Java runtime says is free; what it has itself; the version. */
class Ask {
	/** Anonymous memory and page tables. */
	static long own() throws IOException {
		long sum = 0;
		for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
			if (line.matches("(RssAnon|RssShmem|VmPTE):.*"))
				sum += Long.parseLong(line.replaceAll("\\D", ""));
		}
		return sum * 1024;
	}

	public static void main(String[] args) throws IOException {
		OperatingSystemMXBean system = (OperatingSystemMXBean)
			ManagementFactory.getOperatingSystemMXBean();
		long free = system.getFreeMemorySize();
		System.out.println(free + " " + own() + " " + Runtime.version());
	}
}
