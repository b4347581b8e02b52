import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { InputError } from '../../../src/errors.js'
import { readCorpus, readQrels, readQueries, type BeirDocument } from '../../../src/evaluate/beir.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'beir-'))
  await mkdir(join(folder, 'qrels'))
})

afterEach(() => rm(folder, { recursive: true }))

const write = (name: string, ...lines: readonly string[]): Promise<void> =>
  writeFile(join(folder, name), lines.join('\n'))

async function corpus(): Promise<BeirDocument[]> {
  const documents = []
  for await (const document of readCorpus(folder)) documents.push(document)
  return documents
}

describe('readCorpus', () => {
  it('reads ids, titles and texts, and passes blank lines', async () => {
    await write(
      'corpus.jsonl',
      '{"_id":"1","title":"서울","text":"수도"}',
      '',
      '{"_id":"2","text":"b","metadata":{}}',
    )
    expect(await corpus()).toEqual([
      { id: '1', title: '서울', text: '수도' },
      { id: '2', title: '', text: 'b' },
    ])
  })

  it.each([
    ['{"_id":"2"', /corpus\.jsonl:2: must be a JSON object: /],
    ['["2"]', /corpus\.jsonl:2: must be a JSON object$/],
    ['{"_id":2,"text":"x"}', /corpus\.jsonl:2: field "_id" must be a string, is 2$/],
    ['{"_id":"2"}', /corpus\.jsonl:2: field "text" must be a string, is missing$/],
    ['{"_id":"2","title":null,"text":[]}', /corpus\.jsonl:2: field "text" must be a string, is \[\]$/],
  ])('names file and line of %s', async (line, message) => {
    await write('corpus.jsonl', '{"_id":"1","text":"x"}', line)
    await expect(corpus()).rejects.toThrow(message)
    await expect(corpus()).rejects.toThrow(InputError)
  })

  it('ends a line at a line feed only, and passes a byte-order mark', async () => {
    await write(
      'corpus.jsonl',
      '\ufeff{"_id":"1","text":"a\u2028b\u2029c\u0085d"}\r',
      '{"_id":"2","text":"e"}',
    )
    expect((await corpus()).map(({ text }) => text)).toEqual(['a\u2028b\u2029c\u0085d', 'e'])
  })

  it('refuses an id that is there twice: a document found twice would count twice', async () => {
    await write('corpus.jsonl', '{"_id":"1","text":"x"}', '{"_id":"2","text":"y"}', '{"_id":"1","text":"z"}')
    await expect(corpus()).rejects.toThrow(/corpus\.jsonl:3: id "1" is that of line 1 already$/)
  })

  it('names a file that is not there', async () => {
    await expect(corpus()).rejects.toThrow(/corpus\.jsonl: cannot be read: .*ENOENT/)
  })

  it('says what a folder has to hold where it has no judgements', async () => {
    const none = readQrels(join(folder, 'no-such-set'))
    await expect(none).rejects.toThrow(
      /qrels: cannot be read: .*; a folder in BEIR layout has corpus\.jsonl, queries\.jsonl and qrels\/\*\.tsv$/,
    )
  })

  it('can be left before its end', async () => {
    await write('corpus.jsonl', '{"_id":"1","text":"x"}', 'not JSON')
    for await (const { id } of readCorpus(folder)) {
      expect(id).toBe('1')
      break
    }
  })
})

describe('readQueries', () => {
  it('reads every query', async () => {
    await write('queries.jsonl', '{"_id":"q1","text":"a"}', '{"_id":"q2","text":"b","metadata":{}}')
    expect(await readQueries(folder)).toEqual([
      { id: 'q1', text: 'a' },
      { id: 'q2', text: 'b' },
    ])
  })
})

describe('readQrels', () => {
  const header = 'query-id\tcorpus-id\tscore'

  it('groups grades by query, whatever the line ends', async () => {
    await write('qrels/test.tsv', `${header}\r`, 'q1\td1\t1\r', 'q1\td2\t0\r', 'q2\td1\t2')
    const qrels = await readQrels(folder)
    expect([...(qrels.get('q1') ?? [])]).toEqual([
      ['d1', 1],
      ['d2', 0],
    ])
    expect(qrels.get('q2')?.get('d1')).toBe(2)
  })

  it('takes a byte-order mark for no part of the header or of the first id', async () => {
    await write('qrels/test.tsv', `\ufeff${header}`, 'q1\td1\t1')
    expect([...(await readQrels(folder)).keys()]).toEqual(['q1'])
    await write('qrels/test.tsv', '\ufeffq1\td1\t1')
    expect([...(await readQrels(folder)).keys()]).toEqual(['q1'])
  })

  it('needs no header', async () => {
    await write('qrels/test.tsv', 'q1\td1\t1')
    expect([...(await readQrels(folder)).keys()]).toEqual(['q1'])
  })

  it('takes the only split, the one named, or test', async () => {
    await write('qrels/dev.tsv', header, 'dev\td\t1')
    expect((await readQrels(folder)).has('dev')).toBe(true)
    await write('qrels/train.tsv', header, 'train\td\t1')
    expect((await readQrels(folder, 'train')).has('train')).toBe(true)
    await expect(readQrels(folder)).rejects.toThrow(/qrels: choose one of its splits: dev, train$/)
    await write('qrels/test.tsv', header, 'test\td\t1')
    expect((await readQrels(folder)).has('test')).toBe(true)
  })

  it.each([
    ['q1 d1 1', /test\.tsv:2: must be a query id, a document id and a grade between tabs$/],
    ['q1\td1\thigh', /test\.tsv:2: grade must be an integer, is "high"$/],
    ['q1\t0\td1\t1', /test\.tsv:2: must be a query id/],
  ])('names file and line of %j', async (line, message) => {
    await write('qrels/test.tsv', header, line)
    await expect(readQrels(folder)).rejects.toThrow(message)
  })

  it('refuses a file or folder without judgements', async () => {
    await expect(readQrels(folder)).rejects.toThrow(/qrels: has no \.tsv file$/)
    await write('qrels/test.tsv', header)
    await expect(readQrels(folder)).rejects.toThrow(/test\.tsv: has no judgements$/)
  })
})
