import { fileURLToPath } from 'node:url'
import type { RewritingUpstream } from './rewriting-upstream.js'

/** A handful of documents, and the model that reads them. */
export const MODEL = fileURLToPath(new URL('../../../models/splade-tiny-en', import.meta.url))

export const RECORDS: readonly { readonly _id: string; readonly text: string }[] = [
  { _id: 'bread', text: 'Bread is baked in a hot oven after the dough has risen over night.' },
  { _id: 'symphony', text: 'The orchestra plays a symphony with violins and loud trumpets.' },
  { _id: 'volcano', text: 'A volcano erupts and glowing lava flows into the sea.' },
  { _id: 'car', text: 'My car does not start because the battery is dead.' },
  { _id: 'heart', text: 'The heart pumps blood through arteries and veins.' },
  { _id: 'snow', text: 'Snow covers the mountains in a long cold winter, and no car can start.' },
]

export async function* recordLines(records: readonly object[] = RECORDS): AsyncGenerator<Uint8Array> {
  for (const record of records) yield await Promise.resolve(Buffer.from(`${JSON.stringify(record)}\n`))
}

/** Sends JSON, or text as it is. */
export async function askProxy(
  proxy: RewritingUpstream,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
) {
  const text = typeof body === 'string' ? body : body === undefined ? undefined : JSON.stringify(body)
  const type = text?.endsWith('\n') === true ? 'application/x-ndjson' : 'application/json'
  const answer = await fetch(proxy.url + path, {
    method,
    ...(text !== undefined && { body: text, headers: { 'content-type': type, ...headers } }),
  })
  const received = await answer.text()
  return { status: answer.status, text: received, json: parsed(received), warnings: warningsOf(answer) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** The harness puts one text into a header of its own. */
function warningsOf(answer: Response): readonly string[] {
  return JSON.parse(answer.headers.get('x-test-warnings') ?? '[]') as string[]
}
