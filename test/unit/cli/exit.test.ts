import { CommanderError } from 'commander'
import { describe, expect, it } from '@jest/globals'
import { describeError, exitCodeOf, isInterruption, UsageError } from '../../../src/cli/exit.js'
import { EngineConnectionError, EngineResponseError } from '../../../src/engine/failure.js'
import {
  ConfigurationError,
  EmbeddedEngineError,
  EngineError,
  InputError,
  ModelError,
} from '../../../src/errors.js'

const ABORTED = AbortSignal.abort()
const RUNNING = new AbortController().signal

describe('exitCodeOf', () => {
  it.each([
    ['help', new CommanderError(0, 'commander.helpDisplayed', ''), 0],
    ['a mistyped flag', new CommanderError(1, 'commander.unknownOption', ''), 2],
    ['flags that exclude each other', new UsageError('both'), 2],
    ['a bad setting', new ConfigurationError('url', 'must be', 'x'), 2],
    ['a broken line', new InputError('a.jsonl', 3, 'is not JSON'), 1],
    ['a model that cannot be used', new ModelError('no'), 1],
    ['an engine that refuses', new EngineError('no', 400), 1],
    ['an engine that does not answer', new EngineConnectionError('ECONNREFUSED'), 75],
    ['an engine that is busy', new EngineResponseError('later', 429, ''), 75],
    ['an engine that has not started', new EngineResponseError('later', 503, ''), 75],
    ['an engine that forbids', new EngineResponseError('no', 403, ''), 1],
    ['a defect', new TypeError('undefined is not a function'), 1],
    ['something thrown that is no error', 'text', 1],
  ])('gives %s its code', (_, error, code) => {
    expect(exitCodeOf(error)).toBe(code)
  })
})

describe('describeError', () => {
  it('says what is wrong in one line', () => {
    expect(describeError(new InputError('a.jsonl', 3, 'is not JSON'))).toBe('error: a.jsonl:3: is not JSON')
  })

  it('shows where a defect is', () => {
    expect(describeError(new TypeError('oops'))).toMatch(/^error: TypeError: oops\n +at /)
  })
})

describe('isInterruption', () => {
  it.each([
    ['an abort', ABORTED.reason as unknown],
    ['an abort of a stream', Object.assign(new Error('aborted'), { name: 'AbortError' })],
    ['an engine that Ctrl-C reached as well', new EmbeddedEngineError('the node ended')],
  ])('is true for %s, after Ctrl-C only', (_, error) => {
    expect(isInterruption(error, ABORTED)).toBe(true)
    expect(isInterruption(error, RUNNING)).toBe(false)
  })

  it('does not hide another failure', () => {
    expect(isInterruption(new EngineError('refused', 400), ABORTED)).toBe(false)
  })
})
