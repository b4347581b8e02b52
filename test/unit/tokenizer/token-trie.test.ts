import { describe, expect, it } from '@jest/globals'
import { TokenTrie } from '../../../src/tokenizer/token-trie.js'

describe('TokenTrie', () => {
  const tokens = new Map(['a', 'ab', 'abc', 'b', '한국', '##x', '😀'].map((token, id) => [token, id]))
  const trie = new TokenTrie(tokens)

  it('finds every token and no other string', () => {
    for (const [token, id] of tokens) expect(trie.idAt(trie.walk(token))).toBe(id)
    for (const other of ['', 'c', 'abcd', '한', '##', '\ud83d'])
      expect(trie.idAt(trie.walk(other))).toBe(TokenTrie.NONE)
  })

  it('tells the start of a token from a dead end', () => {
    expect(trie.walk('한')).not.toBe(TokenTrie.NONE)
    expect(trie.walk('국')).toBe(TokenTrie.NONE)
    expect(trie.step(TokenTrie.NONE, 0x61)).toBe(TokenTrie.NONE)
  })

  it('holds a large vocabulary', () => {
    const many = new Map(Array.from({ length: 20_000 }, (_, id) => [`token${id.toString(36)}`, id]))
    const large = new TokenTrie(many)
    expect([...many].every(([token, id]) => large.idAt(large.walk(token)) === id)).toBe(true)
  })
})
