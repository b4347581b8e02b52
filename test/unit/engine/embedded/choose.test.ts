import { describe, expect, it } from '@jest/globals'
import { chooseEngine } from '../../../../src/engine/embedded/choose.js'
import type { Jdk } from '../../../../src/engine/embedded/jdk.js'

const jdk = (feature: number, more: Partial<Jdk> = {}): Jdk => ({
  home: `/jdk-${feature}`,
  version: `${feature}.0.1`,
  feature,
  hasCompiler: true,
  source: 'folder',
  ...more,
})

describe('chooseEngine', () => {
  it('takes the newest engine that some JDK can run, although JAVA_HOME names an older JDK', () => {
    const choice = chooseEngine([jdk(17, { source: 'JAVA_HOME' }), jdk(25)], undefined)
    expect(choice.spec.id).toBe('opensearch-3')
    expect(choice.jdk.feature).toBe(25)
  })

  it('takes OpenSearch 2 where only Java 17 is found', () => {
    expect(chooseEngine([jdk(11), jdk(17)], undefined)).toMatchObject({
      spec: { id: 'opensearch-2' },
      jdk: { feature: 17 },
    })
  })

  it('keeps to the engine asked for', () => {
    expect(chooseEngine([jdk(17), jdk(25)], 'opensearch-2')).toMatchObject({
      spec: { id: 'opensearch-2' },
      jdk: { feature: 17 },
    })
  })

  it('tells which Java the engine asked for needs and which were found', () => {
    expect(() => chooseEngine([jdk(17)], 'opensearch-3')).toThrow(
      'OpenSearch 3 needs Java 21 or newer; found only Java 17.0.1 in /jdk-17',
    )
  })

  it('tells what to install where there is no Java at all', () => {
    expect(() => chooseEngine([], undefined)).toThrow(
      /needs Java 17 or newer; no Java was found.*Install one.*JAVA_HOME/,
    )
  })
})
