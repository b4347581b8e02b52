import { beforeEach, describe, expect, it } from '@jest/globals'
import { ENGINES, testEngine, uniqueName } from '../engines.js'
import { onlyJson, toJsonLines, useCliHome } from './cli-process.js'
import { countDocuments } from './engine-documents.js'

/** More than one batch. */
const DOCUMENTS = 1_203

/** What people read does not depend on the engine. */
const [ENGINE = 'opensearch-3'] = ENGINES

describe('delete', () => {
  const { url } = testEngine(ENGINE)
  const home = useCliHome()
  let index: string
  const at = (): readonly string[] => ['--url', url, '--index', index, '--json']
  const run = async (...args: string[]): Promise<unknown> =>
    onlyJson(await home.run(['delete', ...at(), ...args]))

  beforeEach(async () => {
    index = uniqueName('accept-delete')
    const lines = Array.from({ length: DOCUMENTS }, (_, number) => [
      { index: { _id: `d${number}`, ...(number === 7 && { routing: 'r' }) } },
      { text: `number ${number}`, parity: number % 2 === 0 ? 'even' : 'odd' },
    ])
    const bulk = toJsonLines(lines.flat())
    await home.run(['index', ...at(), '--model', 'bm25', '--shards', '3', '-'], { input: bulk })
  })

  it('deletes by id, wherever routing put the document, and counts what is not there', async () => {
    const dry = await run('d1', 'd7', 'd7', 'none', '--dry-run')
    expect(dry).toEqual({ index, matched: 2, deleted: 0, missing: 1, kept: 0, dryRun: true })
    expect(await countDocuments(url, index)).toBe(DOCUMENTS)
    const result = await run('d1', 'd7', 'none')
    expect(result).toEqual({ index, matched: 2, deleted: 2, missing: 1, kept: 0, dryRun: false })
    expect(await countDocuments(url, index)).toBe(DOCUMENTS - 2)
  })

  it('deletes more ids than fit one request, from a file and from standard input', async () => {
    const ids = Array.from({ length: 1_100 }, (_, number) => `d${number}`)
    const file = await home.write('ids.txt', `\ufeff${ids.join('\r\n')}\n\n`)
    expect(await run('--ids', file)).toMatchObject({ matched: 1_100, deleted: 1_100, missing: 0 })
    const piped = await home.run(['delete', ...at(), '--ids', '-'], { input: 'd1100\nd0\n' })
    expect(onlyJson(piped)).toMatchObject({ deleted: 1, missing: 1 })
    expect(await countDocuments(url, index)).toBe(DOCUMENTS - 1_101)
  })

  it('deletes what a query finds, however it is written', async () => {
    expect(await run('--query', 'parity:even')).toMatchObject({ matched: 602, deleted: 602 })
    expect(await run('--query', '{"ids":{"values":["d1","d2"]}}')).toMatchObject({ matched: 1, deleted: 1 })
    expect(await countDocuments(url, index)).toBe(DOCUMENTS - 603)
  })

  it('wants to be told before it deletes everything', async () => {
    for (const args of [['--all'], ['--query', '*']]) {
      const refused = await home.run(['delete', ...at(), ...args])
      expect(refused).toMatchObject({ code: 2, out: '' })
      expect(refused.err).toContain(`${DOCUMENTS} documents`)
      expect(refused.err).toContain('say so with --yes')
    }
    expect(await countDocuments(url, index)).toBe(DOCUMENTS)
    expect(await run('--all', '--dry-run')).toMatchObject({ matched: DOCUMENTS, deleted: 0 })
    expect(await run('--query', '*', '--yes')).toMatchObject({ deleted: DOCUMENTS })
    expect((await fetch(`${url}/${index}`)).status).toBe(200)
    expect(await run('--all', '--yes')).toMatchObject({ matched: 0 })
    expect((await fetch(`${url}/${index}`)).status).toBe(404)
  })

  it('touches no index that is missing, or that it did not set up', async () => {
    const gone = await home.run(['delete', '--url', url, '--index', 'accept-none', 'd1'])
    expect(gone).toMatchObject({ code: 1, err: expect.stringContaining('there is no index "accept-none"') })
    const foreign = uniqueName('accept-foreign')
    await fetch(`${url}/${foreign}`, { method: 'PUT' })
    const refused = await home.run(['delete', '--url', url, '--index', foreign, '--all', '--yes'])
    expect(refused.err).toContain('was not set up by splade-bridge')
    expect((await fetch(`${url}/${foreign}`)).status).toBe(200)
  })
})
