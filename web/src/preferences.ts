import { useEffect, useState } from 'preact/hooks'
import type { Language } from './strings.js'

export const THEMES = ['auto', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

/** What the reader has chosen, kept in this browser only. */
function useStored<Value extends string>(
  name: string,
  values: readonly Value[],
  fallback: Value,
): [Value, (value: Value) => void] {
  const [value, setValue] = useState(() => {
    const stored = localStorage.getItem(name)
    return values.find((candidate) => candidate === stored) ?? fallback
  })
  const store = (chosen: Value): void => {
    localStorage.setItem(name, chosen)
    setValue(chosen)
  }
  return [value, store]
}

/** Colours of the page: those of the system unless another theme is chosen. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useStored('theme', THEMES, 'auto')
  useEffect(() => {
    document.documentElement.dataset.theme = theme
  }, [theme])
  return [theme, setTheme]
}

/** What a bar of a sparse hit stands for: a token of the model, or a word with all its pieces. */
export const BARS = ['tokens', 'words'] as const
export type Bars = (typeof BARS)[number]

/** Tokens unless words were chosen. */
export function useBars(): [Bars, (bars: Bars) => void] {
  return useStored('bars', BARS, 'tokens')
}

/** Language of the page: the browser's, if it is one of ours, unless the other is chosen. */
export function useLanguage(): [Language, (language: Language) => void] {
  const preferred: Language = navigator.language.startsWith('ko') ? 'ko' : 'en'
  const [language, setLanguage] = useStored('language', ['en', 'ko'], preferred)
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  return [language, setLanguage]
}
