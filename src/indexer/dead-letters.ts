import { open, type FileHandle } from 'node:fs/promises'
import type { BrokenRecord } from './broken-record.js'
import type { DocumentRecord } from './record.js'

/** A document that could not be indexed, and why. */
export interface DeadLetter {
  readonly record: DocumentRecord
  /** HTTP status of the engine's refusal; 0 if it never got that far. */
  readonly status: number
  readonly reason: string
}

/** What buried a document; only the letters of `index` hold all of it, and can be indexed again. */
export type DeadLetterCommand = 'index' | 'enrich'

/**
 * Dead letters as newline-delimited JSON, appended to a file that exists only once there is one. `document` is
 * the record as it was read, so that it can be repaired and indexed again; of `enrich` the texts that it encoded.
 */
export class DeadLetterFile {
  private handle: FileHandle | undefined
  /** The last append: encoding and writing bury documents at the same time, lines must not mix. */
  private appended: Promise<void> = Promise.resolve()

  constructor(
    private readonly path: string,
    private readonly command: DeadLetterCommand = 'index',
  ) {}

  write(letters: readonly (DeadLetter | BrokenRecord)[]): Promise<void> {
    if (letters.length > 0) this.appended = this.appended.then(() => this.append(letters))
    return this.appended
  }

  async close(): Promise<void> {
    await this.handle?.close()
  }

  private async append(letters: readonly (DeadLetter | BrokenRecord)[]): Promise<void> {
    this.handle ??= await openForAppending(this.path)
    await this.handle.appendFile(letters.map((letter) => toLine(letter, this.command)).join(''))
    // A checkpoint that counts them may be saved right after.
    await this.handle.datasync()
  }
}

/** A file that ends within a line, since its writer was killed or its disk full, gets a line end first. */
async function openForAppending(path: string): Promise<FileHandle> {
  const handle = await open(path, 'a+')
  const { size } = await handle.stat()
  const last = Buffer.alloc(1)
  if (size > 0) await handle.read(last, 0, 1, size - 1)
  if (size > 0 && last.toString() !== '\n') await handle.appendFile('\n')
  return handle
}

function toLine(letter: DeadLetter | BrokenRecord, command: DeadLetterCommand): string {
  return `${JSON.stringify('error' in letter ? toBrokenLetter(letter) : toLetter(letter, command))}\n`
}

/** Of a record that broke a rule: the record, or the text that could not be read as one. */
function toBrokenLetter({ error, origin, target, value, raw, rawLength }: BrokenRecord): object {
  const { action, ...place } = target ?? {}
  return {
    ...origin,
    ...place,
    ...(action === 'create' && { action }),
    status: 0,
    reason: error.rule,
    ...(value === undefined ? { raw, rawLength } : { document: value }),
  }
}

function toLetter({ record, status, reason }: DeadLetter, command: DeadLetterCommand): object {
  const { id, index, routing, origin, source, original } = record
  return {
    // What `enrich` reads is the document of the index itself, which has no other origin.
    ...(command === 'index' ? origin : { command }),
    id,
    index,
    routing,
    ...(record.action === 'create' && { action: record.action }),
    status,
    reason,
    document: { _id: id, ...(original ?? source) },
  }
}
