import { stat } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { glob } from 'tinyglobby'
import { formatOfName } from '../indexer/readers/format.js'
import { fileInput, type Input, streamInput } from '../indexer/readers/input.js'
import { UsageError } from './exit.js'
import { untilAbort } from './stoppable-input.js'

/** What a command line says is to be read. */
export interface InputFiles {
  readonly inputs: readonly Input[]
  /** Bytes of all files as they are stored; undefined where standard input is one of the inputs. */
  readonly totalBytes: number | undefined
  /** Files of named folders that were left out, because their names tell no format. */
  readonly leftOut: readonly string[]
}

/** Name of standard input among files. */
const STANDARD_INPUT = '-'

/**
 * Finds the inputs that arguments name: files, folders with all that is below them, patterns such as `data/*.csv`, and
 * `-`. Each file is read once, those of a folder or pattern in the order of their paths. Names that begin with a dot or
 * an underscore are left alone, as by whatever writes `_SUCCESS` beside its tables.
 *
 * @param isFormatNamed then files of a folder are read whatever they are called
 * @param signal ends a standard input that stalls
 * @throws UsageError naming an argument that leads to no file
 */
export async function findInputs(
  args: readonly string[],
  isFormatNamed: boolean,
  signal: AbortSignal,
): Promise<InputFiles> {
  const found = await Promise.all(args.map((argument) => findFiles(argument, isFormatNamed)))
  const files = [...new Set(found.flatMap(({ files }) => files))]
  return {
    inputs: files.map((file) =>
      file === STANDARD_INPUT ? streamInput(untilAbort(process.stdin, signal)) : fileInput(file),
    ),
    totalBytes: files.includes(STANDARD_INPUT) ? undefined : await sizeOf(files),
    leftOut: found.flatMap(({ leftOut }) => leftOut),
  }
}

type FoundFiles = Pick<InputFiles, 'leftOut'> & { readonly files: readonly string[] }

async function findFiles(argument: string, isFormatNamed: boolean): Promise<FoundFiles> {
  if (argument === STANDARD_INPUT) return { files: [argument], leftOut: [] }
  const found = await stat(argument).catch(() => undefined)
  if (found?.isDirectory() === true) return filesBelow(argument, isFormatNamed)
  if (found !== undefined) return { files: [argument], leftOut: [] }
  if (!/[*?[{]/.test(argument)) throw new UsageError(`there is no file ${argument}`)
  const absolute = isAbsolute(argument)
  const files = await glob(argument, { absolute, expandDirectories: false, ignore: '**/_*' })
  if (files.length === 0) throw new UsageError(`no file matches ${argument}`)
  return { files: files.sort(), leftOut: [] }
}

async function filesBelow(folder: string, isFormatNamed: boolean): Promise<FoundFiles> {
  const names = await glob('**/*', { cwd: folder, ignore: ['**/_*', '**/_*/**'] })
  const isWanted = (name: string): boolean => isFormatNamed || formatOfName(name) !== undefined
  const paths = (wanted: boolean): string[] =>
    names
      .filter((name) => isWanted(name) === wanted)
      .sort()
      .map((name) => join(folder, name))
  const files = paths(true)
  if (files.length === 0) {
    throw new UsageError(
      `folder ${folder} has no file whose name tells a format, such as .jsonl or .csv.gz; name the format with --format`,
    )
  }
  return { files, leftOut: paths(false) }
}

async function sizeOf(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}
