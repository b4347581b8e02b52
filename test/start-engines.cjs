'use strict'
const { register } = require('node:module')
const { join } = require('node:path')
const { pathToFileURL } = require('node:url')

/** Both projects in one run share their nodes, whichever is set up first. */
exports.startEngines = async function startEngines(which) {
  register('./typescript-hooks.cjs', pathToFileURL(__filename))
  const { startTestEngines } = await import(pathToFileURL(join(__dirname, 'engine-servers.ts')).href)
  const stop = await startTestEngines(which)
  const stopOthers = globalThis.stopTestEngines
  globalThis.stopTestEngines = () => Promise.all([stop(), stopOthers?.()])
}
