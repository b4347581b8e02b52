import type { WholeAnswer } from '../../rewriter.js'
import { itemsOf, memberOf, numberOf } from '../json/read-node.js'
import { SourceEdits } from '../json/source-edits.js'
import { readAnswer } from '../json/splice-items.js'
import type { BulkOperation } from './bulk-operations.js'

/** Some operations of a `_bulk`, and the answer to them. */
export interface AnsweredRound {
  readonly round: readonly BulkOperation[]
  readonly answer: WholeAnswer
}

/** An answer taken apart; a member is undefined where `filter_path` left it out. */
interface ReadRound {
  readonly round: readonly BulkOperation[]
  readonly took: number | undefined
  readonly errors: boolean | undefined
  readonly items: readonly string[] | undefined
}

/**
 * One answer to operations that were sent in rounds: items in the order of the operations, times added up. Where an
 * answer lists fewer items than were sent, which `filter_path` can do, nobody knows whose they are, and they come as
 * they were answered.
 */
export function joinBulkAnswers(
  operations: readonly BulkOperation[],
  rounds: readonly AnsweredRound[],
): WholeAnswer {
  const [first, ...later] = rounds
  if (first === undefined) throw new RangeError('there is no answer to join')
  const source = readAnswer(first.answer)
  const read = rounds.map(readRound)
  if (source?.root.kind !== 'object' || later.length === 0) return first.answer
  const edits = new SourceEdits(source.text)
  const members = { took: tookOf(read), errors: errorsOf(read), items: joinItems(operations, read) }
  for (const [name, json] of Object.entries(members))
    if (json !== undefined) edits.setMember(source.root, name, json)
  return { ...first.answer, body: Buffer.from(edits.render()) }
}

function readRound({ round, answer }: AnsweredRound): ReadRound {
  const source = readAnswer(answer)
  const items = memberOf(source?.root, 'items')
  const errors = memberOf(source?.root, 'errors')
  return {
    round,
    took: numberOf(memberOf(source?.root, 'took')),
    errors: errors?.kind === 'scalar' ? errors.value === true : undefined,
    items: items && itemsOf(items).map(({ start, end }) => source?.text.slice(start, end) ?? ''),
  }
}

function tookOf(rounds: readonly ReadRound[]): string | undefined {
  const times = rounds.flatMap(({ took }) => took ?? [])
  return times.length === 0 ? undefined : String(times.reduce((sum, took) => sum + took, 0))
}

function errorsOf(rounds: readonly ReadRound[]): string | undefined {
  const known = rounds.flatMap(({ errors }) => errors ?? [])
  return known.length === 0 ? undefined : String(known.includes(true))
}

function joinItems(operations: readonly BulkOperation[], rounds: readonly ReadRound[]): string | undefined {
  if (rounds.every(({ items }) => items === undefined)) return undefined
  const isWhole = rounds.every(({ round, items }) => items?.length === round.length)
  if (!isWhole) return `[${rounds.flatMap(({ items = [] }) => items).join(',')}]`
  const byOperation = new Map(
    rounds.flatMap(({ round, items = [] }) =>
      round.map((operation, place) => [operation, items[place]] as const),
    ),
  )
  return `[${operations.flatMap((operation) => byOperation.get(operation) ?? []).join(',')}]`
}
