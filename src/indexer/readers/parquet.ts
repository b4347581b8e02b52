import { type FileMetaData, parquetMetadataAsync, parquetReadObjects, type RowGroup } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { InputError } from '../../errors.js'
import { recordError } from './origin.js'
import type { Input } from './input.js'
import { openRandomAccess, type RandomAccessFile } from './parquet-file.js'
import { JSON_PARSERS, toJson } from './parquet-values.js'
import type { WholeValue } from './raw-record.js'

/**
 * Decoded at a time: writers put a million rows into one row group, which as JavaScript strings would not fit. Only a
 * row group's bytes as they are stored are held whole.
 */
const SLICE_BYTES = 32 * 1024 * 1024

export interface ParquetValue extends WholeValue {
  readonly row: number
  /** Bytes of the file, in proportion to the rows that were read with this one. */
  readonly bytesRead: number
}

/**
 * Reads the rows of a Parquet file, row group by row group and large ones in slices. See `parquet-values.ts` for what
 * becomes of each type.
 *
 * @throws InputError naming the file, and where it can be told the first row concerned
 */
export async function* readParquet(input: Input): AsyncGenerator<ParquetValue, void, undefined> {
  const file = await openRandomAccess(input)
  try {
    const metadata = await readMetadata(file, input.name)
    let groupStart = 0
    for (const group of metadata.row_groups) {
      const groupEnd = groupStart + Number(group.num_rows)
      const step = rowsOfSlice(group)
      for (let start = groupStart; start < groupEnd; start += step) {
        yield* readSlice(file, metadata, input.name, start, Math.min(start + step, groupEnd))
      }
      file.forget()
      groupStart = groupEnd
    }
  } finally {
    await file.close()
  }
}

async function readMetadata(file: RandomAccessFile, name: string): Promise<FileMetaData> {
  try {
    return await parquetMetadataAsync(file, { parsers: JSON_PARSERS })
  } catch (error) {
    throw error instanceof InputError
      ? error
      : new InputError(name, undefined, `is not a whole Parquet file: ${messageOf(error)}`, { cause: error })
  }
}

function rowsOfSlice({ num_rows: rows, total_byte_size: bytes }: RowGroup): number {
  const slices = Math.max(1, Math.ceil(Number(bytes) / SLICE_BYTES))
  return Math.max(1, Math.ceil(Number(rows) / slices))
}

async function* readSlice(
  file: RandomAccessFile,
  metadata: FileMetaData,
  name: string,
  rowStart: number,
  rowEnd: number,
): AsyncGenerator<ParquetValue, void, undefined> {
  const bytesRead = Math.round((file.byteLength * rowEnd) / Number(metadata.num_rows))
  for (const [position, value] of (await decode(file, metadata, name, rowStart, rowEnd)).entries()) {
    yield { value: toJson(value), row: rowStart + position + 1, bytesRead }
  }
}

async function decode(
  file: RandomAccessFile,
  metadata: FileMetaData,
  name: string,
  rowStart: number,
  rowEnd: number,
): Promise<readonly object[]> {
  const parsers = JSON_PARSERS
  try {
    return await parquetReadObjects({ file, metadata, compressors, parsers, rowStart, rowEnd })
  } catch (error) {
    if (error instanceof InputError) throw error
    const rule = `cannot be decoded, or one of the rows after it: ${messageOf(error)}`
    throw recordError({ file: name, row: rowStart + 1 }, rule, { cause: error })
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
