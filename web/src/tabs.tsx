interface TabsProps<Value extends string> {
  /** Prefix of the ids of the tabs; the panel is `NAME-panel`. */
  readonly name: string
  readonly label: string
  readonly tabs: readonly { readonly value: Value; readonly text: string }[]
  readonly chosen: Value
  readonly onChoose: (value: Value) => void
}

/**
 * Tabs with the keys that people expect: arrows, Home and End choose, Tab leaves.
 * https://www.w3.org/WAI/ARIA/apg/patterns/tabs/
 */
export function Tabs<Value extends string>({ name, label, tabs, chosen, onChoose }: TabsProps<Value>) {
  const move = (event: KeyboardEvent): void => {
    const place = tabs.findIndex(({ value }) => value === chosen)
    const next = tabs[nextPlace(event.key, place, tabs.length)]
    if (next === undefined) return
    event.preventDefault()
    onChoose(next.value)
    document.getElementById(`${name}-${next.value}`)?.focus()
  }
  return (
    <div class="tabs" role="tablist" aria-label={label} onKeyDown={move}>
      {tabs.map(({ value, text }) => (
        <button
          key={value}
          type="button"
          role="tab"
          id={`${name}-${value}`}
          aria-selected={value === chosen}
          aria-controls={`${name}-panel`}
          tabIndex={value === chosen ? 0 : -1}
          onClick={() => {
            onChoose(value)
          }}
        >
          {text}
        </button>
      ))}
    </div>
  )
}

/** -1 for a key that does not move. */
function nextPlace(key: string, place: number, count: number): number {
  switch (key) {
    case 'ArrowRight':
      return (place + 1) % count
    case 'ArrowLeft':
      return (place + count - 1) % count
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return -1
  }
}
