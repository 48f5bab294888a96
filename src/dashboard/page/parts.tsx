/** Small things that several views are made of. */
import type { ComponentChildren } from 'preact'
import { formatCount } from '../../terminal/format.ts'
import type { Problem, Standing } from '../documents.ts'
import { capital, dateOf, localText, MARKS, STANDING, type Tone, utcText } from './words.ts'

export type Dates = { readonly epoch: number; readonly time: number } | null

export function Mark({ tone, mark = MARKS[tone] }: { tone: Tone; mark?: string }) {
  return (
    <span class={`mark ${tone}`} aria-hidden="true">
      {mark}
    </span>
  )
}

export function StandingMark({ standing }: { standing: Standing }) {
  const { tone, mark, text } = STANDING[standing]
  return (
    <span class={`standing ${tone}`}>
      <Mark tone={tone} mark={mark} /> {text}
    </span>
  )
}

/** Addresses, CIDs, labels: whole, breaking anywhere, taken with one click. */
export function Code({ children }: { children: string }) {
  return <code>{children}</code>
}

/** Opens beside the page and tells the other site nothing. `href` was checked by the server. */
export function Outside({ href, children }: { href: string | null; children: ComponentChildren }) {
  if (href === null) return <>{children}</>
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
      <span class="unseen"> (opens elsewhere)</span>
    </a>
  )
}

export function Instant({ at }: { at: Date }) {
  const local = localText(at)
  return (
    <time dateTime={at.toISOString()}>
      {local === undefined ? utcText(at) : `${local} · ${utcText(at)}`}
    </time>
  )
}

export function Epoch({ epoch, dates }: { epoch: number; dates: Dates }) {
  return (
    <span class="epoch">
      {dates === null ? null : (
        <>
          <Instant at={dateOf(epoch, dates)} />
          {' · '}
        </>
      )}
      epoch {formatCount(epoch)}
    </span>
  )
}

export function ProblemNote({ problem, what }: { problem: Problem; what: string }) {
  return (
    <div class="note bad">
      <p>
        <Mark tone="bad" /> <strong>{what}</strong>
      </p>
      <p>
        {capital(problem.message)} <span class="faint">({problem.code})</span>
      </p>
      {problem.hint === null ? null : <p>{problem.hint}</p>}
      {problem.next === null ? null : (
        <p>
          Next: <Code>{problem.next}</Code>
        </p>
      )}
    </div>
  )
}

export function Facts({ children }: { children: ComponentChildren }) {
  return <dl class="facts">{children}</dl>
}

export function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
