// SPDX-License-Identifier: MIT
// What a program of Node would use; what it has itself; the version.
'use strict';
const fs = require('fs');
const os = require('os');

// Older ones do not know what is available, only what the limit is.
function available() {
	if (process.availableMemory)
		return process.availableMemory();
	const limit = process.constrainedMemory ? process.constrainedMemory() : 0;
	return limit > 0 ? Math.min(limit, os.freemem()) : os.freemem();
}

// Anonymous memory and page tables.
function own() {
	const status = fs.readFileSync('/proc/self/status', 'utf8');
	return ['RssAnon', 'RssShmem', 'VmPTE'].reduce((sum, key) =>
		sum + 1024 * status.match(`${key}:\\s*(\\d+)`)[1], 0);
}

console.log(`${available()} ${own()} ${process.version}`);
