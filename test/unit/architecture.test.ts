import { readdirSync, readFileSync } from 'node:fs'
import { join, posix, sep } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import ts from 'typescript'

const ROOT = join(import.meta.dirname, '../..')
/** Files beside the folders that everybody may import. */
const LEAVES = ['errors.ts', 'sparse-vector.ts']
const PUBLIC_API = 'index.ts'
/** Packages that one folder hides from all others. */
const HIDDEN_IN: Readonly<Record<string, string>> = {
  '@huggingface/hub': 'model',
  'onnxruntime-node': 'inference',
  '@elastic/elasticsearch': 'engine',
  '@opensearch-project/opensearch': 'engine',
  '@opentelemetry': 'telemetry',
}
const READS_ENVIRONMENT = 'cli'

/** Path below src -> text. */
type Sources = ReadonlyMap<string, string>

interface Module {
  readonly path: string
  readonly imports: readonly string[]
  readonly readsEnvironment: boolean
  readonly onlyReExports: boolean
}

describe('the sources', () => {
  const order = documentedOrder()
  const sources = readSources()

  it('have a documented place for every folder, and a folder for every documented place', () => {
    expect([...new Set([...sources.keys()].map(folderOf))].filter(Boolean).sort()).toEqual([...order].sort())
  })

  it('import along the table of docs/architecture.md, and hide what one folder is to hide', () => {
    expect(violations(sources, order)).toEqual([])
  })

  it('have no import cycle between files', () => {
    expect(findCycle(parseAll(sources))).toBeUndefined()
  })
})

describe('the rules', () => {
  const order = ['model', 'inference', 'engine', 'search', 'cli']
  const brokenBy = (path: string, text: string): readonly string[] =>
    violations(
      new Map([
        ['errors.ts', ''],
        ['model/bundle.ts', ''],
        ['search/search.ts', ''],
        [path, text],
      ]),
      order,
    )

  it.each([
    ['an import', "import { search } from '../search/search.js'"],
    ['a type-only import', "import type { Hit } from '../search/search.js'"],
    ['an import for its effects', "import '../search/search.js'"],
    ['a re-export', "export * from '../search/search.js'"],
    ['a dynamic import', "const load = () => import('../search/search.js')"],
    ['an import type', "type Hit = import('../search/search.js').Hit"],
    ['a require', "const search = require('../search/search.js')"],
    ['an import assignment', "import search = require('../search/search.js')"],
  ])('refuse %s against the arrows', (_, text) => {
    expect(brokenBy('engine/client.ts', text)).toEqual(['engine/client.ts imports search/search.ts'])
  })

  it.each([
    ['search/rank.ts', "import '../model/bundle.js'"],
    ['search/rank.ts', "import './search.js'"],
    ['search/rank.ts', "import '../errors.js'"],
    ['index.ts', "export * from './search/search.js'\nexport type { Bundle } from './model/bundle.js'"],
    ['inference/session.ts', "import * as ort from 'onnxruntime-node'"],
    ['cli/main.ts', 'export const home = process.env.HOME'],
  ])('let %s say %s', (path, text) => {
    expect(brokenBy(path, text)).toEqual([])
  })

  it('refuse a leaf that hangs on a folder', () => {
    expect(brokenBy('errors.ts', "import './model/bundle.js'")).toEqual(['errors.ts imports model/bundle.ts'])
  })

  it('refuse an import of the public API from inside', () => {
    const sources = new Map([
      ['index.ts', "export * from './search/search.js'"],
      ['search/search.ts', ''],
      ['cli/main.ts', "import '../index.js'"],
    ])
    expect(violations(sources, order)).toEqual(['cli/main.ts imports index.ts'])
  })

  it.each([
    ['code', 'export const answer = 42'],
    ['an import', "import { x } from './model/bundle.js'\nexport { x }"],
  ])('refuse %s in the public API', (_, text) => {
    expect(brokenBy('index.ts', text)).toEqual(['index.ts holds more than re-exports'])
  })

  it('refuse an unknown folder, a stray file and a missing target', () => {
    expect(brokenBy('utils/format.ts', '')).toEqual(['utils/format.ts is in no folder of the table'])
    expect(brokenBy('helpers.ts', '')).toEqual(['helpers.ts is in no folder of the table'])
    expect(brokenBy('cli/main.ts', "import './gone.js'")).toEqual(['cli/main.ts imports cli/gone.ts'])
  })

  it.each([
    ['engine/client.ts', 'onnxruntime-node'],
    ['engine/client.ts', 'onnxruntime-node/lib/binding.js'],
    ['cli/main.ts', '@elastic/elasticsearch'],
    ['search/rank.ts', '@opensearch-project/opensearch'],
  ])('refuse %s to import %s', (path, packageName) => {
    expect(brokenBy(path, `import type { X } from '${packageName}'`)).toEqual([
      `${path} imports ${packageName}`,
    ])
  })

  it.each([
    'const home = process.env.HOME',
    "const home = process['env'].HOME",
    'const { env } = process',
    'const { env: variables } = globalThis.process',
    "import { env } from 'node:process'",
    "import process from 'process'",
  ])('refuse to read the environment outside the command line: %s', (text) => {
    expect(brokenBy('engine/client.ts', text)).toEqual(['engine/client.ts reads the environment'])
  })

  it('find a cycle, through types too, and name the files on it', () => {
    const sources = new Map([
      ['model/a.ts', "import type { B } from './b.js'"],
      ['model/b.ts', "export { C } from './c.js'"],
      ['model/c.ts', "import '../errors.js'\nimport { A } from './a.js'"],
      ['errors.ts', ''],
    ])
    expect(findCycle(parseAll(sources))).toEqual(['model/a.ts', 'model/b.ts', 'model/c.ts', 'model/a.ts'])
  })
})

