import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { writePixieLayout } from '../pixie-layout.js'
import { type CliResult, EXAMPLES, useCliHome } from './cli-process.js'

interface Row {
  readonly title: string
  readonly text: string
}

const corpus = readFileSync(join(EXAMPLES, 'demonstration', 'corpus.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Row)

describe('splade-bridge quickstart --model', () => {
  const home = useCliHome()
  let result: CliResult
  beforeAll(async () => {
    const texts = corpus.map(({ title, text }) => `${title} ${text}`)
    await writePixieLayout(join(home.path, 'pixie'), texts)
    result = await home.run(['quickstart', '--model', './pixie', '--threads', '1'])
  })

  it('indexes five documents with the model of the folder', () => {
    expect(result).toMatchObject({ code: 0 })
    expect(result.err).toContain('quickstart-model: 5 documents encoded by ./pixie and indexed')
  })

  it('answers two queries with ranked hits and their tokens, and the third with nothing', () => {
    const [first = '', second = '', third = ''] = result.out.split('\n» ').slice(1)
    expect(first).toMatch(/\n 1\. \d+\.\d{4} {2}심근경색의 신호 {2}demo-1\n/)
    expect(first).toMatch(/\n {4}심 +\d+\.\d\d × \d+\.\d\d = \d+\.\d\d +\d+ %\n/)
    expect(second).toMatch(/\n 1\. \d+\.\d{4} {2}스마트폰 배터리 오래 쓰기 {2}demo-2\n/)
    expect(third).toMatch(
      /^TCP handshake timeout .*\nNo match: none of the \d+ tokens of .* index quickstart-model\./,
    )
  })

  it('names a folder that is no model before it starts an engine', async () => {
    const failed = await home.run(['quickstart', '--model', './nowhere'])
    expect(failed).toMatchObject({ code: 1, out: '' })
    expect(failed.err).toMatch(/^error: .*nowhere is not a model folder: config\.json is missing\n$/)
  })
})
