import { spawnSync } from 'node:child_process'
import { describe, expect, it } from '@jest/globals'
import type { InfoAnswer } from '../../../src/web/api.js'
import { sampleOf } from '../../../web/src/code-samples.js'

const infoOf = (distribution: 'opensearch' | 'elasticsearch'): InfoAnswer => ({
  engine: { distribution, version: '3.8.0' },
  engineUrl: 'http://127.0.0.1:9200',
  throughProxy: false,
  index: '제품 1',
  documents: 1,
  model: { name: 'bm25', fingerprint: 'f' },
  field: 'splade',
  textFields: ['text'],
  titleField: 'text',
})
const BODY = { size: 2, query: { match: { text: `it's "안녕"` } }, explain: true, sort: [], from: null }
const url = 'http://127.0.0.1:9200'

describe('sampleOf', () => {
  it('quotes for the shell what curl is to send', () => {
    const sample = sampleOf('curl', { info: infoOf('opensearch'), url, body: BODY })
    // The shell itself says what arrives.
    const script = sample.replace(/^curl/, 'printf "%s\\n"')
    const words = spawnSync('sh', ['-c', script], { encoding: 'utf8' }).stdout
    expect(words).toContain('/%EC%A0%9C%ED%92%88%201/_search?pretty\n-H\n')
    expect(JSON.parse(words.slice(words.indexOf('-d\n') + 3))).toEqual(BODY)
  })

  it('writes Python that Python reads', () => {
    const sample = sampleOf('python', { info: infoOf('elasticsearch'), url, body: BODY })
    const [, literal = ''] = /body = (\{.*?\n\})\n/s.exec(sample) ?? []
    const program = `import json,sys; print(json.dumps(eval(sys.stdin.read())))`
    const { stdout } = spawnSync('python3', ['-c', program], { input: literal, encoding: 'utf8' })
    expect(JSON.parse(stdout)).toEqual(BODY)
  })

  it.each([
    ['opensearch', '@opensearch-project/opensearch', 'opensearchpy'],
    ['elasticsearch', '@elastic/elasticsearch', 'elasticsearch'],
  ] as const)('uses the official clients of %s', (distribution, node, python) => {
    const sample = { info: infoOf(distribution), url, body: BODY }
    expect(sampleOf('javascript', sample)).toContain(`from '${node}'`)
    expect(sampleOf('python', sample)).toContain(`from ${python} import`)
  })

  it.each([
    ['title', '.title', '.get("title")'],
    ['meta.head line', '.meta?.["head line"]', '.get("meta", {}).get("head line")'],
  ])('prints the field that names a hit, %s', (titleField, javascript, python) => {
    const sample = { info: { ...infoOf('opensearch'), titleField }, url, body: BODY }
    expect(sampleOf('javascript', sample)).toContain(`hit._source${javascript})`)
    expect(sampleOf('python', sample)).toContain(`hit["_source"]${python})`)
  })
})
