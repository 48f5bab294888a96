/** What both lists have: a search and pages. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { formatCount, formatPlural } from '../../terminal/format.ts'

/** A pause in typing. */
const PAUSE_MS = 250

interface SearchProps {
  readonly label: string
  readonly value: string
  readonly onSearch: (text: string) => void
}

export function Search({ label, value, onSearch }: SearchProps) {
  const [text, setText] = useState(value)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => setText(value), [value])
  useEffect(() => () => clearTimeout(timer.current), [])
  const type = (typed: string): void => {
    setText(typed)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => onSearch(typed), PAUSE_MS)
  }
  return (
    <label class="search">
      <span>{label}</span>
      <input
        type="search"
        value={text}
        maxLength={200}
        autocomplete="off"
        spellcheck={false}
        onInput={({ currentTarget }) => type(currentTarget.value)}
      />
    </label>
  )
}

interface PagesProps {
  readonly page: number
  readonly pages: number
  readonly found: number
  readonly what: string
  readonly hash: (page: number) => string
}

export function Pages({ page, pages, found, what, hash }: PagesProps) {
  return (
    <div class="pages">
      <p role="status">
        {formatPlural(found, what)}
        {pages > 1 ? `, page ${formatCount(page)} of ${formatCount(pages)}` : ''}
      </p>
      {pages === 1 ? null : (
        <nav aria-label="Pages">
          {page > 1 ? <a href={hash(page - 1)}>← Back</a> : <span class="faint">← Back</span>}
          {page < pages ? <a href={hash(page + 1)}>More →</a> : <span class="faint">More →</span>}
        </nav>
      )}
    </div>
  )
}
