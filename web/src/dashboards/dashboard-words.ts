import { useLocale } from '../language.js'
import { COLUMN_NAMES } from './column-names.js'
import { KOREAN_TERMS } from './korean-terms.js'

/** Says titles and labels of the dashboards, which come in English, in the language of the page. */
export function useDashboardWords(): (english: string) => string {
  const language = useLocale()
  return (english) => {
    const words = COLUMN_NAMES[english] ?? english.replace(/^\[splade-bridge\] /, '')
    return language === 'ko' ? (KOREAN_TERMS[words] ?? words) : words
  }
}
