import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { type CliResult, onlyJson, useCliHome } from './cli-process.js'

interface PrintedHit {
  readonly query: string
  readonly id: string
  readonly score: number
  /** As printed: with a `+` where the model added one. */
  readonly tokens: readonly string[]
}

function hitsOf(printed: string): readonly PrintedHit[] {
  return printed.split(/^» /m).flatMap((answer) =>
    answer
      .split(/^ (?=\d\. )/m)
      .slice(1)
      .map((hit) => {
        const [, score, id = ''] = /^\d\. ([\d.]+) .* {2}(\S+)\n/.exec(hit) ?? []
        const tokens = Array.from(hit.matchAll(/^ {4}(\S+) +[\d.]+ × /gm), ([, token = '']) => token)
        return { query: answer.split('\n')[0] ?? '', id, score: Number(score), tokens }
      }),
  )
}

describe('splade-bridge quickstart', () => {
  const home = useCliHome()
  let result: CliResult

  beforeAll(async () => {
    result = await home.run(['quickstart'])
  })

  it('indexes both halves of the examples, tells so beside the results, and succeeds', () => {
    expect(result.code).toBe(0)
    expect(result.err).toContain('quickstart: 120 documents encoded by ko-en-mini and indexed')
    expect(result.err).not.toContain('warning')
  })

  it('finds what is meant, in the words of the document and in the other language', () => {
    const [car = '', , , korean = ''] = result.out.split('\n» ').slice(1)
    expect(car).toMatch(/\n 1\. .*When an automobile does not start {2}en-001\n/)
    expect(car).toMatch(/\n [23]\. .*차량 시동이 걸리지 않을 때 {2}ko-006\n {4}\+car /)
    expect(korean).toMatch(/\n 1\. .*차량 시동이 걸리지 않을 때 {2}ko-006\n/)
    expect(korean).toMatch(/\n {4}\+자동차 /)
  })

  it('answers five queries with ranked hits, their scores, titles and tokens, and one of them with nothing', () => {
    const answers = result.out.split('\n» ').slice(1)
    expect(answers).toHaveLength(5)
    const found = answers.filter((answer) => !answer.includes('No match: '))
    expect(found).toHaveLength(4)
    for (const answer of found) {
      expect(answer).toMatch(/\n 1\. \d+\.\d{4} {2}\S.* {2}(en|ko)-\d{3}\n/)
      expect(answer).toMatch(/\n {4}\S+ +\d+\.\d\d × \d+\.\d\d = \d+\.\d\d +\d+ %\n/)
      expect(answer).toMatch(/\[[^\]\n]+\]/)
    }
  })

  it('finds the hits that the README shows, by the same tokens, with about the same scores', () => {
    const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
    const [, shown = ''] = /^```text\n(».*?)^```$/ms.exec(readme) ?? []
    expect(hitsOf(shown).length).toBeGreaterThan(2)
    const found = hitsOf(result.out)
    for (const { query, id, score, tokens } of hitsOf(shown)) {
      const hit = found.find((one) => one.query === query && one.id === id)
      expect({ id, tokens: hit?.tokens }).toEqual({ id, tokens: expect.arrayContaining([...tokens]) })
      // Weights in 8 bits are multiplied in another way on other processors.
      expect(Math.abs((hit?.score ?? 0) / score - 1)).toBeLessThan(0.05)
    }
  })

  it('says how long its own work took, under half a minute, and what to try next', () => {
    const [, seconds] = /encoding, indexing, searching and stopping took (\d+\.\d) s/.exec(result.out) ?? []
    expect(Number(seconds)).toBeLessThan(30)
    expect(result.out).toContain('$ npx splade-bridge search')
  })

  it('leaves no engine running', async () => {
    const [, url = ''] = /is ready at (http:\S+)/.exec(result.err) ?? []
    await expect(fetch(url)).rejects.toThrow('fetch failed')
    expect(onlyJson(await home.run(['engine', 'status', '--json']))).toEqual([])
  })

  it('stops what it started at Ctrl-C', async () => {
    const { child, result: interrupted, untilErr } = home.start(['quickstart'])
    await untilErr('is ready at ')
    child.kill('SIGINT')
    const { code, err } = await interrupted
    expect(code).toBe(130)
    expect(err).toMatch(/\ninterrupted\n$/)
    const [, url = ''] = /is ready at (http:\S+)/.exec(err) ?? []
    await expect(fetch(url)).rejects.toThrow('fetch failed')
  })
})
