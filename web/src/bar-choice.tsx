import { BARS, type Bars } from './preferences.js'
import { useWords } from './language.js'

interface BarChoiceProps {
  readonly chosen: Bars
  readonly onChoose: (bars: Bars) => void
}

/** Whether a bar is a token of the model, or a word with all its pieces. */
export function BarChoice({ chosen, onChoose }: BarChoiceProps) {
  const words = useWords()
  return (
    <fieldset class="radios bar-choice">
      <legend>{words.bars}</legend>
      {BARS.map((bars) => (
        <label key={bars}>
          <input
            type="radio"
            name="bars"
            checked={bars === chosen}
            onChange={() => {
              onChoose(bars)
            }}
          />
          {words.barKinds[bars]}
        </label>
      ))}
    </fieldset>
  )
}
