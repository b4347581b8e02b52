import { open, type FileHandle } from 'node:fs/promises'
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

  write(letters: readonly DeadLetter[]): Promise<void> {
    if (letters.length > 0) this.appended = this.appended.then(() => this.append(letters))
    return this.appended
  }

  async close(): Promise<void> {
    await this.handle?.close()
  }

  private async append(letters: readonly DeadLetter[]): Promise<void> {
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

function toLine({ record, status, reason }: DeadLetter, command: DeadLetterCommand): string {
  const { id, index, routing, origin, source, original } = record
  const letter = {
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
  return `${JSON.stringify(letter)}\n`
}
