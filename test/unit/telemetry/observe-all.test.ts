import { describe, expect, it } from '@jest/globals'
import { observeAll } from '../../../src/telemetry/observe-all.js'
import type { RequestObserver } from '../../../src/telemetry/request-observer.js'

const REQUEST = { method: 'GET', target: '/', scheme: 'http', authority: undefined, headers: {} } as const

/** Writes down what it is told. */
function observer(name: string, told: string[], traceparent?: string): RequestObserver {
  const tell = (what: string) => () => {
    told.push(`${name} ${what}`)
  }
  return {
    begin: () => ({
      ...{ bodyRead: tell('bodyRead'), query: tell('query'), answering: tell('answering') },
      ...{ answerData: tell('answerData'), end: tell('end'), documents: tell('documents') },
      step: ({ kind }) => ({ ...(traceparent !== undefined && { traceparent }), end: tell(kind) }),
    }),
  }
}

describe('several observers', () => {
  it('are told everything, in order, and the traceparent is that of whoever traces', () => {
    const told: string[] = []
    const all = observeAll([observer('a', told), observer('b', told, '00-t')])
    const observed = all?.begin(REQUEST)
    observed?.bodyRead()
    const step = observed?.step({ kind: 'explain' })
    expect(step?.traceparent).toBe('00-t')
    step?.end()
    observed?.documents({
      ...{ index: 'a', model: 'm', documents: 0, chunked: 0, truncated: 0, fragmented: 0 },
      ...{ tokenCounts: [], activeTokens: [] },
    })
    observed?.answering({ status: 200 })
    observed?.answerData(Buffer.alloc(1))
    observed?.end({ kind: 'passed', status: 200, durationMs: 1 })
    const each = (what: string): readonly string[] => [`a ${what}`, `b ${what}`]
    expect(told).toEqual(['bodyRead', 'explain', 'documents', 'answering', 'answerData', 'end'].flatMap(each))
  })

  it('leave out who does not look at a request', () => {
    const told: string[] = []
    const blind: RequestObserver = { begin: () => undefined }
    observeAll([blind, observer('b', told)])
      ?.begin(REQUEST)
      ?.bodyRead()
    expect(told).toEqual(['b bodyRead'])
    expect(observeAll([blind, blind])?.begin(REQUEST)).toBeUndefined()
    expect(observeAll([])).toBeUndefined()
  })
})
