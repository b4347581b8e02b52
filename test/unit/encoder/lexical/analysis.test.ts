import { describe, expect, it } from '@jest/globals'
import {
  analyse,
  ANALYSIS_RULES,
  countTerms,
  locateTerms,
  MAX_TERM_LENGTH,
} from '../../../../src/encoder/lexical/analysis.js'

/** `term@start-end`, short enough to compare by eye. */
function terms(text: string): string[] {
  return analyse(text).map(({ term, start, end }) => `${term}@${start}-${end}`)
}

/** What the text has where each term points. */
function places(text: string): string[] {
  return analyse(text).map(({ start, end }) => text.slice(start, end))
}

describe('Korean', () => {
  it('strips particles and gives the bigrams of what remains', () => {
    expect(terms('대한민국의 수도를')).toEqual(['대한@0-2', '한민@1-3', '민국@2-4', '수도@6-8'])
  })

  it('strips the verb from a noun', () => {
    expect(terms('번역되었던')).toEqual(['번역@0-2'])
  })

  it('gives a lone syllable as a term', () => {
    expect(terms('꽃')).toEqual(['꽃@0-1'])
  })

  it('offers both readings of two syllables that may end in a particle', () => {
    expect(terms('왕은')).toEqual(['왕은@0-2', '왕@0-1'])
    expect(terms('나무')).toEqual(['나무@0-2'])
  })

  it('finds a compound by the words that it is written in elsewhere', () => {
    const compound = countTerms('원자력발전소')
    expect([...countTerms('원자력 발전소').keys()].every((term) => compound.has(term))).toBe(true)
  })

  it.each(['누구인가?', '무엇인가요', '언제', '어디에서', '얼마나', '어떻게', '왜', '몇'])(
    'gives no term for the question word of "%s"',
    (word) => {
      expect(terms(word)).toEqual([])
    },
  )

  it('reads the decomposed jamo of macOS file names, with places in the text as it is', () => {
    const decomposed = '한글은'.normalize('NFD')
    expect(decomposed).toHaveLength(9)
    expect(terms(decomposed)).toEqual(['한글@0-6'])
    expect(terms(`가 ${'서울'.normalize('NFD')}`)).toEqual(['가@0-1', '서울@2-7'])
  })

  it('keeps the jamo of chat as they are written', () => {
    expect(terms('ㅋㅋㅋ')).toEqual(['ㅋㅋㅋ@0-3'])
  })
})

describe('words of other scripts', () => {
  it('stems English and drops stop words', () => {
    expect(terms('They were studying the proteins')).toEqual(['studi@10-18', 'protein@23-31'])
  })

  it.each([
    ["it's", []],
    ["The cell's", ['cell@4-10']],
    ['they’ll don’t', []],
    ["O'Neill", ['oneil@0-7']],
    ["'quoted'", ['quot@1-7']],
  ])('reads the apostrophes of %s', (text, expected) => {
    expect(terms(text)).toEqual(expected)
  })

  it('separates letters, digits and what stands between', () => {
    expect(terms('IL-6, p53_x')).toEqual(['il@0-2', '6@3-4', 'p@6-7', '53@7-9', 'x@10-11'])
  })

  it('folds Greek, Cyrillic and accented capitals', () => {
    expect(terms('ΟΔΟΣ Москва ÉCOLE')).toEqual(['οδοσ@0-4', 'москва@5-11', 'école@12-17'])
  })

  it('keeps the marks of a word that has no precomposed letters', () => {
    expect(terms('हिन्दी')).toEqual(['हिन्दी@0-6'])
  })

  it('cuts a long word, but points to all of it', () => {
    expect(terms('A'.repeat(70))).toEqual([`${'a'.repeat(MAX_TERM_LENGTH)}@0-70`])
  })

  it('never cuts a surrogate pair in half', () => {
    const gothic = `x${'𐌰'.repeat(40)}`
    const [term] = analyse(gothic)
    expect(term).toEqual({ term: `x${'𐌰'.repeat(31)}`, start: 0, end: 81 })
  })
})

describe('scripts without spaces', () => {
  it('gives bigrams of Han and kana', () => {
    expect(terms('東京タワー')).toEqual(['東京@0-2', '京タ@1-3', 'タワ@2-4', 'ワー@3-5'])
  })

  it('counts a character beyond the basic plane as one', () => {
    expect(terms('𠮷野家')).toEqual(['𠮷野@0-3', '野家@2-4'])
  })

  it('gives bigrams of Thai', () => {
    expect(terms('ไทย')).toEqual(['ไท@0-2', 'ทย@1-3'])
  })

  it('joins half-width kana with their voicing mark', () => {
    expect(terms('ｶﾞｽ')).toEqual(['ガス@0-3'])
  })
})

