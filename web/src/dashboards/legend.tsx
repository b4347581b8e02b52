import { seriesClass } from './xy-chart.js'

/** What the colours of a chart mean; nothing where there is one series only. */
export function Legend({ labels }: { readonly labels: readonly string[] }) {
  if (labels.length < 2) return null
  return (
    <ul class="legend">
      {labels.map((label, place) => (
        <li key={label} class={seriesClass(place)}>
          <span class="swatch" />
          {label}
        </li>
      ))}
    </ul>
  )
}

/** The two colours of tokens. */
export function OriginLegend({ given, added }: { readonly given: string; readonly added: string }) {
  return (
    <ul class="legend">
      <li class="given">
        <span class="swatch" />
        {given}
      </li>
      <li class="added">
        <span class="swatch" />
        {added}
      </li>
    </ul>
  )
}
