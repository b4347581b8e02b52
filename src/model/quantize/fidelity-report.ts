import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readOptionalJsonFile } from '../json-file.js'
import type { SmallPrecision } from './quantize-model.js'

/** How close a model in a smaller precision is to itself in f32. Stored beside the weights as a record, nothing more. */
export interface FidelityReport {
  readonly precision: SmallPrecision
  /** Of the model in f32, and in the smaller precision: a report on other weights says nothing. */
  readonly fingerprints: { readonly f32: string; readonly quantized: string }
  readonly madeAt: string
  /** Where the texts came from, for example `examples` or the name of a data set. */
  readonly source: string
  readonly texts: number
  readonly meanCosine: number
  readonly worstCosine: number
  /** Share (0-1) of the 64 heaviest tokens in f32 that are among the 64 heaviest. */
  readonly meanOverlap: number
  readonly worstOverlap: number
  readonly worstText: string
  /** Retrieval on a whole data set, scored exactly. */
  readonly retrieval?: {
    readonly dataset: string
    readonly queries: number
    readonly ndcg10: { readonly f32: number; readonly quantized: number }
  }
}

/** Writes the report into the folder of the weights, in one step. */
export async function writeFidelityReport(directory: string, report: FidelityReport): Promise<string> {
  const path = join(directory, reportFile(report.precision))
  const partial = `${path}.partial`
  try {
    await writeFile(partial, `${JSON.stringify(report, undefined, 2)}\n`)
    await rename(partial, path)
  } finally {
    await rm(partial, { force: true })
  }
  return path
}

/**
 * Reads the report on weights, if there is one on these very weights.
 *
 * @param fingerprint of the model in that precision
 * @throws ModelError if the file is not JSON
 */
export async function readFidelityReport(
  directory: string,
  precision: SmallPrecision,
  fingerprint: string,
): Promise<FidelityReport | undefined> {
  const report = await readOptionalJsonFile(directory, reportFile(precision))
  const fingerprints = report?.fingerprints as Partial<FidelityReport['fingerprints']> | undefined
  return fingerprints?.quantized === fingerprint ? (report as unknown as FidelityReport) : undefined
}

/** Name of the report on a precision. */
export function reportFile(precision: SmallPrecision): string {
  return `fidelity.${precision}.json`
}
