// Sources are ES modules; `.js` suffixes in imports name the TypeScript files beside them.
const shared = {
  testEnvironment: './test/typed-array-environment.cjs',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }],
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
}

const project = (displayName, extra = {}) => ({
  ...shared,
  ...extra,
  displayName,
  testMatch: [`<rootDir>/test/${displayName}/**/*.test.ts`],
})

// One real node per engine for the whole run; acceptance tests need the newest of each family only.
const engines = (globalSetup) => ({ globalSetup, globalTeardown: './test/engine-global-teardown.cjs' })

// The tests of Python's clients need a Python that has them: TEST_PYTHON names it, .ci/run makes one.
const withoutPython =
  process.env.TEST_PYTHON === undefined
    ? { testPathIgnorePatterns: ['/node_modules/', 'python-clients\\.test'] }
    : {}

export default {
  projects: [
    project('unit'),
    project('oracle'),
    project('integration', { ...engines('./test/engine-global-setup.cjs'), ...withoutPython }),
    project('acceptance', engines('./test/newest-engines-global-setup.cjs')),
  ],
  testTimeout: 120_000,
}
