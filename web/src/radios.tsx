interface RadiosProps<Value extends string> {
  /** Of the group in the page. */
  readonly name: string
  readonly legend: string
  readonly values: readonly Value[]
  readonly labels: Readonly<Record<Value, string>>
  readonly chosen: Value
  readonly onChoose: (value: Value) => void
  readonly class?: string
}

/** One of a few values, each to be seen. */
export function Radios<Value extends string>(props: RadiosProps<Value>) {
  const { name, legend, values, labels, chosen, onChoose } = props
  return (
    <fieldset class={props.class === undefined ? 'radios' : `radios ${props.class}`}>
      <legend>{legend}</legend>
      {values.map((value) => (
        <label key={value}>
          <input
            type="radio"
            name={name}
            checked={value === chosen}
            onChange={() => {
              onChoose(value)
            }}
          />
          {labels[value]}
        </label>
      ))}
    </fieldset>
  )
}
