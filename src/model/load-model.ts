import { basename, resolve } from 'node:path'
import { loadModelBundle, type LoadModelOptions, type ModelBundle } from './bundle.js'
import { type GatedLexicalModel, loadGatedLexicalModel } from './gated-lexical/gated-lexical-model.js'
import { isGatedLexicalFolder } from './layout.js'

/** A model folder of any kind, checked and ready. */
export type Model = ModelBundle | GatedLexicalModel

/**
 * Reads a model folder: one with `sparse_head.json` is a gated lexical model, any other a masked language model.
 *
 * @throws ModelError naming the file, field or tensor that is missing or wrong, and what was found
 */
export async function loadModel(folder: string, options: LoadModelOptions = {}): Promise<Model> {
  const directory = resolve(folder)
  return (await isGatedLexicalFolder(directory))
    ? loadGatedLexicalModel(directory, basename(directory), options)
    : loadModelBundle(directory, options)
}
