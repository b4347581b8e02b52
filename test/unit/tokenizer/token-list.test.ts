import { describe, expect, it } from '@jest/globals'
import { TokenList } from '../../../src/tokenizer/token-list.js'

function contents(list: TokenList): { ids: number[]; spans: number[]; words: number[] } {
  const ids = new Int32Array(list.length)
  const spans = new Int32Array(2 * list.length)
  const words = new Int32Array(list.length)
  list.copyTo({ ids, spans, words }, 0, list.length)
  return { ids: [...ids], spans: [...spans], words: [...words] }
}

describe('TokenList', () => {
  it('counts words as they end', () => {
    const list = new TokenList(0)
    list.push(7, 0, 2)
    list.push(8, 2, 3)
    list.endWord()
    list.pushWord(9, 4, 5)
    expect(contents(list)).toEqual({ ids: [7, 8, 9], spans: [0, 2, 2, 3, 4, 5], words: [0, 0, 1] })
    expect(list.wordCount).toBe(2)
  })

  it('moves the spans and words of a list that it takes in', () => {
    const inner = new TokenList(1)
    inner.pushWord(1, 0, 1)
    inner.pushWord(2, 1, 2)
    const list = new TokenList(1)
    list.pushWord(9, 0, 4)
    list.append(inner, 10)
    list.append(inner, 20)
    expect(contents(list)).toEqual({
      ids: [9, 1, 2, 1, 2],
      spans: [0, 4, 10, 11, 11, 12, 20, 21, 21, 22],
      words: [0, 1, 2, 3, 4],
    })
  })

  it('gives and changes single tokens', () => {
    const list = new TokenList(1)
    list.pushWord(5, 1, 4)
    list.pushWord(6, 4, 5)
    list.setSpan(1, 3, 9)
    expect([list.idAt(1), list.startAt(1), list.endAt(1)]).toEqual([6, 3, 9])
    expect(contents(list).spans).toEqual([1, 4, 3, 9])
  })

  it('copies a part to a place', () => {
    const list = new TokenList(1)
    for (let id = 1; id <= 3; id++) list.pushWord(id, id, id + 1)
    const arrays = { ids: new Int32Array(4), spans: new Int32Array(8), words: new Int32Array(4).fill(-1) }
    list.copyTo(arrays, 1, 2)
    expect([...arrays.ids]).toEqual([0, 1, 2, 0])
    expect([...arrays.spans]).toEqual([0, 0, 1, 2, 2, 3, 0, 0])
    expect([...arrays.words]).toEqual([-1, 0, 1, -1])
  })
})
