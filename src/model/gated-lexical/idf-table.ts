import { join } from 'node:path'
import { ModelConfig } from '../config.js'
import { readJsonFile } from '../json-file.js'

/** `idf.json`: how rare terms are. */
export interface IdfTable {
  readonly known: ReadonlyMap<string, number>
  /** Of a term that is not known and begins with a Hangul syllable. */
  readonly unknownHangul: number
  /** Of any other term that is not known. */
  readonly unknownOther: number
}

export const IDF_FILE = 'idf.json'

/** @throws ModelError naming the file and the term whose idf is not a number > 0 */
export async function readIdfTable(directory: string): Promise<IdfTable> {
  const file = new ModelConfig(await readJsonFile(directory, IDF_FILE), join(directory, IDF_FILE))
  const unknown = file.section('unknown')
  const idf = file.section('idf')
  return {
    known: new Map(idf.names().map((term) => [term, positive(idf, term)])),
    unknownHangul: positive(unknown, 'hangul'),
    unknownOther: positive(unknown, 'other'),
  }
}

function positive(section: ModelConfig, name: string): number {
  const value = section.number(name)
  if (!(value > 0)) throw section.wrong(name, 'a number > 0', value)
  return value
}
