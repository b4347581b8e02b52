import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { type Language, STRINGS, type Strings } from './strings.js'

/** The words of the chosen language, for every part of the page. */
export const Words = createContext<Strings>(STRINGS.en)

/** The language of the page, as formats of numbers and dates take it. */
export function useLocale(): Language {
  return useWords() === STRINGS.ko ? 'ko' : 'en'
}

export function useWords(): Strings {
  return useContext(Words)
}
