import { describe, expect, it } from '@jest/globals'
import { inStep, type ObservedRequest, type StepOutcome } from '../../../src/telemetry/request-observer.js'

/** Keeps the ends of steps. */
function observing(): { readonly observed: ObservedRequest; readonly ends: unknown[] } {
  const ends: unknown[] = []
  const ignore = (): void => undefined
  const observed = {
    step: ({ kind }: { readonly kind: string }) => ({
      end: (outcome?: StepOutcome) => ends.push([kind, outcome]),
    }),
    ...{ bodyRead: ignore, query: ignore, answering: ignore, answerData: ignore, end: ignore },
    documents: ignore,
  }
  return { observed, ends }
}

describe('a step of a request', () => {
  it('ends with the work, whose result it passes on', async () => {
    const { observed, ends } = observing()
    expect(await inStep(observed, { kind: 'explain' }, () => Promise.resolve(3))).toBe(3)
    expect(ends).toEqual([['explain', undefined]])
  })

  it('ends with the name of a failure, and not with its message', async () => {
    const { observed, ends } = observing()
    const failing = (error: Error) => () => Promise.reject(error)
    const reset = Object.assign(new Error('a secret'), { code: 'ECONNRESET' })
    await expect(inStep(observed, { kind: 'encode' }, failing(reset))).rejects.toBe(reset)
    await expect(inStep(observed, { kind: 'encode' }, failing(new RangeError('a secret')))).rejects.toThrow()
    expect(ends).toEqual([
      ['encode', { error: 'ECONNRESET' }],
      ['encode', { error: 'RangeError' }],
    ])
  })

  it('is nothing but the work where nobody looks', async () => {
    expect(await inStep(undefined, { kind: 'explain' }, () => Promise.resolve(3))).toBe(3)
  })
})
