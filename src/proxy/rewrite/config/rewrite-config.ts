import { readFile } from 'node:fs/promises'
import { ConfigurationError, InputError } from '../../../errors.js'
import { normalizeTwoPhaseOptions } from '../query/two-phase.js'
import { normalizeRewriterOptions, type RewriterOptions } from '../rewriter-options.js'
import { normalizeRule, type RewriteRule } from '../rules/rewrite-rule.js'
import { YamlFile, type YamlValue } from './yaml-reader.js'

/** Options of a rewriter that stand in a file. */
export type RewriteConfig = Omit<RewriterOptions, 'encoders' | 'onEvent'>

/**
 * Reads options from a YAML or JSON file, under the names that {@link RewriterOptions} has.
 *
 * @throws InputError naming the file, the line, the option and its rule
 */
export async function readRewriteConfig(file: string): Promise<RewriteConfig> {
  return parseRewriteConfig(file, await readText(file))
}

/** @param file its name, for errors */
export function parseRewriteConfig(file: string, text: string): RewriteConfig {
  const { root } = new YamlFile(file, text)
  const members = root.members(Object.keys(READERS))
  const config: RewriteConfig = Object.fromEntries(
    Array.from(members, ([name, value]) => [name, READERS[name as keyof RewriteConfig](value)]),
  )
  for (const [name, value] of members) {
    const option = name as keyof RewriteConfig
    checked(value, () => normalizeRewriterOptions({ encoders: [], ...{ [option]: config[option] } }))
  }
  return config
}

const READERS: Readonly<Record<keyof RewriteConfig, (value: YamlValue) => unknown>> = {
  rules: (value) => value.items().map(readRule),
  modelNames: (value) => value.strings(),
  writeIndices: (value) => value.strings(),
  twoPhase: readTwoPhase,
  onEncoderFailure: (value) => value.oneOf(['refuse', 'full-text']),
  encodeTimeoutMs: (value) => value.number(),
  maxPendingQueries: (value) => value.number(),
  mappingCacheMs: (value) => value.number(),
}

function readRule(value: YamlValue): RewriteRule {
  const members = value.members(['name', 'indices', 'fields', 'mode', 'shadow', 'boost', 'vectorField'])
  const required = (name: string): YamlValue => members.get(name) ?? value.fail(`must have ${name}`)
  const mode = members.get('mode')?.oneOf(['add', 'replace'])
  const shadow = members.get('shadow')?.boolean()
  const boost = members.get('boost')?.number()
  const vectorField = members.get('vectorField')?.string()
  const rule: RewriteRule = {
    name: required('name').string(),
    indices: required('indices').strings(),
    fields: required('fields').strings(),
    ...(mode !== undefined && { mode }),
    ...(shadow !== undefined && { shadow }),
    ...(boost !== undefined && { boost }),
    ...(vectorField !== undefined && { vectorField }),
  }
  checked(value, () => normalizeRule(rule))
  return rule
}

function readTwoPhase(value: YamlValue): RewriteConfig['twoPhase'] {
  const members = value.members(['byDefault', 'ratio', 'expansion', 'maxWindow'])
  const byDefault = members.get('byDefault')?.boolean()
  const [ratio, expansion, maxWindow] = ['ratio', 'expansion', 'maxWindow'].map((name) =>
    members.get(name)?.number(),
  )
  const options = {
    ...(ratio !== undefined && { ratio }),
    ...(expansion !== undefined && { expansion }),
    ...(maxWindow !== undefined && { maxWindow }),
  }
  checked(value, () => normalizeTwoPhaseOptions(options))
  return { ...options, ...(byDefault !== undefined && { byDefault }) }
}

/** Turns a rule that is broken into an error that names the line. */
function checked(value: YamlValue, check: () => unknown): void {
  try {
    check()
  } catch (error) {
    if (error instanceof ConfigurationError) value.fail(`cannot be used: ${error.message}`)
    throw error
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new InputError(file, undefined, `cannot be read: ${reason}`, { cause: error })
  }
}
