/**
 * What Slither finds, and what docs/static-analysis.md answers: the same places, as often, or the audit fails.
 */

/** A place that a detector names: `check` and `Contract.function`. Lines move with every edit, so they do not count. */
export interface Finding {
  readonly check: string
  readonly where: string
}

interface Element {
  readonly name: string
  readonly type_specific_fields?: { readonly parent?: { readonly name: string } }
}

interface SlitherReport {
  readonly success: boolean
  readonly error: string | null
  readonly results: {
    readonly detectors?: readonly {
      readonly check: string
      readonly elements: readonly Element[]
    }[]
  }
}

/** @throws Error when Slither itself failed */
export function findingsOf(report: SlitherReport): Finding[] {
  if (!report.success) throw new Error(`Slither failed: ${report.error ?? 'without saying why'}`)
  return (report.results.detectors ?? []).map(({ check, elements: [first] }) => {
    const parent = first?.type_specific_fields?.parent?.name
    const name = first?.name ?? ''
    return { check, where: parent === undefined ? name : `${parent}.${name}` }
  })
}

/** Rows `| check | where | times | answer |` of a page. An empty answer is none. */
export function answersOf(page: string): (Finding & { readonly times: number })[] {
  const rows = page.matchAll(/^\| `([\w-]+)` +\| `([\w.]+)` +\| +(\d+) +\| +(\S.*?) +\|$/gm)
  return [...rows].map(([, check = '', where = '', times]) => ({
    check,
    where,
    times: Number(times),
  }))
}

/** Findings without an answer, and answers without a finding; none: the page is about these contracts. */
export function unanswered(
  findings: readonly Finding[],
  answers: readonly (Finding & { readonly times: number })[],
): string[] {
  const key = ({ check, where }: Finding) => `${check} in ${where}`
  const found = Map.groupBy(findings, key)
  const answered = new Map(answers.map((answer) => [key(answer), answer.times]))
  return [...new Set([...found.keys(), ...answered.keys()])].flatMap((place) => {
    const times = found.get(place)?.length ?? 0
    const expected = answered.get(place) ?? 0
    return times === expected ? [] : [`${place}: found ${times} times, answered ${expected}`]
  })
}
