'use strict'
// Lets Node run the TypeScript of a benchmark as it is: node --import ./bench/typescript.cjs bench/…/NAME.ts
const { register } = require('node:module')
const { pathToFileURL } = require('node:url')

register('../test/typescript-hooks.cjs', pathToFileURL(__filename))
