import { useLocale } from '../language.js'
import { KOREAN_TERMS } from './korean-terms.js'

/** Columns of lists of events, which the definition calls by their fields. */
export const COLUMN_NAMES: Readonly<Record<string, string>> = {
  'splade.query.total_ms': 'time, ms',
  'splade.query.encode_ms': 'encoding, ms',
  'splade.query.engine_ms': 'engine, ms',
  'splade.query.active_tokens': 'tokens',
  'splade.query.text': 'text',
  'splade.query.hash': 'query',
}

/** Says titles and labels of the dashboards, which come in English, in the language of the page. */
export function useDashboardWords(): (english: string) => string {
  const language = useLocale()
  return (english) => {
    const words = COLUMN_NAMES[english] ?? english.replace(/^\[splade-bridge\] /, '')
    return language === 'ko' ? (KOREAN_TERMS[words] ?? words) : words
  }
}
