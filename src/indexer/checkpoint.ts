import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { isObject, type JsonObject, member, numberMember, stringMember } from '../engine/json.js'
import { InputError } from '../errors.js'
import type { IndexCounts } from './events.js'
import type { Settled } from './ledger.js'
import type { FileState, InputPosition } from './read-position.js'
import { unreadable } from './readers/input.js'

/** What a run writes, and by what: a checkpoint holds for one load only. Names and values are shown to people. */
export type LoadIdentity = Readonly<Record<string, string>>

/** Version of the file. */
const VERSION = 1
/** A save costs a flush to the disk. */
const SAVE_EVERY_MS = 1_000

/**
 * Reads how far a run came.
 *
 * @param load the run that is to go on
 * @returns undefined if there is no such file
 * @throws InputError for a file that is no checkpoint, or one of another load, naming what differs
 */
export async function readCheckpoint(file: string, load: LoadIdentity): Promise<Settled | undefined> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw unreadable(file, error)
  })
  if (text === undefined) return undefined
  const stored = parseObject(file, text)
  requireSameLoad(file, stored.load, load)
  return { counts: countsOf(file, stored), positions: positionsOf(file, stored) }
}

/** Keeps a checkpoint on disk: complete at any moment, and never ahead of what it speaks of. */
export class CheckpointFile {
  private savedAt = -Infinity
  /** The last save. */
  private saved: Promise<void> = Promise.resolve()
  private readonly file: string

  constructor(
    file: string,
    private readonly load: LoadIdentity,
  ) {
    this.file = resolve(file)
  }

  /** Saves if the last time was long enough ago; cheap to call after every write. */
  async saveAtTimes(settled: () => Settled): Promise<void> {
    if (performance.now() - this.savedAt < SAVE_EVERY_MS) return
    await this.save(settled())
  }

  /** Saves; one at a time, since the partial file has one name. */
  save(settled: Settled): Promise<void> {
    this.savedAt = performance.now()
    const replace = (): Promise<void> => this.replace(settled)
    this.saved = this.saved.then(replace, replace)
    return this.saved
  }

  /** The load is complete. */
  async remove(): Promise<void> {
    await this.saved
    await rm(this.file, { force: true })
  }

  private async replace({ counts, positions }: Settled): Promise<void> {
    await mkdir(dirname(this.file), { recursive: true })
    const partial = `${this.file}.part`
    const handle = await open(partial, 'w')
    try {
      const content = { version: VERSION, load: this.load, counts, inputs: positions }
      await handle.writeFile(`${JSON.stringify(content, null, 1)}\n`)
      // Else the file may be empty after a power failure, though it was renamed after it was written.
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(partial, this.file)
  }
}

function parseObject(file: string, text: string): JsonObject {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw notACheckpoint(file)
  }
  if (!isObject(parsed) || parsed.version !== VERSION) throw notACheckpoint(file)
  return parsed
}

function notACheckpoint(file: string): InputError {
  return new InputError(file, undefined, `is no checkpoint of version ${VERSION}, as index writes them`)
}

function requireSameLoad(file: string, stored: unknown, load: LoadIdentity): void {
  for (const [name, wanted] of Object.entries(load)) {
    const found = stringMember(stored, name)
    if (found === wanted) continue
    throw new InputError(
      file,
      undefined,
      `is the checkpoint of another load: its ${name} is ${found ?? 'not known'}, that of this one ${wanted}; ` +
        'run without --resume to begin anew, which skips documents that are in the index already',
    )
  }
}

function countsOf(file: string, stored: JsonObject): IndexCounts {
  const count = (name: keyof IndexCounts): number => {
    const value = numberMember(stored, 'counts', name)
    if (value === undefined) throw notACheckpoint(file)
    return value
  }
  return {
    read: count('read'),
    indexed: count('indexed'),
    unchanged: count('unchanged'),
    deadLettered: count('deadLettered'),
    skipped: count('skipped'),
  }
}

function positionsOf(file: string, { inputs }: JsonObject): readonly InputPosition[] {
  if (!Array.isArray(inputs)) throw notACheckpoint(file)
  return (inputs as readonly unknown[]).map((input) => {
    const name = stringMember(input, 'name')
    const records = numberMember(input, 'records')
    const digest = stringMember(input, 'digest')
    if (name === undefined || records === undefined || digest === undefined) throw notACheckpoint(file)
    const ended = member(input, 'ended')
    return { name, records, digest, ...(isObject(ended) && { ended: fileStateOf(ended) }) }
  })
}

function fileStateOf(ended: JsonObject): FileState {
  const bytes = numberMember(ended, 'bytes')
  const modifiedMs = numberMember(ended, 'modifiedMs')
  return { ...(bytes !== undefined && { bytes }), ...(modifiedMs !== undefined && { modifiedMs }) }
}
