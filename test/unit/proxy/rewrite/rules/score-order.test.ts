import { describe, expect, it } from '@jest/globals'
import { parseJsonSource } from '../../../../../src/proxy/rewrite/json/json-source.js'
import { reasonAgainstRules } from '../../../../../src/proxy/rewrite/rules/score-order.js'

const reasonFor = (body: object, parameters: string) =>
  reasonAgainstRules(parseJsonSource(JSON.stringify(body)).root, new URLSearchParams(parameters))

describe('a search whose best hits are wanted', () => {
  it.each<[object, string]>([
    [{}, ''],
    [{ size: 20 }, ''],
    [{ sort: '_score' }, ''],
    [{ sort: ['_score', { date: 'desc' }] }, ''],
    [{ sort: [{ _score: { order: 'desc' } }] }, ''],
    [{}, 'sort=_score:desc,date'],
    [{ size: 0 }, 'size=5'],
  ])('%j, %s may have rules', (body, parameters) => {
    expect(reasonFor(body, parameters)).toBeUndefined()
  })
})

describe('a search that is not for its best hits', () => {
  it.each<[object, string, string]>([
    [{ size: 0, aggs: {} }, '', 'the search asks for no hits'],
    [{}, 'size=0', 'the search asks for no hits'],
    [{ size: 5 }, 'size=0', 'the search asks for no hits'],
    [{ sort: 'date' }, '', 'its hits are sorted by date'],
    [{ sort: [{ date: 'desc' }, '_score'] }, '', 'its hits are sorted by date'],
    [{ sort: { 'topic.keyword': { order: 'asc' } } }, '', 'its hits are sorted by topic.keyword'],
    [{}, 'sort=date:desc,_score', 'its hits are sorted by date'],
  ])('%j, %s is left: %s', (body, parameters, reason) => {
    expect(reasonFor(body, parameters)).toBe(reason)
  })
})
