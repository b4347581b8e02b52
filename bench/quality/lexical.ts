/**
 * Retrieval quality of the `bm25` encoder, by an exact scorer in memory:
 *
 *   node --import ./bench/typescript.cjs bench/quality/lexical.ts [--ablations] BEIR_FOLDER…
 *
 * Prints the Markdown tables of docs/lexical.md. A document is its title, a space and its text.
 */
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import {
  ANALYSIS_RULES,
  countTerms,
  hangulWordVisitor,
  visitBigrams,
  type AnalysisRules,
} from '../../src/encoder/lexical/analysis.js'
import { documentVector, queryVector, type Bm25Parameters } from '../../src/encoder/lexical/bm25.js'
import { DEFAULT_BM25_PARAMETERS } from '../../src/encoder/lexical/lexical-encoder.js'
import { endOfStem } from '../../src/encoder/lexical/strip-ending.js'
import { readCorpus, readQrels, readQueries, type BeirQuery, type Qrels } from '../../src/evaluate/beir.js'
import { ExactScorer } from '../../src/evaluate/exact-scorer.js'
import { mean, ndcg, recall, reciprocalRank } from '../../src/evaluate/metrics.js'

interface Dataset {
  readonly name: string
  readonly documents: readonly { readonly id: string; readonly text: string }[]
  readonly queries: readonly BeirQuery[]
  readonly qrels: Qrels
}

interface Variant {
  readonly rules?: Partial<AnalysisRules>
  readonly parameters?: Partial<Bm25Parameters>
  readonly quantized?: boolean
}

const wholeWord: AnalysisRules['visitHangulWord'] = (text, start, end, visit) => {
  visit(text.slice(start, end), start, end)
}
const wordAndBigrams: AnalysisRules['visitHangulWord'] = (text, start, end, visit) => {
  if (end - start > 2) wholeWord(text, start, end, visit)
  visitBigrams(text, start, end, visit)
}
const strippedBigrams: AnalysisRules['visitHangulWord'] = (text, start, end, visit) => {
  visitBigrams(text, start, endOfStem(text, start, end), visit)
}
const endOfWord: typeof endOfStem = (_text, _start, end) => end

const VARIANTS: Readonly<Record<string, Variant>> = {
  'as shipped': {},
  'weights not truncated to 9 bits': { quantized: false },
  'Korean: bigrams of words as written, question words kept': { rules: { visitHangulWord: visitBigrams } },
  'Korean: bigrams of words as written': {
    rules: { visitHangulWord: hangulWordVisitor(endOfWord, visitBigrams) },
  },
  'Korean: stems, no bigrams': {
    rules: { visitHangulWord: hangulWordVisitor(endOfStem, wholeWord) },
  },
  'Korean: stems and their bigrams': {
    rules: { visitHangulWord: hangulWordVisitor(endOfStem, wordAndBigrams) },
  },
  'Korean: question words and lone syllables as any other': {
    rules: { visitHangulWord: strippedBigrams },
  },
  'Korean: words as written': { rules: { visitHangulWord: wholeWord } },
  'English: no stemming': { rules: { stemWord: (word) => word } },
  'English: no stop words': { rules: { stopWords: new Set<string>() } },
  ...averageLengthVariants([75, 100, 150, 300, 600]),
  'k1 0.9, b 0.4': { parameters: { k1: 0.9, b: 0.4 } },
  'k1 0.9, b 0.75': { parameters: { k1: 0.9 } },
  'k1 1.2, b 0.4': { parameters: { b: 0.4 } },
}

function averageLengthVariants(lengths: readonly number[]): Record<string, Variant> {
  return Object.fromEntries(
    lengths.map((averageLength) => [`averageLength ${averageLength}`, { parameters: { averageLength } }]),
  )
}

async function readDataset(directory: string): Promise<Dataset> {
  const documents = []
  for await (const { id, title, text } of readCorpus(directory))
    documents.push({ id, text: `${title} ${text}` })
  const [queries, qrels] = await Promise.all([readQueries(directory), readQrels(directory)])
  return { name: basename(directory), documents, queries, qrels }
}

