import { once } from 'node:events'
import { request } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { expect } from '@jest/globals'
import { numberMember } from '../../../src/engine/json.js'
import { type Answer, askServer } from '../../proxy-harness.js'

/** `REQUESTS=20000` for a long run. */
export const REQUESTS = Number(process.env.REQUESTS ?? 2_000)
const AT_A_TIME = 8
/** Bulk requests. */
export const WRITES = 10
const JSON_HEADERS = ['Content-Type', 'application/json']
/** What is searched for, and written. */
export const TEXTS = [
  'my car does not start',
  'bread from the oven',
  'lava of a volcano',
  'violins and trumpets',
]

/** What the clients of a run saw. */
export interface Counted {
  readonly byKindAndStatus: Map<string, number>
  readonly refusals: Map<string, number>
  searches: number
  foundNothing: number
  hits: number
  /** Documents. */
  written: number
}

/** Sends requests of every form, in turns, then bulk requests; some clients leave before their answer. */
export async function sendAll(url: string, index: string): Promise<Counted> {
  const counted: Counted = {
    byKindAndStatus: new Map(),
    refusals: new Map(),
    searches: 0,
    foundNothing: 0,
    hits: 0,
    written: 0,
  }
  const places = Array.from({ length: REQUESTS }, (_, place) => place)
  const work = async (): Promise<void> => {
    for (let place = places.shift(); place !== undefined; place = places.shift())
      await FORMS[place % FORMS.length]!({ url, index, place, counted })
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, work))
  for (let place = 0; place < WRITES; place++) await writeTexts({ url, index, place, counted })
  // Looking at telemetry through the proxy is no event.
  await askServer(url, { target: '/logs-splade.*-*/_count' })
  return counted
}

interface Sent {
  readonly url: string
  readonly index: string
  readonly place: number
  readonly counted: Counted
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function countSearch({ counted }: Sent, answer: Answer): void {
  const isCoded = answer.headers.some((text, at) => at % 2 === 1 && text === 'gzip')
  const text = (isCoded ? gunzipSync(answer.body) : answer.body).toString()
  const hits = numberMember(JSON.parse(text), 'hits', 'total', 'value')!
  counted.searches++
  counted.hits += hits
  if (hits === 0) counted.foundNothing++
}

async function searchFor(sent: Sent, body: object, kind: string, headers: readonly string[] = []) {
  const answer = await askServer(sent.url, {
    method: 'POST',
    target: `/${sent.index}/_search`,
    headers: [...JSON_HEADERS, ...headers],
    body: JSON.stringify(body),
  })
  count(sent.counted.byKindAndStatus, `${kind} ${answer.status}`)
  return answer
}

async function writeTexts({ url, index, place, counted }: Sent): Promise<void> {
  const lines = TEXTS.map(
    (text, number) => `{"index":{"_id":"written-${place}-${number}"}}\n{"text":"${text}"}\n`,
  )
  const { status } = await askServer(url, {
    method: 'POST',
    target: `/${index}/_bulk`,
    headers: ['Content-Type', 'application/x-ndjson'],
    body: lines.join(''),
  })
  count(counted.byKindAndStatus, `rewritten ${status}`)
  counted.written += TEXTS.length
}

const textOf = ({ place }: Sent): string => TEXTS[Math.floor(place / FORMS.length) % TEXTS.length]!

/** What clients send, in turns. */
const FORMS: readonly ((sent: Sent) => Promise<void>)[] = [
  async (sent) => {
    await searchFor(sent, { query: { match_all: {} } }, 'passed')
  },
  async (sent) => {
    countSearch(sent, await searchFor(sent, { query: { splade: { text: textOf(sent) } } }, 'rewritten'))
  },
  async (sent) => {
    const body = { query: { splade: { text: textOf(sent) } } }
    countSearch(sent, await searchFor(sent, body, 'rewritten', ['Accept-Encoding', 'gzip']))
  },
  async (sent) => {
    const body = { min_score: 1e6, query: { splade: { text: textOf(sent) } } }
    countSearch(sent, await searchFor(sent, body, 'rewritten'))
  },
  async (sent) => {
    const body = { query: { splade: { tokens: { car: 2, bread: 1 } } } }
    countSearch(sent, await searchFor(sent, body, 'rewritten'))
  },
  async (sent) => {
    const body = { splade_explain: true, query: { splade: { text: textOf(sent) } } }
    countSearch(sent, await searchFor(sent, body, 'rewritten'))
  },
  async (sent) => {
    const { status } = await searchFor(
      sent,
      { query: { splade: { text: 'car', model: 'no-such' } } },
      'refused',
    )
    expect(status).toBe(400)
    count(sent.counted.refusals, 'parsing_exception')
  },
  async ({ url, counted }) => {
    const { status } = await askServer(url, { target: '/_cat/indices' })
    count(counted.byKindAndStatus, `refused ${status}`)
    count(counted.refusals, 'security_exception')
  },
  async ({ url, index, counted }) => {
    await leaveEarly(`${url}/${index}/_doc`)
    count(counted.byKindAndStatus, 'passed 0')
  },
  async ({ url, counted }) => {
    const { status } = await askServer(url, { target: '/no-such-index/_search' })
    count(counted.byKindAndStatus, `passed ${status}`)
  },
]

/** A client that goes away once the proxy waits for its body. */
async function leaveEarly(url: string): Promise<void> {
  const headers = { expect: '100-continue', 'content-type': 'application/json', 'content-length': 10 }
  const sent = request(url, { method: 'POST', headers, agent: false }).on('error', () => undefined)
  sent.flushHeaders()
  await once(sent, 'continue')
  sent.destroy()
}
