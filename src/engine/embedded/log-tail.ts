import { readFile } from 'node:fs/promises'

/** The last lines of a text that hold anything, in order. */
export function lastLines(text: string, count: number): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.slice(-count).join('\n')
}

/** A log's text, or an empty one if it does not exist. */
export async function readLog(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '')
}
