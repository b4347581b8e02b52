import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createRewriter } from '../../../src/proxy/rewrite/create-rewriter.js'
import { ENGINES, testEngine, uniqueName } from '../../engines.js'
import { type Answer, askServer, type RunningProxy, startProxy } from '../../proxy-harness.js'
import type { RestCase } from './rest-case.js'
import { REST_CASES } from './rest-cases.js'

/** What differs between two runs of one request, wherever it is asked: times, and ids that the engine makes up. */
const VOLATILE =
  /"(?:took|_scroll_id|index_uuid)"\s*:\s*(?:"[^"]*"|\d+)|\btook: \d+|(?<=\[differential-\w{8}\/)[\w-]{22}(?=\])/g
/** Node id, times and memory of a task. */
const VOLATILE_HEADER = 'task_resource_usage'

describe.each(ENGINES)('requests through the proxy to %s', (id) => {
  let proxy: RunningProxy
  const index = uniqueName('differential')
  beforeAll(async () => {
    proxy = await startProxy({ upstreams: [testEngine(id).url], rewriter: createRewriter({ encoders: [] }) })
  })
  afterAll(async () => {
    await askServer(testEngine(id).url, { method: 'DELETE', target: `/${index}` })
    await proxy.close()
  })

  it(`are answered as they are directly: ${REST_CASES.length} of them`, async () => {
    const direct = await runAll(testEngine(id).url, index)
    await askServer(testEngine(id).url, { method: 'DELETE', target: `/${index}` })
    const through = await runAll(proxy.url, index)
    expect([...through]).toEqual([...direct])
    expect(proxy.logged).toEqual([])
  })
})

/** Name of a case -> what of its answer has to be the same. */
async function runAll(url: string, index: string): Promise<ReadonlyMap<string, object>> {
  const answers = new Map<string, object>()
  for (const rest of REST_CASES) answers.set(rest.name, comparable(await askServer(url, named(rest, index))))
  return answers
}

function named({ body, target = '/', ...rest }: RestCase, index: string): RestCase {
  const named = body === undefined || Buffer.isBuffer(body) ? body : body.replaceAll('$INDEX', index)
  return { ...rest, target: target.replaceAll('$INDEX', index), ...(named !== undefined && { body: named }) }
}

/** Hits of one score come in the order of the index's segments, which two indices need not share. */
function inOrderOfTies(text: string): string {
  return text.replace(/(?<="hits":\[)\{"_index".*?\}(?=\]\})/gs, (hits) => {
    const each = hits.split(/,(?=\{"_index":)/)
    const scores = new Set(each.map((hit) => /"_score":[^,}]+/.exec(hit)?.[0]))
    return scores.size === 1 ? each.sort().join(',') : hits
  })
}

function comparable({ status, reason, headers, body, trailers }: Answer): object {
  const isGzip = headers.some((text, at) => at % 2 === 1 && text === 'gzip')
  const text = (isGzip && body.length > 0 ? gunzipSync(body) : body).toString('latin1')
  const stable = inOrderOfTies(text.replace(VOLATILE, ''))
  // The time that a search took may have more digits here than there.
  const dropped = [VOLATILE_HEADER, ...(stable === text ? [] : ['content-length'])]
  const kept = headers.filter((_, at) => !dropped.includes(headers[at - (at % 2)]!.toLowerCase()))
  return { status, reason, headers: kept, body: stable, trailers }
}
