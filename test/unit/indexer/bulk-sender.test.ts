import { describe, expect, it } from '@jest/globals'
import type { EngineClient, EngineResponse } from '../../../src/engine/client.js'
import { AdaptiveLimit } from '../../../src/indexer/adaptive-limit.js'
import { toBulkDocument } from '../../../src/indexer/bulk.js'
import { BulkSender } from '../../../src/indexer/bulk-sender.js'
import { normalizeRetryOptions } from '../../../src/indexer/retry.js'

const bodyOf = (...ids: string[]) => ids.map((id) => toBulkDocument({ id }, { text: id }, id))
const answerOf = (...statuses: number[]): EngineResponse => ({
  status: 200,
  body: { items: statuses.map((status) => ({ index: { status } })) },
})

/** A sender whose engine gives these answers, one after the other. */
function senderOf(...answers: EngineResponse[]) {
  const limit = new AdaptiveLimit()
  const reasons: string[] = []
  const client: EngineClient = {
    info: { distribution: 'opensearch', version: '3.0.0', clusterName: 'c' },
    close: () => Promise.resolve(),
    request: () => Promise.resolve(answers.shift()!),
  } as EngineClient
  const policy = normalizeRetryOptions({ baseDelayMs: 0, maxDelayMs: 0 })
  const onRetry = (_retry: number, _delayMs: number, reason: string) => reasons.push(reason)
  return { limit, reasons, sender: new BulkSender({ client, policy, limit, onRetry }) }
}

describe('BulkSender', () => {
  it('lets more requests be in flight as they succeed', async () => {
    const { sender, limit } = senderOf(answerOf(201), answerOf(201))
    await sender.send('docs', bodyOf('a'))
    expect(limit.current).toBe(2)
    expect(await sender.send('docs', bodyOf('b'))).toEqual({ indexed: 1, refused: [], isRepeated: false })
    expect(sender.busyMs()).toBeGreaterThan(0)
  })

  it('lets fewer be in flight, and tells of it, where a document is put off', async () => {
    const { sender, limit, reasons } = senderOf(answerOf(201), answerOf(201, 429), answerOf(201))
    await sender.send('docs', bodyOf('a'))
    const sent = await sender.send('docs', bodyOf('b', 'c'))
    expect(sent).toEqual({ indexed: 2, refused: [], isRepeated: true })
    expect(limit.current).toBe(1)
    expect(reasons).toHaveLength(1)
  })
})
