// SPDX-License-Identifier: MIT
#include <fstream>
#include <iostream>

int main()
{
	std::cout << std::ifstream("/proc/meminfo").rdbuf();
}
