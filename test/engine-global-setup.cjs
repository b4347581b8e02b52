'use strict'
// Runs once a jest run, before the first integration test.
const { startEngines } = require('./start-engines.cjs')

module.exports = () => startEngines('all')
