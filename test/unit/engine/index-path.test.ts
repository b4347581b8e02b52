import { describe, expect, it } from '@jest/globals'
import { indexPath } from '../../../src/engine/index-path.js'

describe('indexPath', () => {
  it('joins and encodes segments', () => {
    expect(indexPath('책-목록', '_doc', 'a/b c')).toBe(`/${encodeURIComponent('책-목록')}/_doc/a%2Fb%20c`)
  })

  it.each(['', '_all', '*', 'a,b', 'logs-*', 'a/b', 'a b', '..', '.', 'a"b', 'a\nb', '<a-{now}>'])(
    'refuses %j, which would address something else',
    (index) => {
      expect(() => indexPath(index)).toThrow('index must name one index')
    },
  )
})
