import { describe, expect, it } from '@jest/globals'
import {
  missingPartition,
  parsePartition,
  partitionOf,
  refusePartition,
} from '../../../src/cli/partition-flags.js'

describe('partitions', () => {
  it('are counted from 1 on the command line, from 0 in the variables of Kubernetes', () => {
    expect(parsePartition('2/4')).toEqual({ number: 1, of: 4 })
    const environment = { JOB_COMPLETION_INDEX: '1', SPLADE_BRIDGE_PARTITIONS: '4' }
    expect(partitionOf({}, environment)).toEqual({ number: 1, of: 4 })
    const asked = { partition: { number: 3, of: 8 } }
    expect(partitionOf(asked, environment)).toEqual(asked.partition)
    expect(partitionOf({}, { JOB_COMPLETION_INDEX: '1' })).toBeUndefined()
  })

  it('are missed where a pod has a number, but nothing says of how many', () => {
    const alone = { JOB_COMPLETION_INDEX: '0' }
    expect(missingPartition({}, alone)).toBe(
      'JOB_COMPLETION_INDEX is 0, but SPLADE_BRIDGE_PARTITIONS is not set: all documents are taken, not a share of them',
    )
    expect(missingPartition({ partition: { number: 0, of: 2 } }, alone)).toBeUndefined()
    expect(missingPartition({}, { ...alone, SPLADE_BRIDGE_PARTITIONS: '4' })).toBeUndefined()
    expect(missingPartition({}, {})).toBeUndefined()
  })

  it.each(['0/4', '5/4', '1/0', '1', 'a/b', '1/4/2', '-1/4'])('refuses %s', (text) => {
    expect(() => parsePartition(text)).toThrow('from 1/4 to 4/4')
  })

  it.each([
    [{ SPLADE_BRIDGE_PARTITIONS: '4' }, 'JOB_COMPLETION_INDEX must be a whole number, received ""'],
    [
      { SPLADE_BRIDGE_PARTITIONS: '4', JOB_COMPLETION_INDEX: '4' },
      'JOB_COMPLETION_INDEX must be less than SPLADE_BRIDGE_PARTITIONS, received 4',
    ],
    [
      { SPLADE_BRIDGE_PARTITIONS: 'x', JOB_COMPLETION_INDEX: '0' },
      'SPLADE_BRIDGE_PARTITIONS must be a whole',
    ],
  ])('refuses the variables %j', (environment, message) => {
    expect(() => partitionOf({}, environment)).toThrow(message)
  })

  it('are refused for what one worker has to do', () => {
    const environment = { JOB_COMPLETION_INDEX: '1', SPLADE_BRIDGE_PARTITIONS: '4' }
    const reason = '--into cannot be shared out to 4 workers: one has to copy the documents'
    expect(() => {
      refusePartition('--into', {}, environment)
    }).toThrow(reason)
    expect(() => {
      refusePartition('--into', { partition: { number: 0, of: 4 } }, {})
    }).toThrow(reason)
    refusePartition('--into', {}, { JOB_COMPLETION_INDEX: '0', SPLADE_BRIDGE_PARTITIONS: '1' })
  })
})
