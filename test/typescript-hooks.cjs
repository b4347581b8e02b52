'use strict'
// Module hooks for Node itself: jest transforms the tests, but neither what its global setup imports nor the entry
// of a worker thread.
const { existsSync } = require('node:fs')
const { readFile } = require('node:fs/promises')
const { fileURLToPath } = require('node:url')
const { transform } = require('@swc/core')

/** Imports name the compiled `.js` file; the `.ts` source lies at the same place. */
exports.resolve = async function resolve(specifier, context, next) {
  if (/^(\.|file:).*\.js$/.test(specifier)) {
    const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL)
    if (existsSync(source)) return { url: source.href, shortCircuit: true }
  }
  return next(specifier, context)
}

exports.load = async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context)
  const { code } = await transform(await readFile(fileURLToPath(url), 'utf8'), {
    filename: fileURLToPath(url),
    sourceMaps: 'inline',
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  })
  return { format: 'module', source: code, shortCircuit: true }
}