/** Folders in the order of the table in docs/architecture.md. */
function documentedOrder(): readonly string[] {
  const text = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8')
  return Array.from(text.matchAll(/^\| `([a-z-]+)\/`/gm), ([, folder]) => folder!)
}

function readSources(): Sources {
  const src = join(ROOT, 'src')
  const paths = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))
  return new Map(paths.map((path) => [path.split(sep).join('/'), readFileSync(join(src, path), 'utf8')]))
}

/** One line for every broken rule, in order of files. */
function violations(sources: Sources, order: readonly string[]): readonly string[] {
  return parseAll(sources).flatMap((module) => [
    ...placeViolations(module, order),
    ...module.imports
      .filter((target) => !mayImport(module.path, target, sources, order))
      .map((target) => `${module.path} imports ${target}`),
    ...(module.readsEnvironment && folderOf(module.path) !== READS_ENVIRONMENT
      ? [`${module.path} reads the environment`]
      : []),
  ])
}

function placeViolations({ path, onlyReExports }: Module, order: readonly string[]): readonly string[] {
  if (path === PUBLIC_API) return onlyReExports ? [] : [`${path} holds more than re-exports`]
  const isKnown = LEAVES.includes(path) || order.includes(folderOf(path))
  return isKnown ? [] : [`${path} is in no folder of the table`]
}

/** @param target a path below src, or a package */
function mayImport(path: string, target: string, sources: Sources, order: readonly string[]): boolean {
  if (!target.endsWith('.ts')) {
    const hidden = Object.keys(HIDDEN_IN).find((name) => target === name || target.startsWith(`${name}/`))
    return hidden === undefined || HIDDEN_IN[hidden] === folderOf(path)
  }
  if (!sources.has(target) || target === PUBLIC_API) return false
  if (LEAVES.includes(target) || path === PUBLIC_API) return true
  return !LEAVES.includes(path) && order.indexOf(folderOf(target)) <= order.indexOf(folderOf(path))
}

/** First part of a path below src; '' for a file beside the folders. */
function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : ''
}

/** The files on a cycle, the first one again at the end. */
function findCycle(modules: readonly Module[]): readonly string[] | undefined {
  const importsOf = new Map(modules.map(({ path, imports }) => [path, imports]))
  const finished = new Set<string>()
  const visit = (path: string, trail: readonly string[]): readonly string[] | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path]
    if (finished.has(path)) return undefined
    for (const target of importsOf.get(path) ?? []) {
      const cycle = visit(target, [...trail, path])
      if (cycle !== undefined) return cycle
    }
    finished.add(path)
    return undefined
  }
  for (const { path } of modules) {
    const cycle = visit(path, [])
    if (cycle !== undefined) return cycle
  }
  return undefined
}

function parseAll(sources: Sources): readonly Module[] {
  return [...sources.keys()].sort().map((path) => parse(path, sources.get(path) ?? ''))
}

function parse(path: string, text: string): Module {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const imports: string[] = []
  let readsEnvironment = false
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node)
    if (specifier !== undefined && /^(node:)?process$/.test(specifier)) readsEnvironment = true
    else if (specifier !== undefined) imports.push(resolve(path, specifier))
    if (isEnvironment(node)) readsEnvironment = true
    ts.forEachChild(node, visit)
  }
  visit(file)
  const onlyReExports = file.statements.every(
    (statement) => ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined,
  )
  return { path, imports, readsEnvironment, onlyReExports }
}

/** A path below src for a relative specifier, else the specifier. */
function resolve(path: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier
  return posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts')
}

/** What a node imports, in whatever way TypeScript has for it. */
function specifierOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return literalText(node.moduleSpecifier)
  if (ts.isExternalModuleReference(node)) return literalText(node.expression)
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    return literalText(node.argument.literal)
  if (!ts.isCallExpression(node)) return undefined
  const { expression } = node
  const isRequire = ts.isIdentifier(expression) && expression.text === 'require'
  return isRequire || expression.kind === ts.SyntaxKind.ImportKeyword
    ? literalText(node.arguments[0])
    : undefined
}

function literalText(node: ts.Node | undefined): string | undefined {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined
}

function isEnvironment(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) return node.name.text === 'env' && isProcess(node.expression)
  if (ts.isElementAccessExpression(node))
    return literalText(node.argumentExpression) === 'env' && isProcess(node.expression)
  if (!ts.isVariableDeclaration(node) || !ts.isObjectBindingPattern(node.name)) return false
  const names = node.name.elements.map(({ propertyName, name }) => (propertyName ?? name).getText())
  return node.initializer !== undefined && isProcess(node.initializer) && names.includes('env')
}

function isProcess(node: ts.Expression): boolean {
  return /^(globalThis\.)?process$/.test(node.getText())
}
