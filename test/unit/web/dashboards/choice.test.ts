import { describe, expect, it } from '@jest/globals'
import type { ShownDashboard } from '../../../../src/web/dashboards-api.js'
import { formatChoice, parseChoice, toRequest, withFilter } from '../../../../web/src/dashboards/choice.js'

const dashboard: ShownDashboard = {
  id: 'loads',
  title: 'Loads',
  controls: [{ field: 'splade.index', label: 'Index' }],
  panels: [],
}

describe('the choice of a dashboard', () => {
  it('is the same after a way through the address', () => {
    const filters = { 'splade.index': ['책 & 글', 'b'], 'splade.model': ['m'] }
    const choice = { dashboard: 'loads', range: '24h' as const, filters }
    expect(parseChoice(formatChoice(choice))).toEqual(choice)
  })

  it('falls back to seven days where the address has no range of ours', () => {
    expect(parseChoice('?view=dashboards&range=2w')).toEqual({ dashboard: '', range: '7d', filters: {} })
  })

  it('asks only for filters that the dashboard has a control for', () => {
    const choice = parseChoice('?splade.index=a&splade.model=b&range=1h')
    expect(toRequest(choice, dashboard)).toEqual({
      dashboard: 'loads',
      range: '1h',
      filters: { 'splade.index': ['a'] },
    })
  })

  it('takes a filter on, and away again', () => {
    const before = parseChoice('')
    const after = withFilter(before, 'splade.index', 'a')
    expect(after.filters).toEqual({ 'splade.index': ['a'] })
    expect(withFilter(after, 'splade.index', '')).toEqual(before)
  })
})
