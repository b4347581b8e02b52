import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { STRINGS, type Strings } from './strings.js'

/** The words of the chosen language, for every part of the page. */
export const Words = createContext<Strings>(STRINGS.en)

export function useWords(): Strings {
  return useContext(Words)
}
