'use strict'
// A process of its own that starts an engine and then does nothing but live: the tests end it, kindly or not.
// Argument: the options of startEmbeddedEngine as JSON, without the environment. Prints one JSON object a line.
const { register } = require('node:module')
const { join } = require('node:path')
const { pathToFileURL } = require('node:url')

const ROOT = join(__dirname, '..', '..', '..', '..')

async function main() {
  register('./test/typescript-hooks.cjs', pathToFileURL(join(ROOT, 'package.json')))
  const start = pathToFileURL(join(ROOT, 'src', 'engine', 'embedded', 'start.ts'))
  const { startEmbeddedEngine } = await import(start.href)
  const { endAfterStart, ...options } = JSON.parse(process.argv[2])
  const engine = await startEmbeddedEngine({ ...options, environment: process.env })
  console.log(JSON.stringify(engine))
  if (!endAfterStart) setInterval(() => undefined, 1_000)
}

void main()
