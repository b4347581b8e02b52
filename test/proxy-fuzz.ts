import { connect } from 'node:net'
import { createRewriter } from '../src/proxy/rewrite/create-rewriter.js'
import { type FuzzCase, nextFuzzCase } from './fuzz-requests.js'
import { askServer, type RunningProxy, startFakeEngine, startProxy } from './proxy-harness.js'
import { seededRandom } from './random.js'

/** What became of a row of malformed inputs. */
export interface FuzzReport {
  /** Status of the first answer, or `none` where the connection was closed without one -> connections. */
  readonly answers: ReadonlyMap<string, number>
  /** Inputs, as they can be repeated, whose connection was still open after all time that it has. */
  readonly hanging: readonly string[]
  /** Answers of the proxy that no client should see: its own failures, and what is no HTTP. */
  readonly failures: readonly string[]
  /** Requests that the proxy thinks are in flight at the end, apart from the one that asks. */
  readonly inFlight: number
  readonly bufferedBytes: number
  /** Of the proxy's own process after garbage collection, where `--expose-gc` is given: at a tenth, and at the end. */
  readonly heapBytes: readonly [early: number, late: number]
}

/** Far more than an answer takes here; a connection that is open for longer hangs. */
const PATIENCE_MS = 10_000
const AT_A_TIME = 64

/** Sends malformed inputs to a proxy with its rewriter, before an engine that answers everything with `{}`. */
export async function fuzzProxy(cases: number, seed: number): Promise<FuzzReport> {
  const engine = await startFakeEngine((request, response) => {
    request.resume().on('end', () => response.end('{}'))
  })
  // Half of the inputs leave the proxy waiting for more.
  const limits = { headersMs: 500, requestMs: 800, idleMs: 300, rewrittenBodyBytes: 1_000_000 }
  const proxy = await startProxy({
    upstreams: [engine.url],
    rewriter: createRewriter({ encoders: [] }),
    limits,
  })
  try {
    return await attack(proxy, cases, seed)
  } finally {
    await proxy.close()
    await engine.close()
  }
}

async function attack(proxy: RunningProxy, cases: number, seed: number): Promise<FuzzReport> {
  const random = seededRandom(seed)
  const answers = new Map<string, number>()
  const [hanging, failures]: [string[], string[]] = [[], []]
  let [next, early] = [0, NaN]
  const work = async (): Promise<void> => {
    while (next < cases) {
      const number = next++
      if (number === Math.floor(cases / 10)) early = heapBytes()
      const input = nextFuzzCase(random)
      const answer = await send(proxy.port, input)
      const label = `${seed}/${number} ${input.kind}`
      if (answer === undefined) hanging.push(label)
      const status = /^HTTP\/1\.1 (\d{3})/.exec(answer ?? '')?.[1] ?? 'none'
      answers.set(status, (answers.get(status) ?? 0) + 1)
      const isHttp = status !== 'none' || (answer ?? '') === ''
      if (status === '500' || !isHttp) failures.push(`${label}: ${answer?.slice(0, 300) ?? ''}`)
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, work))
  const metrics = (await askServer(proxy.url, { target: '/_splade/metrics' })).body.toString()
  const gauge = (name: string): number =>
    Number(new RegExp(`^splade_bridge_proxy_${name} (\\d+)`, 'm').exec(metrics)?.[1])
  return {
    ...{ answers, hanging, failures, bufferedBytes: gauge('buffered_bytes') },
    inFlight: gauge('requests_in_flight') - 1,
    heapBytes: [early, heapBytes()],
  }
}

function heapBytes(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

/** @returns all that came back; undefined if the connection is still open when patience is over */
function send(port: number, { pieces, isCut }: FuzzCase): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const received: Buffer[] = []
    const timer = setTimeout(() => {
      resolve(undefined)
      socket.destroy()
    }, PATIENCE_MS)
    socket.on('data', (chunk) => received.push(chunk)).on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(Buffer.concat(received).toString('latin1'))
    })
    const sendFrom = (at: number): void => {
      const piece = pieces[at]
      if (piece !== undefined) socket.write(piece, () => setImmediate(sendFrom, at + 1))
      else if (isCut) socket.destroy()
    }
    sendFrom(0)
  })
}
