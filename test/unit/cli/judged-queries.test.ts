import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { readJudgedQueries } from '../../../src/cli/judged-queries.js'
import { useTemporaryFolder, writeFiles } from '../../model-folder.js'
import { recordingTerminal } from './recording-terminal.js'

describe('readJudgedQueries', () => {
  const folder = useTemporaryFolder()
  const dataset = (name: string, judged: readonly string[]): Promise<string> =>
    writeFiles(join(folder.path, name), {
      'queries.jsonl': ['q1', 'q2', 'unjudged'].map((id) => `{"_id":"${id}","text":"a"}\n`).join(''),
      'qrels/test.tsv': judged.map((id) => `${id}\td\t1\n`).join(''),
    })

  it('gives the queries that are judged, and is silent where each has a text', async () => {
    const terminal = recordingTerminal()
    const { queries, qrels } = await readJudgedQueries(terminal, await dataset('whole', ['q1', 'q2']))
    expect(queries.map(({ id }) => id)).toEqual(['q1', 'q2'])
    expect(qrels.size).toBe(2)
    expect(terminal.noted()).toBe('')
  })

  it('says how many judged queries have no text', async () => {
    const terminal = recordingTerminal()
    const { queries } = await readJudgedQueries(terminal, await dataset('part', ['q1', 'q3', 'q4']), 'test')
    expect(queries.map(({ id }) => id)).toEqual(['q1'])
    expect(terminal.noted()).toMatch(
      /^warning: .*queries\.jsonl lacks 2 of the 3 judged queries; they count as having found nothing\n$/,
    )
  })

  it('refuses judgements of other queries', async () => {
    const foreign = readJudgedQueries(recordingTerminal(), await dataset('foreign', ['q7']))
    await expect(foreign).rejects.toThrow(/queries\.jsonl: has none of the 1 judged query$/)
  })
})
