import { describe, expect, it } from '@jest/globals'
import { parseJsonSource } from '../../../../../src/proxy/rewrite/json/json-source.js'
import { pageOf } from '../../../../../src/proxy/rewrite/query/search-page.js'

const pageIn = (body: string, parameters = '') =>
  pageOf(parseJsonSource(body).root, new URLSearchParams(parameters))

describe('the page of a search', () => {
  it('is the first ten hits by default', () => {
    expect(pageIn('{"query":{}}')).toEqual({ from: 0, size: 10 })
  })

  it('counts in the address before the body, each number by itself', () => {
    expect(pageIn('{"from":1,"size":2}', 'size=3')).toEqual({ from: 1, size: 3 })
    expect(pageIn('{"from":1,"size":2}', 'from=0')).toEqual({ from: 0, size: 2 })
  })

  it.each([
    ['{"size":5}', 5],
    ['{"size":"5"}', 5],
    ['{"size":" +5"}', 5],
    ['{"size":5.9}', 5],
    ['{"size":5e1}', 50],
    ['{"size":0}', 0],
  ])('has the size that engines read in %s', (body, size) => {
    expect(pageIn(body).size).toBe(size)
  })

  it.each([
    '{"size":-1}',
    '{"size":null}',
    '{"size":true}',
    '{"size":""}',
    '{"size":"five"}',
    '{"size":[5]}',
  ])('has no size where engines refuse %s', (body) => {
    expect(pageIn(body).size).toBeNaN()
  })

  it.each(['size=', 'size=1.0', 'size=-1', 'size=five'])(
    'has no size where engines refuse %s',
    (parameters) => {
      expect(pageIn('{"size":5}', parameters).size).toBeNaN()
    },
  )
})
