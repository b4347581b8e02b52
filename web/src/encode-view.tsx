import { useState } from 'preact/hooks'
import type { EncodeAnswer, EncodeRequest, ShownToken } from '../../src/web/api.js'
import { type HeatPiece, heatPieces } from './heat.js'
import { useWords } from './language.js'
import { Radios } from './radios.js'
import { server } from './server.js'
import { milliseconds } from './strings.js'
import { TokenFigures } from './term-figures.js'
import { useAnswer } from './use-answer.js'

const EXAMPLE =
  '서울 지하철 2호선은 순환선으로, 하루 이용객이 가장 많은 노선이다. An automobile that clicks but stays silent usually has a flat battery.'
const SHOWN_TOKENS = 40
/** From this on a vocabulary does not know the language. */
export const FRAGMENTED = 0.5

type Side = NonNullable<EncodeRequest['as']>
const SIDES = ['document', 'query'] as const

/** What the model makes of any text. */
export function EncodeView() {
  const words = useWords()
  const [text, setText] = useState(EXAMPLE)
  const [side, setSide] = useState<Side>('document')
  const key = text.trim() === '' ? '' : `${side} ${text}`
  const { answer, isWaiting, error } = useAnswer(key, async (signal) => ({
    text,
    ...(await server.encode({ text, as: side }, signal)),
  }))
  return (
    <div class="encode">
      <div class="card">
        <label for="text">{words.textLabel}</label>
        <textarea
          id="text"
          rows={5}
          maxLength={200_000}
          spellcheck={false}
          placeholder={words.textHint}
          value={text}
          onInput={({ currentTarget }) => {
            setText(currentTarget.value)
          }}
        />
        <Radios
          name="side"
          legend={words.encodeAs}
          values={SIDES}
          labels={words.sides}
          chosen={side}
          onChoose={setSide}
        />
      </div>
      {error !== undefined && (
        <p class="error" role="alert">
          {error === '' ? words.unreachable : error}
        </p>
      )}
      <p class="status" role="status">
        {answer ? summary(answer) : isWaiting && words.working}
      </p>
      {answer && (
        <div class="encoded" aria-busy={isWaiting}>
          <Warnings answer={answer} />
          <HeatMap text={answer.text} tokens={answer.tokens} />
          <TokenLists tokens={answer.tokens} />
        </div>
      )}
    </div>
  )

  function summary({ tokens, tokenCount, chunkCount, encodeMs }: EncodeAnswer): string {
    return words.encoded(tokens.length, tokenCount, chunkCount, milliseconds(encodeMs))
  }
}

function Warnings({ answer }: { readonly answer: EncodeAnswer }) {
  const words = useWords()
  const { truncated, fragmentation, tokens } = answer
  return (
    <>
      {truncated && <p class="warning">{words.truncated}</p>}
      {fragmentation > FRAGMENTED && <p class="warning">{words.fragmented}</p>}
      {tokens.length === 0 && <p class="warning">{words.emptyVector}</p>}
    </>
  )
}

interface TokensOfText {
  readonly text: string
  readonly tokens: readonly ShownToken[]
}

function HeatMap({ text, tokens }: TokensOfText) {
  const words = useWords()
  return (
    <section class="card" aria-labelledby="heat-title">
      <h2 id="heat-title">{words.heatMap}</h2>
      <p class="hint">{words.heatHint}</p>
      <p class="heat">
        {heatPieces(text, tokens).map((piece, place) => (
          <Heat key={place} {...piece} />
        ))}
      </p>
    </section>
  )
}

/** Five shades, each with enough contrast to the letters. */
const SHADES = 5

function Heat({ text, heat, tokens }: HeatPiece) {
  if (tokens.length === 0) return <span>{text}</span>
  const title = tokens.map((token) => `${token.text} ${token.weight.toFixed(2)}`).join('\n')
  return (
    <span class="hot" data-heat={Math.max(1, Math.ceil(heat * SHADES))} title={title}>
      {text}
    </span>
  )
}

function TokenLists({ tokens }: { readonly tokens: readonly ShownToken[] }) {
  const words = useWords()
  const heaviest = tokens[0]?.weight ?? 1
  const added = tokens.filter(({ spans }) => spans.length === 0)
  const present = tokens.filter(({ spans }) => spans.length > 0)
  return (
    <div class="two">
      <section class="card" aria-labelledby="present-title">
        <h2 id="present-title">{words.present}</h2>
        <Bars tokens={present} heaviest={heaviest} />
        <TokenFigures title={words.present} tokens={present} />
      </section>
      <section class="card" aria-labelledby="added-title">
        <h2 id="added-title">{words.expansion}</h2>
        <p class="hint">{added.length === 0 ? words.noExpansion : words.expansionHint}</p>
        <Bars tokens={added} heaviest={heaviest} />
        <TokenFigures title={words.expansion} tokens={added} />
      </section>
    </div>
  )
}

function Bars({ tokens, heaviest }: { readonly tokens: readonly ShownToken[]; readonly heaviest: number }) {
  return (
    <ul class="bars">
      {tokens.slice(0, SHOWN_TOKENS).map(({ token, text, weight, spans }) => (
        <li key={token} class={spans.length === 0 ? 'bar expansion' : 'bar'}>
          <span class="term">{text}</span>
          <span class="track" aria-hidden="true">
            <span style={{ width: `${(weight / heaviest) * 100}%` }} />
          </span>
          <span class="figure">{weight.toFixed(2)}</span>
        </li>
      ))}
    </ul>
  )
}
