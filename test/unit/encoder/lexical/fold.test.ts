import { describe, expect, it } from '@jest/globals'
import { foldText } from '../../../../src/encoder/lexical/fold.js'

const ignorable = /\p{Default_Ignorable_Code_Point}/gu

/** The rule that folding promises, without places. */
function plainFold(text: string): string {
  return text.replace(ignorable, '').normalize('NFKC').toLowerCase().replaceAll('ς', 'σ')
}

describe('foldText', () => {
  it.each([
    'Plain ASCII, Éléphant, Straße',
    'ﬁ ﬂ ﬀ Ⅳ ½ ² ㎢ ㍿ ① … ™',
    'ＡＢＣ１２３！',
    'ガギグ ｶﾞｷﾞ',
    '서울특별시'.normalize('NFD'),
    'Crème brûlée'.normalize('NFD'),
    'ΟΔΥΣΣΕΥΣ ὈΔΥΣΣΕΎΣ',
    '𝐁𝐨𝐥𝐝 𠮷野家 🍕👍🏽',
    'co\u00adoperate\u200d \ufeffx',
    'שָׁלוֹם العَرَبِيَّة हिन्दी สวัสดี',
    'q\u0323\u0307 q\u0307\u0323',
  ])('equals NFKC in lower case: %s', (text) => {
    expect(foldText(text).text).toBe(plainFold(text))
  })

  it('equals NFKC in lower case for every character of the basic plane but jamo', () => {
    for (let unit = 0; unit < 0x10000; unit++) {
      const text = `x ${String.fromCharCode(unit)} x`
      if (/[\u1100-\u11ff\u3131-\u318e\ua960-\ua97f\ud7b0-\ud7fb\uffa0-\uffdc]/.test(text)) continue
      if (foldText(text).text !== plainFold(text)) throw new Error(`U+${unit.toString(16)}`)
    }
    expect(foldText('x').text).toBe('x')
  })

  it('leaves compatibility jamo alone', () => {
    expect(foldText('ㅋㅋ ㅏ ㄱ').text).toBe('ㅋㅋ ㅏ ㄱ')
  })

  it('bounds the marks that are sorted together', () => {
    const text = `e${'\u0323\u0301'.repeat(100)}`
    expect(foldText(text).text.normalize('NFKC')).toBe(text.normalize('NFKC'))
  })
})

describe('toOriginal', () => {
  it('is the identity where nothing changed length', () => {
    expect(foldText('Ａb 서울').toOriginal(1, 4)).toEqual([1, 4])
  })

  it('maps a shrunken segment to all of it', () => {
    const folded = foldText(`x${'한'.normalize('NFD')}y`)
    expect(folded.text).toBe('x한y')
    expect(folded.toOriginal(0, 1)).toEqual([0, 1])
    expect(folded.toOriginal(1, 2)).toEqual([1, 4])
    expect(folded.toOriginal(2, 3)).toEqual([4, 5])
    expect(folded.toOriginal(0, 3)).toEqual([0, 5])
  })

  it('maps each part of a grown segment to all of it', () => {
    const folded = foldText('aﬃz')
    expect(folded.text).toBe('affiz')
    expect(folded.toOriginal(1, 2)).toEqual([1, 2])
    expect(folded.toOriginal(3, 4)).toEqual([1, 2])
    expect(folded.toOriginal(4, 5)).toEqual([2, 3])
  })

  it('steps over what disappeared', () => {
    const folded = foldText('\u200dab')
    expect(folded.text).toBe('ab')
    expect(folded.toOriginal(0, 2)).toEqual([1, 3])
  })

  it('gives every character a place that folds to it', () => {
    const text = 'ﬁ㎢ e\u0301\u0323 각각 \u00ad½İ🍕'.normalize('NFD') + 'ＡＢ'
    const folded = foldText(text)
    for (let index = 0; index < folded.text.length; index++) {
      const [start, end] = folded.toOriginal(index, index + 1)
      expect(plainFold(text.slice(start, end))).toContain(folded.text[index])
    }
  })
})
