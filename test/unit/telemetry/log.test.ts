import { describe, expect, it } from '@jest/globals'
import { createLog } from '../../../src/telemetry/log.js'

function logged(level: string, write: (log: ReturnType<typeof createLog>) => void): readonly unknown[] {
  const lines: string[] = []
  write(createLog(level, { write: (line) => lines.push(line) }))
  return lines.map((line) => JSON.parse(line) as unknown)
}

describe('the log', () => {
  it('writes JSON lines with level, time, message and facts', () => {
    const lines = logged('info', (log) => {
      log.warn({ node: 'http://a' }, 'gone')
    })
    expect(lines).toEqual([
      { level: 'warn', time: expect.stringMatching(/^\d{4}-.*Z$/) as unknown, node: 'http://a', msg: 'gone' },
    ])
  })

  it('leaves out what is below its level', () => {
    const lines = logged('warn', (log) => {
      log.info({}, 'quiet')
      log.error({}, 'loud')
    })
    expect(lines).toHaveLength(1)
  })

  it('shows no secret that comes into a line by mistake', () => {
    const lines = logged('info', (log) => {
      log.info(
        { password: 'hush', caller: { apiKey: 'hush' }, request: { headers: { authorization: 'hush' } } },
        'x',
      )
    })
    expect(JSON.stringify(lines)).not.toContain('hush')
  })

  it('refuses a level that there is not', () => {
    expect(() => createLog('chatty', { write: () => undefined })).toThrow('debug, info, warn, error, silent')
  })
})