describe('normalisation', () => {
  it.each([
    ['ligature', 'ﬁne x', ['fine@0-3', 'x@4-5']],
    ['full width', 'ＫＯＲＥＡ　２０２４', ['korea@0-5', '2024@6-10']],
    ['one character that becomes two terms', '5㎢ x', ['5@0-1', 'km@1-2', '2@1-2', 'x@3-4']],
    ['combining accent', 'cafe\u0301 x', ['café@0-5', 'x@6-7']],
    ['soft hyphen', 'cat\u00adfish x', ['catfish@0-8', 'x@9-10']],
    ['capital that grows in lower case', 'İo x', ['i̇o@0-2', 'x@3-4']],
  ])('points into the text as written: %s', (_, text, expected) => {
    expect(terms(text)).toEqual(expected)
  })

  it('gives composed and decomposed text the same terms', () => {
    const text = 'Crème brûlée, 한국어 낱말, がぎぐ'
    expect([...countTerms(text.normalize('NFD'))]).toEqual([...countTerms(text)])
  })
})

describe('mixed text', () => {
  it('changes class without a space', () => {
    expect(terms('2019년까지 KBS는')).toEqual(['2019@0-4', '년@4-5', 'kb@8-11', '는@11-12'])
    expect(terms('고려(高麗)는')).toEqual(['고려@0-2', '高麗@3-5', '는@6-7'])
  })

  it('takes a picture as a term, with what modifies it', () => {
    expect(terms('🍕 pizza👍🏽')).toEqual(['🍕@0-2', 'pizza@3-8', '👍@8-10'])
    expect(places('👨‍👩‍👧')).toEqual(['👨\u200d', '👩\u200d', '👧'])
  })

  it('reads HTML as text', () => {
    expect(terms('<b>굵게</b>')).toEqual(['b@1-2', '굵게@3-5', 'b@7-8'])
  })

  it.each([
    ['nothing', ''],
    ['white space', ' \n\t\u3000'],
    ['punctuation', '… — "?!"'],
    ['control characters', '\0\u0001'],
    ['lone surrogates', '\ud83c \udf55'],
    ['joiners', '\u200d\u200b'],
    ['a mark without a letter', '\u0301'],
  ])('gives no term for %s', (_, text) => {
    expect(analyse(text)).toEqual([])
  })
})

describe('hostile text', () => {
  it.each([
    ['a Latin word', 'a'.repeat(2_000_000), 1],
    ['a Korean word', '가'.repeat(2_000_000), 1],
    ['stacked marks', `e${'\u0323\u0301'.repeat(500_000)}`, undefined],
    ['apostrophes', "a'".repeat(500_000), 1],
    ['lone surrogates', '\ud800'.repeat(500_000), 0],
    ['joiners', '\u200d'.repeat(500_000), 0],
  ])('takes a long run of %s', (_, text, distinctTerms) => {
    const counts = countTerms(text)
    if (distinctTerms !== undefined) expect(counts.size).toBe(distinctTerms)
    for (const term of counts.keys()) expect(term.length).toBeLessThanOrEqual(MAX_TERM_LENGTH)
  })
})

describe('the three views', () => {
  const text = '서울의 서울 Pizza, pizzas: 피자와 ﬁsh'

  it('count as often as they list', () => {
    const listed = analyse(text)
    const counted = [...countTerms(text).values()].reduce((sum, count) => sum + count, 0)
    expect(counted).toBe(listed.length)
  })

  it('locate every occurrence in order', () => {
    const spans = locateTerms(text)
    expect(spans.get('서울')).toEqual([
      [0, 2],
      [4, 6],
    ])
    expect(spans.get('pizza')?.map(([start, end]) => text.slice(start, end))).toEqual(['Pizza', 'pizzas'])
    expect(spans.has('서울의')).toBe(false)
  })

  it('follow other rules where they are given', () => {
    const rules = { ...ANALYSIS_RULES, stemWord: (word: string) => word, stopWords: new Set(['pizza']) }
    expect([...countTerms('Pizza pizzas', rules)]).toEqual([['pizzas', 1]])
  })
})
