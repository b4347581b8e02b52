import { existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { ENGINES, testEngine, uniqueName } from '../engines.js'
import { seededRandom } from '../random.js'
import { onlyJson, useCliHome } from './cli-process.js'
import { storedDocuments, untilDocuments } from './engine-documents.js'

const [ENGINE = 'opensearch-3'] = ENGINES
const KILLS = 20
const DOCUMENTS = 12_000
/** The first document makes `size` a number; each of these has another thing there. */
const UNSTORABLE_EVERY = 500
/** Lines of a file that is killed and resumed which end in their middle, as a writer leaves them that was killed itself. */
const CUT_EVERY = 1_000
const CUT = DOCUMENTS / CUT_EVERY

function documents(count: number): readonly object[] {
  return Array.from({ length: count }, (_, number) => ({
    _id: `d${number}`,
    text: `document number ${number} of a load ${words(number)}`,
    size: number % UNSTORABLE_EVERY === 250 ? { broken: true } : number,
  }))
}

/** Documents as JSON lines, some of them cut. */
function withCutLines(records: readonly object[]): string {
  return records
    .map((record, number) => {
      const line = JSON.stringify(record)
      return number % CUT_EVERY === 400 ? line.slice(0, 40) : line
    })
    .join('\n')
}

/** Enough that a megabyte is a few hundred documents. */
function words(number: number): string {
  return Array.from({ length: 60 }, (_, word) => `word${(number * 7 + word * 13) % 900}`).join(' ')
}

interface Letter {
  readonly id?: string
  readonly raw?: string
}

/** That of a cut line stands in its text. */
function idOfLetter(line: string): string | undefined {
  const { id, raw = '' } = JSON.parse(line) as Letter
  return id ?? /"_id":"(.*?)"/.exec(raw)?.[1]
}

describe('a load', () => {
  const { url } = testEngine(ENGINE)
  const home = useCliHome()
  const command = (index: string, ...args: string[]): readonly string[] => [
    'index',
    ...['--url', url, '--index', index, '--model', 'bm25'],
    ...args,
  ]
  it(`survives ${KILLS} kills at random moments: every document is there once, or in the dead letters`, async () => {
    const index = uniqueName('accept-kill')
    const file = await home.write('kill.jsonl', withCutLines(documents(DOCUMENTS)))
    const checkpoint = join(home.path, 'kill.checkpoint')
    const args = command(
      index,
      ...['--resume', '--checkpoint', checkpoint, '--bulk-mb', '1', '--dead-letters', 'killed.ndjson'],
      ...['--on-bad-record', 'dead-letter', file],
    )
    const random = seededRandom(20)
    let wentOn = 0
    for (let kill = 0; kill < KILLS; kill++) {
      const before = timeOf(checkpoint)
      const { child, result } = home.start(args)
      // Every other is killed somewhere in its start, the rest somewhere behind their first checkpoint.
      const isEarly = kill % 2 === 0
      while (!isEarly && timeOf(checkpoint) === before && child.exitCode === null) await delay(20)
      await delay(random() * (isEarly ? 1_500 : 500))
      child.kill('SIGKILL')
      const { err } = await result
      if (err.includes('going on behind')) wentOn += 1
    }
    expect(wentOn).toBeGreaterThan(KILLS / 4)
    const last = await home.run([...args, '--json'])
    expect(last.code).toBe(1)
    const unstorable = DOCUMENTS / UNSTORABLE_EVERY
    const counts = onlyJson(last) as Readonly<Record<string, number>>
    expect(counts).toMatchObject({ read: DOCUMENTS, deadLettered: unstorable + CUT, skipped: 0 })
    expect(counts.indexed! + counts.unchanged! + unstorable + CUT).toBe(DOCUMENTS)
    const letters = (await readFile(join(home.path, 'killed.ndjson'), 'utf8')).trimEnd().split('\n')
    const named = new Set(letters.map(idOfLetter))
    const stored = await storedDocuments(url, index)
    const all = Array.from({ length: DOCUMENTS }, (_, number) => `d${number}`)
    expect([...stored.keys(), ...named].sort()).toEqual(all.sort())
    expect(existsSync(checkpoint)).toBe(false)
  })

  it('is shared by four processes, which write what one writes', async () => {
    const file = await home.write('shared.jsonl', [
      ...documents(2_000),
      { _id: 'd7', text: 'the last of its id' },
    ])
    const [one, four] = [uniqueName('accept-one'), uniqueName('accept-four')]
    await home.run(command(one, file))
    await home.run(['init', '--url', url, '--index', four, '--model', 'bm25'])
    const workers = await Promise.all([
      home.run(command(four, '--json', '--partition', '1/4', file)),
      home.run(command(four, '--json', '--partition', '2/4', file)),
      ...['2', '3'].map((number) =>
        home.run(command(four, '--json', file), {
          env: { JOB_COMPLETION_INDEX: number, SPLADE_BRIDGE_PARTITIONS: '4' },
        }),
      ),
    ])
    const reads = workers.map((worker) => (onlyJson(worker) as { readonly read: number }).read)
    expect(reads.reduce((sum, read) => sum + read)).toBe(2_001)
    expect(Math.min(...reads)).toBeGreaterThan(300)
    const [byOne, byFour] = [await storedDocuments(url, one), await storedDocuments(url, four)]
    expect([...byFour].sort()).toEqual([...byOne].sort())
    expect(byFour.get('d7')).toContain('the last of its id')
  })

  it('is mended from its dead letters, which lead to where the documents belong', async () => {
    const index = uniqueName('accept-mend')
    const file = await home.write('mend.jsonl', documents(400))
    await home.run(command(index, '--dead-letters', 'mend.ndjson', file))
    const letters = await readFile(join(home.path, 'mend.ndjson'), 'utf8')
    const again = await home.run(command(index, '--json', '--from-dead-letters', 'mend.ndjson'))
    expect(onlyJson(again)).toMatchObject({ read: 1, deadLettered: 1 })
    expect(existsSync(join(home.path, 'mend.again.ndjson'))).toBe(true)
    await home.write('mend.ndjson', letters.replaceAll('{"broken":true}', '250'))
    const mended = await home.run(command(index, '--json', '--from-dead-letters', 'mend.ndjson'))
    expect(onlyJson(mended)).toMatchObject({ read: 1, indexed: 1, deadLettered: 0 })
    const unchanged = await home.run(command(index, '--json', await home.write('mend.jsonl', repaired(400))))
    expect(onlyJson(unchanged)).toMatchObject({ read: 400, unchanged: 400 })
    const same = await home.run(
      command(index, '--from-dead-letters', 'mend.ndjson', '--dead-letters', './mend.ndjson'),
    )
    expect(same).toMatchObject({ code: 2, err: expect.stringContaining('must be another file') })
  })

  it('that was killed leaves settings behind which --restore gives back, with what they were', async () => {
    const index = uniqueName('accept-relax')
    const file = await home.write('relax.jsonl', documents(DOCUMENTS))
    const { child, result } = home.start(command(index, '--relax', 'empty', file))
    await untilDocuments(url, index, 1)
    child.kill('SIGKILL')
    await result
    const settings = async (): Promise<string> => (await fetch(`${url}/${index}/_settings`)).text()
    expect(await settings()).toContain('"refresh_interval":"-1"')
    const restored = await home.run(['index', '--url', url, '--index', index, '--restore'])
    expect(restored).toMatchObject({
      code: 0,
      out: expect.stringContaining('auto_expand_replicas is 0-1 again'),
    })
    expect(await settings()).not.toContain('"refresh_interval":"-1"')
    const again = await home.run(['index', '--url', url, '--index', index, '--restore'])
    expect(again.out).toBe(`index ${index}: nothing was put off\n`)
  })

  it('tells scripts of its events, and people of its course in a page of its own', async () => {
    const file = await home.write('told.jsonl', [...documents(300), { _id: 'last', text: ' ' }])
    const told = await home.run(
      command(uniqueName('accept-told'), '--json', '--events', '--report', 'load.html', file),
    )
    const lines = told.out.trimEnd().split('\n')
    const types = lines.map((line) => (JSON.parse(line) as { readonly type?: string }).type)
    expect(types).toEqual(expect.arrayContaining(['progress', 'dead-letter', 'without-text', undefined]))
    expect(types.indexOf(undefined)).toBe(lines.length - 1)
    const html = await readFile(join(home.path, 'load.html'), 'utf8')
    expect(html).toContain('<th scope="row">documents read</th><td>301</td>')
    expect(html.match(/<svg /g)).toHaveLength(3)
  })

  it.each([
    [['--events', 'a.jsonl'], '--events needs --json'],
    [['--restore', 'a.jsonl'], '--restore takes no files'],
    [[], 'name the files to index, or - for standard input'],
    [['--from-dead-letters', 'a.ndjson', 'b.jsonl'], '--from-dead-letters takes the place of files'],
    [['--partition', '0/4', 'b.jsonl'], 'from 1/4 to 4/4'],
  ])('refuses %j', async (args, message) => {
    const refused = await home.run(['index', ...args])
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining(message) })
  })
})

function repaired(count: number): readonly object[] {
  return documents(count).map((document, number) => ({ ...document, size: number }))
}

/** When a file was changed, 0 where there is none. */
function timeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
