import { join } from 'node:path'
import { ModelConfig } from './config.js'
import { readOptionalJsonFile } from './json-file.js'

/** What is put before every text of a kind; empty for nothing. */
export interface Prompts {
  readonly query: string
  readonly document: string
}

const FILE = 'config_sentence_transformers.json'

/**
 * Reads the prompts that a model was trained with. As in sentence-transformers, those of other names, and
 * `default_prompt_name`, are for neither queries nor documents of a sparse encoder.
 *
 * @throws ModelError naming a prompt that is no text
 */
export async function readPrompts(directory: string): Promise<Prompts> {
  const file = new ModelConfig((await readOptionalJsonFile(directory, FILE)) ?? {}, join(directory, FILE))
  if (!isPresent(file, 'prompts')) return { query: '', document: '' }
  const prompts = file.section('prompts')
  const promptOf = (kind: keyof Prompts): string => (isPresent(prompts, kind) ? prompts.text(kind) : '')
  return { query: promptOf('query'), document: promptOf('document') }
}

function isPresent(config: ModelConfig, name: string): boolean {
  return (config.raw(name) ?? undefined) !== undefined
}
