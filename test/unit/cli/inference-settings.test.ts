import { describe, expect, it } from '@jest/globals'
import { deviceWarning, inferenceSettings } from '../../../src/cli/inference-settings.js'
import type { Setting, SettingName, Settings } from '../../../src/cli/settings.js'
import { ConfigurationError } from '../../../src/errors.js'
import { recordingTerminal } from './recording-terminal.js'

const settings = (values: Partial<Record<SettingName, string>>): Settings => ({
  values: new Map(
    Object.entries(values).map(([name, value]): [SettingName, Setting] => [
      name as SettingName,
      { value, source: 'environment' },
    ]),
  ),
  configFile: undefined,
})

describe('inferenceSettings', () => {
  it('reads what is set and leaves the rest to the defaults', () => {
    expect(inferenceSettings(settings({}))).toEqual({})
    expect(inferenceSettings(settings({ threads: '4', device: 'cuda', precision: 'int8-block' }))).toEqual({
      threads: 4,
      device: 'cuda',
      precision: 'int8-block',
    })
  })

  it.each([
    ['threads', '0', 'threads (environment) must be an integer >= 1, received "0"'],
    ['threads', 'two', 'threads (environment) must be an integer >= 1, received "two"'],
    ['device', 'gpu', 'device (environment) must be one of auto, cpu, cuda, received "gpu"'],
    [
      'precision',
      'int4',
      'precision (environment) must be one of f32, f16, int8, int8-block, received "int4"',
    ],
  ])('refuses %s: %s', (name, value, message) => {
    expect(() => inferenceSettings(settings({ [name]: value }))).toThrow(ConfigurationError)
    expect(() => inferenceSettings(settings({ [name]: value }))).toThrow(message)
  })
})

describe('deviceWarning', () => {
  it('speaks only where CUDA was asked for and does not compute', () => {
    const terminal = recordingTerminal()
    const warn = deviceWarning(terminal)
    warn({ asked: 'cuda', device: 'cuda', reason: 'asked for' })
    warn({ asked: 'auto', device: 'cpu', reason: 'no CUDA: nothing there' })
    warn({ asked: 'cpu', device: 'cpu', reason: 'asked for' })
    expect(terminal.noted()).toBe('')
    warn({ asked: 'cuda', device: 'cpu', reason: 'no CUDA: nothing there' })
    expect(terminal.noted()).toBe('warning: the CPU computes instead of CUDA: no CUDA: nothing there\n')
  })
})
