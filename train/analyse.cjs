/**
 * The project's own analysis for Python: one JSON string a line in, one array of [term, start, end] a line out, with
 * positions in UTF-16 code units. Run `npm run build` first.
 *
 *     node train/analyse.cjs [FOLDER OF THE COMPILED SOURCE] < texts.jsonl > terms.jsonl
 */
const { createInterface } = require('node:readline')
const { resolve } = require('node:path')
const { pathToFileURL } = require('node:url')

const compiled = resolve(process.argv[2] ?? resolve(__dirname, '../dist'))
const load = (file) => import(pathToFileURL(resolve(compiled, 'encoder/lexical', file)).href)

async function main() {
  const { analyse } = await load('analysis.js')
  const { WORD_AND_BIGRAM_RULES } = await load('word-and-bigrams.js')
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    const terms = analyse(JSON.parse(line), WORD_AND_BIGRAM_RULES)
    process.stdout.write(JSON.stringify(terms.map(({ term, start, end }) => [term, start, end])) + '\n')
  }
}

void main()
