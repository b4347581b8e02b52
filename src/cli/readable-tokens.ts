import type { IndexMeta } from '../engine/index-meta.js'
import { isRemoteModel, LEXICAL_MODEL, listModels } from './models.js'
import type { Settings } from './settings.js'

/**
 * How the tokens of an index read, from the tokenizer of the model that wrote it: the one that the settings name, or
 * the installed one of that name. No weights are read for it.
 *
 * @returns undefined where the model is not at hand
 * @throws UsageError if `--model` names none
 */
export async function readableTokens(
  settings: Settings,
  meta: IndexMeta,
): Promise<((token: string) => string) | undefined> {
  const setting = settings.values.get('model')
  const asked = setting === undefined || setting.source === 'default' ? undefined : setting.value
  const model = asked === undefined || isRemoteModel(asked) ? meta.encoder.name : asked
  if (model === LEXICAL_MODEL) return (term) => term
  if (model !== asked && !(await listModels()).some(({ name }) => name === model)) return undefined
  const { tokensOfModel } = await import('./installed-model.js')
  return tokensOfModel(model)
}
