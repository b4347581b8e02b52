/**
 * Sends malformed HTTP and JSON to the proxy and says what became of it; fails if anything hangs, fails or leaks.
 *
 *   node --expose-gc --import ./bench/typescript.cjs bench/proxy/fuzz.ts [--cases 20000] [--seed 1]
 */
import { parseArgs } from 'node:util'
import { fuzzProxy } from '../../test/proxy-fuzz.js'
import { describeMachine } from '../machine.js'

const { values: flags } = parseArgs({
  options: { cases: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
})

const began = performance.now()
const { answers, hanging, failures, inFlight, bufferedBytes, heapBytes } = await fuzzProxy(
  Number(flags.cases),
  Number(flags.seed),
)
const seconds = Math.round((performance.now() - began) / 1_000)
const heapMiB = heapBytes.map((bytes) => Math.round(bytes / 2 ** 20))
console.log(JSON.stringify({ ...describeMachine(), ...flags, seconds }))
console.log(
  JSON.stringify({ answers: Object.fromEntries([...answers].sort()), inFlight, bufferedBytes, heapMiB }),
)
for (const line of [...hanging.map((label) => `hangs: ${label}`), ...failures]) console.log(line)
if (hanging.length + failures.length + inFlight + bufferedBytes > 0) process.exitCode = 1
