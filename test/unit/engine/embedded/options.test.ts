import { describe, expect, it } from '@jest/globals'
import type { EmbeddedEngineOptions } from '../../../../src/engine/embedded/options.js'
import { normalizeEngineOptions } from '../../../../src/engine/embedded/options.js'
import { ConfigurationError } from '../../../../src/errors.js'

const required: EmbeddedEngineOptions = { cacheDir: '/cache', environment: {} }

describe('normalizeEngineOptions', () => {
  it('fills in the defaults and freezes the result', () => {
    const normalized = normalizeEngineOptions(required)
    expect(normalized).toMatchObject({
      cacheDir: '/cache',
      engine: undefined,
      port: 0,
      dataDir: undefined,
      heapMb: 1024,
      settings: {},
      startTimeoutMs: 120_000,
      detach: false,
    })
    expect(Object.isFrozen(normalized)).toBe(true)
  })

  it('keeps what is given', () => {
    const given = { engine: 'opensearch-2', port: 9200, dataDir: '/data', heapMb: 512, detach: true } as const
    expect(normalizeEngineOptions({ ...required, ...given })).toMatchObject(given)
  })

  it.each([
    [{ port: 65_536 }, 'port must be a whole number from 0 to 65535, received 65536'],
    [{ port: -1 }, 'port must be a whole number from 0 to 65535, received -1'],
    [{ port: 9200.5 }, 'port must be a whole number from 0 to 65535, received 9200.5'],
    [{ heapMb: 255 }, 'heapMb must be a whole number from 256 to 31000, received 255'],
    [{ settings: { '-bad': '1' } }, 'settings must have names of node settings, received "-bad"'],
    [{ heapMb: Number.NaN }, 'heapMb must be a whole number from 256 to 31000, received NaN'],
    [{ startTimeoutMs: 0 }, 'startTimeoutMs must be a whole number from 1 to 3600000, received 0'],
    [{ dataDir: 'data' }, 'dataDir must be an absolute path, received "data"'],
    [{ cacheDir: '' }, 'cacheDir must be an absolute path, received ""'],
    [{ logFile: './engine.log' }, 'logFile must be an absolute path, received "./engine.log"'],
    [{ javaHome: 'jdk' }, 'javaHome must be an absolute path, received "jdk"'],
  ])('refuses %j', (option, message) => {
    expect(() => normalizeEngineOptions({ ...required, ...option })).toThrow(ConfigurationError)
    expect(() => normalizeEngineOptions({ ...required, ...option })).toThrow(message)
  })

  it('refuses an unknown engine, naming the known ones', () => {
    const received = { ...required, engine: 'solr' } as unknown as EmbeddedEngineOptions
    expect(() => normalizeEngineOptions(received)).toThrow(
      'engine must be one of opensearch-3, opensearch-2, opensearch-1, elasticsearch-9, elasticsearch-8, ' +
        'elasticsearch-7, opensearch-3-neural, received "solr"',
    )
  })
})
