import { describe, expect, it } from '@jest/globals'
import { EngineConnectionError } from '../../../src/engine/failure.js'
import { EngineError } from '../../../src/errors.js'
import {
  isTemporaryStatus,
  normalizeRetryOptions,
  retryDelayMs,
  runPatience,
  withRetries,
} from '../../../src/indexer/retry.js'

const policy = normalizeRetryOptions({ baseDelayMs: 0, maxDelayMs: 0, maxRetries: 3 })

describe('retryDelayMs', () => {
  it('doubles, up to the longest wait', () => {
    const longest = normalizeRetryOptions({ baseDelayMs: 200, maxDelayMs: 1500, random: () => 1 })
    expect([1, 2, 3, 4, 5, 50].map((retry) => retryDelayMs(retry, longest))).toEqual([
      200, 400, 800, 1500, 1500, 1500,
    ])
  })

  it('takes between half and all of the wait, by chance', () => {
    const at = (chance: number) => normalizeRetryOptions({ baseDelayMs: 100, random: () => chance })
    expect([0, 0.5, 1].map((chance) => retryDelayMs(1, at(chance)))).toEqual([50, 75, 100])
  })
})

describe('isTemporaryStatus', () => {
  it.each([
    [429, true],
    [503, true],
    [200, false],
    [400, false],
    [500, false],
  ])('%d: %s', (status, expected) => {
    expect(isTemporaryStatus(status)).toBe(expected)
  })
})

/** 0 is a connection that broke. */
function failureOf(status: number): EngineError {
  const message = `failed ${status}`
  return status === 0 ? new EngineConnectionError(message) : new EngineError(message, status)
}

describe('withRetries', () => {
  /** Fails with each status in turn, then succeeds. */
  const failing = (statuses: readonly number[]) => {
    const left = [...statuses]
    return () => {
      const status = left.shift()
      return status === undefined ? Promise.resolve('done') : Promise.reject(failureOf(status))
    }
  }

  it('repeats after temporary failures and reports each', async () => {
    const reports: unknown[] = []
    const onRetry = (...report: unknown[]): number => reports.push(report)
    expect(await withRetries(failing([429, 0, 504]), policy, onRetry)).toBe('done')
    expect(reports).toEqual([
      [1, 0, 'failed 429'],
      [2, 0, 'failed 0'],
      [3, 0, 'failed 504'],
    ])
  })

  it('throws the last failure when its retries are used up', async () => {
    await expect(withRetries(failing([503, 503, 503, 502]), policy, () => undefined)).rejects.toThrow(
      'failed 502',
    )
  })

  it('throws at once what is no answer of an engine, such as a wrong mapping', async () => {
    const reports: number[] = []
    const attempt = () => Promise.reject(new EngineError('another model', 0))
    await expect(withRetries(attempt, policy, (retry) => reports.push(retry))).rejects.toThrow(
      'another model',
    )
    expect(reports).toEqual([])
  })

  it.each([400, 401, 404, 413, 500])('throws %d at once', async (status) => {
    const reports: number[] = []
    const attempt = withRetries(failing([status]), policy, (retry) => reports.push(retry))
    await expect(attempt).rejects.toThrow(`failed ${status}`)
    expect(reports).toEqual([])
  })

  it('throws what is no failure of the engine at once', async () => {
    const attempt = withRetries(
      () => Promise.reject(new TypeError('a defect')),
      policy,
      () => undefined,
    )
    await expect(attempt).rejects.toThrow('a defect')
  })
})

describe('normalizeRetryOptions', () => {
  it.each([
    [{ maxRetries: -1 }, 'maxRetries must be an integer >= 0 or Infinity, received -1'],
    [{ maxRetries: 1.5 }, 'maxRetries must be an integer >= 0'],
    [{ baseDelayMs: NaN }, 'baseDelayMs must be a finite number >= 0'],
    [{ baseDelayMs: 100, maxDelayMs: 50 }, 'maxDelayMs must be a number >= baseDelayMs, received 50'],
  ])('refuses %j', (options, message) => {
    expect(() => normalizeRetryOptions(options)).toThrow(message)
  })
})

describe('runPatience', () => {
  it('has no end unless one is given, and is ended by either signal', () => {
    const stop = new AbortController()
    const failing = new AbortController()
    expect(runPatience({}).maxRetries).toBe(Infinity)
    expect(runPatience({ maxRetries: 2 }, failing.signal).maxRetries).toBe(2)
    const [stopped, failed] = [1, 2].map(() => runPatience({ signal: stop.signal }, failing.signal))
    failing.abort(new Error('refused for good'))
    expect(failed?.signal?.reason).toEqual(new Error('refused for good'))
    stop.abort()
    expect(stopped?.signal?.aborted).toBe(true)
    expect(runPatience({ signal: stop.signal }).signal?.aborted).toBe(true)
  })
})
