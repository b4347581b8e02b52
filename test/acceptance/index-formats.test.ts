import { copyFileSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import iconv from 'iconv-lite'
import { ENGINES, testEngine, uniqueName } from '../engines.js'
import { onlyJson, toJsonLines, useCliHome } from './cli-process.js'
import { countDocuments } from './engine-documents.js'

/** What people read does not depend on the engine. */
const [ENGINE = 'opensearch-3'] = ENGINES
const FIXTURES = join(import.meta.dirname, '../unit/indexer/readers/fixtures')

/** The documents of the fixtures. */
const DOCUMENTS = readFileSync(join(FIXTURES, 'documents.json'), 'utf8')
const parsed = JSON.parse(DOCUMENTS) as readonly Readonly<Record<'id' | 'title' | 'text', string | null>>[]

function toTable(delimiter: string): string {
  const rows = parsed.map(({ id, title, text }) => [id, title ?? '', `"${text ?? ''}"`].join(delimiter))
  return `${['id', 'title', 'text'].join(delimiter)}\r\n${rows.join('\r\n')}\r\n`
}

function toBulk(): string {
  return toJsonLines(
    parsed.flatMap(({ id, title, text }, position) => [
      { [position === 0 ? 'create' : 'index']: { _id: id } },
      { title, text },
    ]),
  )
}

const FORMATS: readonly (readonly [string, string | Buffer])[] = [
  ['lines.jsonl', toJsonLines(parsed)],
  ['lines.jsonl.gz', gzipSync(toJsonLines(parsed))],
  ['lines.jsonl.zst', readFileSync(join(FIXTURES, 'documents.jsonl.zst'))],
  ['bulk.ndjson', toBulk()],
  ['array.json', DOCUMENTS],
  ['utf8.csv', `\ufeff${toTable(',')}`],
  ['excel.csv', iconv.encode(toTable(','), 'utf-16le', { addBOM: true })],
  ['korean.csv', iconv.encode(toTable(','), 'cp949')],
  ['korean.tsv.gz', gzipSync(iconv.encode(toTable('\t'), 'cp949'))],
  ['table.parquet', readFileSync(join(FIXTURES, 'documents.parquet'))],
]

describe('the formats that index reads', () => {
  const { url } = testEngine(ENGINE)
  const home = useCliHome()
  const at = (index: string): readonly string[] => ['--url', url, '--index', index]
  const indexing = (index: string, ...args: string[]): readonly string[] => [
    'index',
    ...at(index),
    ...['--model', 'bm25', '--json', ...args],
  ]

  it.each(FORMATS)('indexes %s so that its Korean and English texts are found', async (name, content) => {
    const index = uniqueName('accept-format')
    await writeFile(join(home.path, name), content)
    const { code, out, err } = await home.run(indexing(index, name))
    expect({ code, err: err.replace(/^.*read as cp949.*\n/, '') }).toEqual({ code: 0, err: '' })
    const copies = name.endsWith('.zst') ? 2 : 1
    expect(JSON.parse(out)).toMatchObject({ read: 3 * copies, deadLettered: 0 })
    expect(await countDocuments(url, index)).toBe(3)
    const found = await home.run(['search', ...at(index), '--json', '밀물과 썰물, stone bridge'])
    const { hits } = onlyJson(found) as { readonly hits: readonly { readonly id: string }[] }
    expect(hits.map(({ id }) => id).sort()).toEqual(['bridge', 'tides'])
  })

  it('gives one index whatever the format was: nothing is encoded again', async () => {
    const index = uniqueName('accept-format')
    expect(onlyJson(await home.run(indexing(index, 'array.json')))).toMatchObject({ indexed: 3 })
    expect(onlyJson(await home.run(indexing(index, 'lines.jsonl.gz')))).toMatchObject({ unchanged: 3 })
    const result = await home.run(indexing(index, 'korean.csv'))
    expect(onlyJson(result)).toMatchObject({ read: 3, indexed: 0, unchanged: 3 })
    expect(result.err).toContain('korean.csv is not UTF-8: read as cp949; --encoding names another\n')
  })

  it('reads folders, patterns and compressed standard input, and says what it leaves out', async () => {
    const index = uniqueName('accept-format')
    await mkdir(join(home.path, 'folder/below'), { recursive: true })
    copyFileSync(join(FIXTURES, 'documents.parquet'), join(home.path, 'folder/below/a.parquet'))
    await home.write('folder/b.csv', 'id;text\nb;the other document\n')
    await home.write('folder/notes.txt', 'no document')
    await home.write('part-1.jsonl', [{ id: 'p1', text: 'one' }])
    const child = home.start(indexing(index, 'folder', 'part-*.jsonl', '-', '--delimiter', ';'))
    child.child.stdin.end(gzipSync(toJsonLines([{ id: 's', text: 'from standard input' }])))
    const result = await child.result
    expect(onlyJson(result)).toMatchObject({ read: 6, indexed: 6 })
    expect(result.err).toContain('left out: folder/notes.txt, whose names tell no format')
  })

  it('sends documents of a bulk file where their action lines say, or all to one index', async () => {
    const [main, other] = [uniqueName('accept-bulk'), uniqueName('accept-bulk')]
    const bulk = [
      { index: { _index: other, _id: '1', routing: 'r' } },
      { text: 'for the other index' },
      { create: { _id: '2' } },
      { text: 'for the index that is asked for' },
    ]
    const file = await home.write('two.ndjson', bulk)
    expect(onlyJson(await home.run(indexing(main, file)))).toMatchObject({ read: 2, indexed: 2 })
    expect([await countDocuments(url, main), await countDocuments(url, other)]).toEqual([1, 1])
    const routed = (await (await fetch(`${url}/${other}/_doc/1?routing=r`)).json()) as object
    expect(routed).toMatchObject({ _routing: 'r', _source: { text: 'for the other index' } })
    expect(onlyJson(await home.run(indexing(main, file)))).toMatchObject({ indexed: 0, unchanged: 2 })
    const one = uniqueName('accept-bulk')
    await home.run(indexing(one, '--ignore-action-index', file))
    expect([await countDocuments(url, one), await countDocuments(url, other)]).toEqual([2, 1])
  })

  it('buries a create for another document of that id', async () => {
    const index = uniqueName('accept-bulk')
    const create = (text: string): string => toJsonLines([{ create: { _id: '1' } }, { text }])
    await home.run(indexing(index, '-'), { input: create('first') })
    const again = await home.run(indexing(index, '-'), { input: create('second') })
    expect(again.code).toBe(1)
    expect(onlyJson(again)).toMatchObject({ read: 1, indexed: 0, deadLettered: 1 })
    expect(again.err).toMatch(/refused: <stdin>:2 \(id 1\): .*version conflict/)
  })

  it.each([
    ['cut.jsonl.gz', gzipSync(toJsonLines(parsed)).subarray(0, -12), 'ends in the middle of its gzip data'],
    ['twice.csv', 'text,text\na,b\n', 'names the column "text" twice'],
    ['short.csv', 'id,text\n1,a\n2\n', 'has 1 columns, the header has 2'],
    ['half.json', '[{"text":"a"},{"text":', 'begins a record that the file ends in the middle of'],
    ['delete.ndjson', '{"delete":{"_id":"1"}}\n', 'has the action "delete"'],
  ])('stops at %s by name and rule', async (name, content, rule) => {
    await writeFile(join(home.path, name), content)
    const { code, err } = await home.run(indexing(uniqueName('accept-format'), name))
    expect(code).toBe(1)
    expect(err).toMatch(new RegExp(`^error: ${name}(:\\d+)?: ${rule}`, 'm'))
  })

  it.each([
    [['--format', 'xml', 'a.jsonl'], "argument 'xml' is invalid"],
    [['--encoding', 'klingon', 'lines.jsonl'], 'encoding must be a text encoding'],
    [['--delimiter', 'ab', 'lines.jsonl'], 'delimiter must be one character'],
    [['no-such-file'], 'there is no file no-such-file'],
    [['no-such-*'], 'no file matches no-such-*'],
  ])('refuses %j before it creates anything', async (args, rule) => {
    const index = uniqueName('accept-format')
    const { code, err } = await home.run(indexing(index, ...args))
    expect({ code, found: err.includes(rule) }).toEqual({ code: 2, found: true })
    expect((await fetch(`${url}/${index}`)).status).toBe(404)
  })
})
