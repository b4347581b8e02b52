import { describe, expect, it } from '@jest/globals'
import { sentenceEnds } from '../../../src/tokenizer/sentence-ends.js'

function sentencesOf(text: string): readonly string[] {
  const bounds = [0, ...sentenceEnds(text, 0, text.length), text.length]
  return bounds.slice(1).map((end, index) => text.slice(bounds[index], end))
}

describe('sentenceEnds', () => {
  it.each([
    ['English', ['It rains. ', 'Take an umbrella! ', 'Or stay in? ', 'Yes.']],
    ['Korean', ['대한민국의 수도는 서울이다. ', '인구는 950만 명이다! ', '정말? ', '그렇다.']],
    ['Japanese', ['東京は日本の首都です。', '人口は多い！', '終わり']],
    ['Chinese', ['中国的首都是北京。', '人口很多！', '真的吗？', '是的']],
    ['Hindi', ['यह एक वाक्य है। ', 'यह दूसरा है।']],
    ['numbers and versions', ['Pi is 3.14 in v2.0.1 of it. ', 'So it is.']],
    ['what goes on in lower case', ['It holds approx. five litres. ', 'Or six.']],
    ['acronyms', ['It is in the DNA. ', 'So it is.']],
    ['line ends', ['a heading\n', 'and a line without an end']],
  ])('finds them in %s', (_, sentences) => {
    expect(sentencesOf(sentences.join(''))).toEqual(sentences)
  })

  it.each([
    'Dr. Smith met Mr. J. R. Jones of the U.S. Government, i.e. NASA, see Fig. A, Mrs. Jones.',
    'no punctuation at all',
    'a.b.c',
    '',
  ])('finds none in %j', (text) => {
    expect([...sentenceEnds(text, 0, text.length)]).toEqual([])
  })

  it('gives an opening quote to the sentence that it opens', () => {
    expect(sentencesOf('人口は多い！「本当？」と彼は言った。')).toEqual([
      '人口は多い！',
      '「本当？」',
      'と彼は言った。',
    ])
  })

  it('counts from the start of the whole text and stays inside the stretch', () => {
    const text = 'Ones. Twos. Threes. Fours.'
    expect([...sentenceEnds(text, 6, 20)]).toEqual([12])
  })

  it('finds the same ends in a text that takes many pieces', () => {
    const sentences = Array.from({ length: 3000 }, (_, n) => `This is sentence number ${n}! `)
    expect(sentencesOf(sentences.join(''))).toEqual(sentences)
  })

  it('goes on behind a sentence that is longer than a piece', () => {
    const sentences = ['Short one. ', `${'Long '.repeat(5000)}one. `, 'Last one.']
    expect(sentencesOf(sentences.join(''))).toEqual(sentences)
  })

  it('takes lone surrogates and control characters', () => {
    expect(sentencesOf('a\u0000b! \ud800 c! \udc00')).toEqual(['a\u0000b! ', '\ud800 c! ', '\udc00'])
  })
})
