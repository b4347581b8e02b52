import { readFileSync } from 'node:fs'
import { createHash } from 'node:crypto'

/** Sentences that a document is composed of, at least and at most. */
const [FEWEST, MOST] = [3, 9]
const RECORDS_A_CHUNK = 500

/** Sentences of one BEIR corpus, so that a document is of one language and kind. */
function readSentences(file: string): readonly string[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return lines
    .map((line) => (JSON.parse(line) as { readonly text: string }).text)
    .flatMap((text) => text.split(/(?<=[.?!])\s+/))
    .filter((sentence) => sentence.length > 20)
}

/**
 * Documents composed from sentences of real texts, the same ones in every run, as JSON lines. No two are alike.
 *
 * @param files BEIR `corpus.jsonl` files
 * @param count documents
 */
export async function* composeDocuments(
  files: readonly string[],
  count: number,
): AsyncGenerator<Buffer, void, undefined> {
  const corpora = files.map(readSentences)
  for (let first = 0; first < count; first += RECORDS_A_CHUNK) {
    const size = Math.min(RECORDS_A_CHUNK, count - first)
    const records = Array.from({ length: size }, (_, offset) => composeOne(corpora, first + offset))
    yield await Promise.resolve(Buffer.from(records.join('')))
  }
}

/** The texts of those documents, as they are encoded. */
export async function composeTexts(files: readonly string[], count: number): Promise<readonly string[]> {
  const texts: string[] = []
  for await (const chunk of composeDocuments(files, count)) {
    for (const line of chunk.toString().trimEnd().split('\n')) {
      const { title, text } = JSON.parse(line) as { readonly title: string; readonly text: string }
      texts.push(`${title} ${text}`)
    }
  }
  return texts
}

function composeOne(corpora: readonly (readonly string[])[], number: number): string {
  const random = createHash('sha256').update(String(number)).digest()
  const sentences = corpora[random.readUInt32LE(0) % corpora.length] ?? []
  const count = FEWEST + (random.readUInt8(4) % (MOST - FEWEST + 1))
  const text = Array.from(
    { length: count },
    (_, position) =>
      sentences[random.readUInt32LE(5 + (position % 6) * 4 + (position > 5 ? 1 : 0)) % sentences.length],
  ).join(' ')
  return `${JSON.stringify({ _id: `c${number}`, title: `${number} ${text.slice(0, 30)}`, text })}\n`
}
