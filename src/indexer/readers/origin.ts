import { InputError } from '../../errors.js'

/** Where a record was read, for errors and dead letters. */
export interface Origin {
  /** Name of the input. */
  readonly file: string
  /** Line that the record begins on, 1-based; absent where the format has no lines. */
  readonly line?: number
  /** Number of the record, 1-based; where the format has no lines. */
  readonly row?: number
}

/** `docs.jsonl:17`, or `docs.parquet row 17`. */
export function showOrigin({ file, line, row }: Origin): string {
  if (line !== undefined) return `${file}:${line}`
  return row === undefined ? file : `${file} row ${row}`
}

/** An error that names the record and the rule that it breaks. */
export function recordError({ file, line, row }: Origin, rule: string, options?: ErrorOptions): InputError {
  return new InputError(file, line, row === undefined ? rule : `row ${row}: ${rule}`, options)
}
