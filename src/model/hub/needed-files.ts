import { posix } from 'node:path'
import { ModelError } from '../../errors.js'
import { pickledHint } from '../checkpoint.js'

/** Paths of a repository lie at most this deep: `router/query/config.json`. */
const MAX_FOLDERS = 2

/** Names that are taken wherever a module's folder may lie. */
const NEEDED =
  /^(config(_sentence_transformers)?|modules|router_config|sentence_bert_config|special_tokens_map|tokenizer[\w.-]*|idf|sparse_head|terms)\.json$/
const WEIGHTS = /\.safetensors(\.index\.json)?$/
const TEXTS = /^(README(\.md)?|LICEN[CS]E([.-][\w.-]+)?|NOTICE(\.[\w-]+)?|SHA256SUMS)$/i
/** The graph, and the weights of graphs over 2 GB beside it. */
const EXPORT = /^model\.onnx([._]data)?$/

/**
 * The files of a repository or folder that a model is made from: configuration, tokenizer, safetensors weights,
 * licence and card. An export in `onnx/` only where its folder has no safetensors.
 *
 * @param paths relative, with `/`
 * @returns some of them, in the given order
 * @throws ModelError for a path that leads out of the model's folder
 */
export function chooseModelFiles(paths: readonly string[]): readonly string[] {
  const folders = new Set(paths.filter((path) => WEIGHTS.test(path)).map((path) => posix.dirname(path)))
  const isWanted = (path: string): boolean => {
    const folder = posix.dirname(path)
    const name = posix.basename(path)
    if (NEEDED.test(name) || WEIGHTS.test(name) || TEXTS.test(path)) return true
    return EXPORT.test(name) && posix.basename(folder) === 'onnx' && !folders.has(posix.dirname(folder))
  }
  const wanted = paths.filter(isWanted)
  for (const path of wanted) requireInside(path)
  return wanted.filter((path) => path.split('/').length <= MAX_FOLDERS + 1)
}

/**
 * Refuses what can be no model before anything of it is fetched.
 *
 * @param source what a person calls it: a repository or a folder
 * @throws ModelError naming what is missing, and what was found
 */
export function requireModelFiles(source: string, paths: readonly string[]): void {
  const missing = missingFrom(chooseModelFiles(paths))
  if (missing.length === 0) return
  throw new ModelError(
    `${source} is no model that can be used: it has no ${missing.join(', no ')}; found ${list(paths)}${pickledHint(paths)}`,
  )
}

/** The three lie in one folder; the one that lacks the fewest is taken for the model. */
function missingFrom(chosen: readonly string[]): readonly string[] {
  const folders = new Set(['.', ...chosen.map((path) => posix.dirname(path))])
  const missing = [...folders].map((folder) => {
    const names = chosen
      .filter((path) => folder === '.' || path.startsWith(`${folder}/`))
      .map((path) => (folder === '.' ? path : path.slice(folder.length + 1)))
    const has = (pattern: RegExp): boolean => names.some((name) => pattern.test(name))
    return [
      ...(has(/^config\.json$/) ? [] : ['config.json']),
      ...(has(/^tokenizer\.json$/) ? [] : ['tokenizer.json']),
      ...(has(/^([^/]+\.safetensors|onnx\/model\.onnx)$/)
        ? []
        : ['weights (*.safetensors or onnx/model.onnx)']),
    ]
  })
  return missing.reduce((fewest, some) => (some.length < fewest.length ? some : fewest))
}

/** @throws ModelError for an absolute path, a drive, `..`, `.`, an empty part or a backslash */
export function requireInside(path: string): void {
  const isInside =
    path !== '' &&
    !/[\\\0:]/.test(path) &&
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  if (!isInside) throw new ModelError(`the file list holds an unsafe path: ${JSON.stringify(path)}`)
}

const SHOWN = 12

function list(paths: readonly string[]): string {
  if (paths.length === 0) return 'no files'
  const more = paths.length > SHOWN ? ` and ${paths.length - SHOWN} more` : ''
  return paths.slice(0, SHOWN).join(', ') + more
}
