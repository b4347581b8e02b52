import { describe, expect, it } from '@jest/globals'
import pc from 'picocolors'
import { formatTable } from '../../../src/cli/table.js'

describe('formatTable', () => {
  it('lines up columns, to the right where asked, without trailing blanks', () => {
    const rows = [
      ['a', '1', 'x'],
      ['long', '100', ''],
    ]
    expect(formatTable(rows, [1])).toEqual(['a       1  x', 'long  100'])
  })

  it('counts a Hangul syllable as two cells', () => {
    expect(
      formatTable([
        ['김치', '1'],
        ['abcde', '2'],
      ]),
    ).toEqual(['김치   1', 'abcde  2'])
  })

  it('counts colour codes as nothing', () => {
    const { red } = pc.createColors(true)
    expect(
      formatTable([
        [red('ab'), '1'],
        ['abc', '2'],
      ]),
    ).toEqual([`${red('ab')}   1`, 'abc  2'])
  })

  it('takes a missing cell for an empty one', () => {
    expect(formatTable([['a'], ['b', 'c']])).toEqual(['a', 'b  c'])
  })

  it('has no lines for no rows', () => {
    expect(formatTable([])).toEqual([])
  })
})
