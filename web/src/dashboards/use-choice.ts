import { useEffect, useState } from 'preact/hooks'
import { type Choice, formatChoice, parseChoice } from './choice.js'

/** The choice stands in the address, so that it can be kept and shared. */
export function useChoice(): readonly [Choice, (choice: Choice) => void] {
  const [choice, setChoice] = useState(() => parseChoice(location.search))
  useEffect(() => {
    history.replaceState(null, '', formatChoice(choice))
  }, [choice])
  return [choice, setChoice]
}
