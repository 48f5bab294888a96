/** What a task needs of the process that runs it: a small port, and the process itself behind it. */
import { createInterface } from 'node:readline/promises'
import { onInterrupt } from '../src/terminal/interrupt.ts'
import type { TextStream } from '../src/terminal/stream.ts'

export interface TaskIo {
  readonly stdout: TextStream
  readonly stderr: TextStream
  readonly env: NodeJS.ProcessEnv
  /** Where relative paths begin. */
  readonly cwd: string
  /** Milliseconds, monotonic. */
  now(): number
  /** Calls back on the first interruption; a second one ends the process. Returns how to stop listening. */
  onInterrupt(listener: () => void): () => void
  /** Sends everything that others print on standard output to standard error, until released. */
  claimStdout(): { readonly stdout: TextStream; release(): void }
  /** A question that wants `y`; undefined when nobody is there to answer. */
  ask(question: string, signal: AbortSignal): Promise<boolean | undefined>
  setExitCode(code: number): void
}

export function processIo(): TaskIo {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    now: () => performance.now(),
    onInterrupt: (listener) => onInterrupt(listener),
    claimStdout() {
      // Hardhat and its plugins print prompts and build messages on standard output.
      const original = process.stdout.write
      process.stdout.write = process.stderr.write.bind(process.stderr)
      return {
        stdout: { write: (text) => original.call(process.stdout, text) },
        release: () => {
          process.stdout.write = original
        },
      }
    },
    async ask(question, signal) {
      if (!process.stdin.isTTY) return undefined
      const prompt = createInterface({ input: process.stdin, output: process.stderr })
      try {
        return /^\s*y(es)?\s*$/i.test(await prompt.question(`${question} [y/N] `, { signal }))
      } finally {
        prompt.close()
      }
    },
    setExitCode(code) {
      process.exitCode = code
    },
  }
}
