'use strict'
// Runs once a jest run, before the first integration or acceptance test.
const { register } = require('node:module')
const { join } = require('node:path')
const { pathToFileURL } = require('node:url')

module.exports = async function setUp() {
  register('./typescript-hooks.cjs', pathToFileURL(__filename))
  const { startTestEngines } = await import(pathToFileURL(join(__dirname, 'engine-servers.ts')).href)
  globalThis.stopTestEngines = await startTestEngines()
}