function rankAll(dataset: Dataset, variant: Variant, limit: number): Map<string, readonly string[]> {
  const rules = { ...ANALYSIS_RULES, ...variant.rules }
  const parameters = { ...DEFAULT_BM25_PARAMETERS, ...variant.parameters }
  const scorer = new ExactScorer({ quantized: variant.quantized ?? true })
  for (const { id, text } of dataset.documents)
    scorer.add(id, documentVector(countTerms(text, rules), parameters))
  const judged = dataset.queries.filter(({ id }) => dataset.qrels.has(id))
  return new Map(
    judged.map(({ id, text }) => {
      const counts = countTerms(text, rules)
      const documentFrequencies = new Map(
        Array.from(counts.keys(), (term) => [term, scorer.documentFrequency(term)]),
      )
      const query = queryVector(counts, { documentCount: scorer.documentCount, documentFrequencies })
      return [id, scorer.rank(query, limit).map((document) => document.id)]
    }),
  )
}

type Metric = typeof ndcg

function average(
  dataset: Dataset,
  rankings: ReadonlyMap<string, readonly string[]>,
  metric: Metric,
  k: number,
): string {
  const values = Array.from(rankings, ([id, ranking]) =>
    metric(ranking, dataset.qrels.get(id) ?? new Map(), k),
  )
  return mean(values).toFixed(4)
}

function printRow(cells: readonly string[]): void {
  console.log(`| ${cells.join(' | ')} |`)
}

function printTable(header: readonly string[], rows: Iterable<readonly string[]>): void {
  printRow(header)
  printRow(header.map((_, column) => (column === 0 ? '---' : '---:')))
  for (const row of rows) printRow(row)
  console.log()
}

function qualityRow(dataset: Dataset): string[] {
  const rankings = rankAll(dataset, {}, 100)
  const lengths = dataset.documents.map(({ text }) => countTerms(text).size)
  return [
    dataset.name,
    String(dataset.documents.length),
    mean(lengths).toFixed(0),
    String(rankings.size),
    average(dataset, rankings, ndcg, 1),
    average(dataset, rankings, ndcg, 10),
    average(dataset, rankings, recall, 100),
    average(dataset, rankings, reciprocalRank, 10),
  ]
}

/** Processor time of this process, not time on the clock: a busy machine changes it less. Second pass, warm. */
function printSpeed(datasets: readonly Dataset[]): void {
  const rows = datasets.map(({ name, documents }) => {
    const megabytes = documents.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0) / 1e6
    encodeAll(documents)
    const before = process.cpuUsage()
    encodeAll(documents)
    const { user, system } = process.cpuUsage(before)
    const seconds = (user + system) / 1e6
    return [name, (megabytes / seconds).toFixed(1), (documents.length / seconds).toFixed(0)]
  })
  printTable(['set', 'MB per CPU second', 'documents per CPU second'], rows)
}

function encodeAll(documents: Dataset['documents']): void {
  for (const { text } of documents) documentVector(countTerms(text), DEFAULT_BM25_PARAMETERS)
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { ablations: { type: 'boolean', default: false } },
  })
  if (positionals.length === 0) throw new Error('name at least one BEIR folder')
  const datasets = await Promise.all(positionals.map(readDataset))
  const header = ['set', 'documents', 'mean length', 'queries', 'NDCG@1', 'NDCG@10', 'recall@100', 'MRR@10']
  printTable(header, datasets.map(qualityRow))
  printSpeed(datasets)
  if (!values.ablations) return
  const names = datasets.map(({ name }) => name)
  const rows = Object.entries(VARIANTS).map(([label, variant]) => [
    label,
    ...datasets.map((dataset) => average(dataset, rankAll(dataset, variant, 10), ndcg, 10)),
  ])
  printTable(['NDCG@10', ...names], rows)
}

await main()
