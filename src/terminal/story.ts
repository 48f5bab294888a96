/**
 * A run told in steps, as the demo and the longer tasks print it:
 *
 *     1  Prepare the folder
 *        files      1,000 files, 100 MiB
 *        root       bafybei…
 *        took 1.2 s
 *
 * Titles are bold and the names of facts are dim, on a terminal only.
 */
import { styleText } from 'node:util'
import { formatDuration, printable } from './format.ts'
import type { TextStream } from './stream.ts'

interface Story {
  /** The heading above all steps. */
  title(text: string): void
  /** Begins the next step; the one before is closed with the time that it took. */
  step(title: string): void
  /** One fact of the step. A value of several lines is aligned. */
  fact(name: string, value: string | number | bigint): void
  /** A sentence. */
  note(text: string): void
  /** Something that was checked and holds. */
  good(text: string): void
  /** Something that does not hold. */
  bad(text: string): void
  /** Closes the last step. */
  end(text?: string): void
}

interface StoryOptions {
  readonly colour: boolean
  /** Milliseconds, monotonic. */
  readonly now?: () => number
  /** Column at which values begin, counted from the fact's name. */
  readonly nameWidth?: number
}

const INDENT = ' '.repeat(4)
/** Steps quicker than this need no time. */
const WORTH_TELLING_MS = 50

type Style = Parameters<typeof styleText>[0]

export function createStory(stream: TextStream, options: StoryOptions): Story {
  const { colour, now = () => performance.now(), nameWidth = 12 } = options
  let steps = 0
  let stepStartedAt: number | undefined

  const paint = (style: Style, text: string): string =>
    colour ? styleText(style, text, { validateStream: false }) : text
  const write = (text: string): void => {
    stream.write(`${text}\n`)
  }
  const close = (): void => {
    if (stepStartedAt === undefined) return
    const took = now() - stepStartedAt
    stepStartedAt = undefined
    if (took >= WORTH_TELLING_MS) write(INDENT + paint('dim', `took ${formatDuration(took)}`))
  }
  const marked = (mark: string, style: Style, text: string): void =>
    write(`${INDENT}${paint(style, mark)} ${printable(text)}`)

  return {
    title(text) {
      write(paint('bold', printable(text)))
    },
    step(title) {
      close()
      steps += 1
      stepStartedAt = now()
      write('')
      write(`${paint('cyan', String(steps).padStart(2))}  ${paint('bold', printable(title))}`)
    },
    fact(name, value) {
      const lines = printable(String(value)).split('\n')
      const hang = `\n${INDENT}${' '.repeat(nameWidth)}`
      write(`${INDENT}${paint('dim', name.padEnd(nameWidth - 1))} ${lines.join(hang)}`)
    },
    note(text) {
      write(INDENT + printable(text).replaceAll('\n', `\n${INDENT}`))
    },
    good(text) {
      marked('✓', 'green', text)
    },
    bad(text) {
      marked('✗', 'red', text)
    },
    end(text) {
      close()
      if (text === undefined) return
      write('')
      write(paint('bold', printable(text)))
    },
  }
}
