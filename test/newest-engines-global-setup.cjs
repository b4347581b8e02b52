'use strict'
// Runs once a jest run, before the first acceptance test.
const { startEngines } = require('./start-engines.cjs')

module.exports = () => startEngines('newest')
