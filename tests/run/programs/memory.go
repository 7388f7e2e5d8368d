// SPDX-License-Identifier: MIT
package main

import (
	"fmt"
	"os"
	"strings"
	"syscall"
)

func main() {
	var info syscall.Sysinfo_t
	if err := syscall.Sysinfo(&info); err != nil {
		panic(err)
	}
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		panic(err)
	}
	fmt.Println("sysinfo", uint64(info.Totalram)*uint64(info.Unit))
	fmt.Println("meminfo", strings.Fields(string(text))[1])
}
