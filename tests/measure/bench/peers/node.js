// SPDX-License-Identifier: MIT
// What Node's two calls cost, timed inside Node: lines of JSON.
'use strict';

const BATCH = 300000n;
const rounds = Number(process.argv[2] || 100);

function batch(call, calls) {
	const begin = process.hrtime.bigint();

	for (let i = 0; i < calls; i++)
		call();
	return process.hrtime.bigint() - begin;
}

function measure(name) {
	const call = process[name];
	const each = [];
	let calls = 1;

	if (!call)
		return;
	while (batch(call, calls) < BATCH)
		calls *= 2;
	for (let i = 0; i < rounds; i++)
		each.push(Number(batch(call, calls)) / calls);
	each.sort((a, b) => a - b);
	console.log(JSON.stringify({
		section: 'peers', row: `Node process.${name}`, unit: 'ns',
		min: each[0], median: each[rounds >> 1], batches: rounds, calls,
	}));
}

measure('constrainedMemory');
measure('availableMemory');
